// Takes the pictures of the README again: `npm run pictures --prefix tests/browser`.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { book, heading, hold, leave, openBrowser, openShop, pay, phone, quantity, visitor } from "./support.js";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));
const desktop = { viewport: { width: 1120, height: 800 }, locale: "en" };
const pocket = { ...phone, viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5, locale: "en" };
const shop = await openShop();
const browser = await openBrowser();
const picture = (page, name) => page.screenshot({ path: join(docs, name) });

async function demo(page, name) {
  await page.goto(`${shop.url}/?q=${encodeURIComponent(name)}`);
  await page.locator(".card-title a").first().click();
  await page.waitForURL("**/events/*");
  return new URL(page.url()).pathname.split("/").pop();
}

/// A visitor who has been here before: the fonts are there when a page is drawn.
async function regular(options) {
  const page = await visitor(browser, options);
  await page.goto(shop.url);
  await page.evaluate(() => document.fonts.ready.then(() => {}));
  await page.reload();
  return page;
}

const list = await regular({ ...desktop, viewport: { width: 960, height: 700 }, colorScheme: "light" });
await picture(list, "events.png");

// A sale under way: some seats are sold, some held. One buyer may not have so many.
const first = await visitor(browser, desktop);
const show = await demo(first, "Toronto");
const crowd = [first];
for (let order = 0; order < 7; order += 1) {
  const one = await visitor(browser, desktop);
  crowd.push(one);
  await hold(one, shop.url, show, { "vip": 4 });
  if (order % 3 < 2) {
    await pay(one, "4242 4242 4242 4242");
    await heading(one, "You’re going!");
  }
}

const seats = await regular({ ...desktop, colorScheme: "dark" });
await seats.goto(`${shop.url}/events/${show}`);
await seats.getByRole("button", { name: "Choose exact seats in VIP" }).click();
await seats.locator(".seat-map .free[data-of=front-row]").first().waitFor();
for (const free of [8, 9, 10]) await seats.locator(".seat-map .free[data-of=vip]").nth(free).click();
await seats.locator(".hall").evaluate((hall) => scrollTo(0, hall.getBoundingClientRect().top + scrollY - 16));
await picture(seats, "seats.png");
await quantity(seats, "ga").selectOption("0");

const buyer = await regular({ ...pocket, colorScheme: "light" });
const evening = await demo(buyer, "Lisbon");
await buyer.goto(`${shop.url}/events/${evening}`);
await quantity(buyer, "front-row").selectOption("2");
await book(buyer);
await heading(buyer, "Your 2 tickets are held");
await buyer.getByRole("timer").waitFor();
await picture(buyer, "payment.png");
await pay(buyer, "4242 4242 4242 4242");
await heading(buyer, "You’re going!");
await buyer.emulateMedia({ colorScheme: "dark" });
await buyer.locator(".ticket").first().evaluate((ticket) => scrollTo(0, ticket.getBoundingClientRect().top + scrollY - 16));
await picture(buyer, "tickets.png");

await leave(list, ...crowd, seats, buyer);
await browser.close();
await shop.close();
