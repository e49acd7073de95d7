// What an organiser changes of a paid booking, in a real Chromium: tickets given back, exchanged, another person's.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";

import { audit, browser, heading, hold, leave, pay, phone, pictures, shop, visitor, withShop } from "./support.js";

const password = "correct horse battery";
const button = (page, name) => page.getByRole("button", { name });
const link = (page, name) => page.getByRole("link", { name });

/// Makes an account by an invitation, and lands on the events.
async function joinAs(page, email, role) {
  await page.goto(shop.url + await shop.invitation(email, role));
  await page.getByLabel("Name").fill(email.split("@")[0]);
  await page.getByLabel("New password").fill(password);
  await button(page, "Make my account").click();
  await heading(page, "Events");
}

describe("changes of a paid booking", () => {
  let event, path;
  withShop(async () => {
    event = await shop.event("Night of the Lanterns", ["vip:VIP:10000:40:numbered:10", "ga:GA:1000:200:general"]);
    const buyer = await visitor(browser);
    path = await hold(buyer, shop.url, event, { vip: 3 });
    await buyer.getByLabel(/E-mail/).fill("ana@example.org");
    await buyer.getByLabel(/^Name/).fill("Ana Duarte");
    await pay(buyer, "4242424242424242");
    await buyer.locator(".ticket").first().waitFor();
    await leave(buyer);
  });

  for (const [name, options] of [["desktop", {}], ["phone", { ...phone, javaScriptEnabled: false }]]) {
    test(`a manager gives tickets back, moves and exchanges them (${name})`, async () => {
      const page = await visitor(browser, options);
      // Without scripts the rules on accessibility cannot be run.
      const look = name === "desktop" ? audit : () => {};
      await joinAs(page, `${name}@example.org`, "manager");
      const booking = `${shop.url}/admin${new URL(path, shop.url).pathname}`;
      await page.goto(booking);
      await look(page, `admin-changes-${name}`);
      if (name === "desktop") {
        await link(page, "Give tickets back").click();
        await look(page, "admin-return");
        await button(page, "Go on").click();
        await page.getByText("at least one ticket").waitFor();
        await page.getByRole("checkbox").first().check();
        await button(page, "Go on").click();
        await page.getByText("€100.00 goes back to the card").waitFor();
        await look(page, "admin-return-asked");
        await button(page, "Give back and refund €100.00").click();
        await page.getByText("The tickets are given back").waitFor();
      }
      await link(page, "Move or change tickets").click();
      await look(page, `admin-exchange-${name}`);
      await page.getByRole("checkbox").first().check();
      await page.getByLabel("New seats").fill(name === "desktop" ? "D-1" : "Z-99");
      await button(page, "Go on").click();
      if (name === "desktop") {
        await look(page, "admin-exchange-named");
        await link(page, "Leave it as it is").click();
        await link(page, "Move or change tickets").click();
        await page.getByRole("checkbox").first().check();
        await page.getByLabel("New seats").fill("Z-99");
        await button(page, "Go on").click();
        await page.getByText("must be a ticket of the tier").waitFor();
        await look(page, "admin-exchange-refused");
        await page.getByLabel("New seats").fill("D-1");
        await button(page, "Go on").click();
      } else {
        await page.getByText("must be a ticket of the tier").waitFor();
        await page.getByLabel("New tier").selectOption("ga");
        await page.getByLabel("New seats").fill("");
        await button(page, "Go on").click();
        await page.getByText("€90.00 goes back to the card").waitFor();
      }
      await look(page, `admin-exchange-asked-${name}`);
      await button(page, "Exchange").click();
      await page.getByText("The tickets are exchanged.").waitFor();
      await leave(page);
    });
  }

  for (const [name, options] of [["desktop", {}], ["phone", { ...phone, javaScriptEnabled: false }]]) {
    test(`a manager takes what dearer tickets cost more, and gives it back by hand (${name})`, async () => {
      const buyer = await visitor(browser);
      const bought = await hold(buyer, shop.url, event, { ga: 2 });
      await pay(buyer, "4242424242424242");
      await buyer.locator(".ticket").first().waitFor();
      await leave(buyer);
      const page = await visitor(browser, options);
      const look = name === "desktop"
        ? audit
        : (page, picture) => page.screenshot({ path: join(pictures, `${picture}.png`), fullPage: true });
      await joinAs(page, `difference-${name}@example.org`, "manager");
      const booking = `${shop.url}/admin${new URL(bought, shop.url).pathname}`;
      await page.goto(`${booking}/exchange`);
      for (const box of await page.getByRole("checkbox").all()) await box.check();
      await page.getByLabel("New tier").selectOption("vip");
      await button(page, "Go on").click();
      await page.getByText("€180.00 more").waitFor();
      await look(page, `admin-difference-asked-${name}`);
      await page.getByLabel("Paid: €180.00 by the card terminal").check();
      await page.getByLabel("Terminal’s receipt number (optional)").fill("T-2041");
      await button(page, "Exchange").click();
      await page.getByText("The tickets are exchanged.").waitFor();
      await page.getByText("€180.00 paid by the card terminal").waitFor();
      await look(page, `admin-difference-paid-${name}`);
      await link(page, "Give tickets back").click();
      await page.getByRole("checkbox").first().check();
      await button(page, "Go on").click();
      await page.getByText("€90.00 that was paid for these tickets by hand").waitFor();
      await look(page, `admin-difference-return-${name}`);
      await button(page, /Give back/).click();
      await page.getByText("€90.00 of it is to be given back by hand").waitFor();
      await look(page, `admin-difference-due-${name}`);
      await link(page, "See which").click();
      await page.getByText("T-2041").waitFor();
      await look(page, `admin-difference-list-${name}`);
      await button(page, /Given back/).click();
      await page.getByText("Recorded as given back.").waitFor();
      await page.goto(`${shop.url}/admin/events/${event}`);
      await page.getByText("of it by hand, for dearer tickets").waitFor();
      await look(page, `admin-difference-report-${name}`);
      await leave(page);
    });
  }

  test("a booking is given to another person, who alone has it then", async () => {
    const page = await visitor(browser);
    await joinAs(page, "over@example.org", "manager");
    const booking = `${shop.url}/admin${new URL(path, shop.url).pathname}`;
    await page.goto(booking);
    const before = await page.getByLabel("The booking’s link").inputValue();
    await link(page, "Give to another person").click();
    await audit(page, "admin-hand-over");
    await page.getByLabel("Name").fill("Bo Lima");
    await page.getByLabel("E-mail address").fill("bo@example.org");
    await button(page, "Give it to this person").click();
    await page.getByText("Send them its new link").waitFor();
    await audit(page, "admin-handed-over");
    const after = await page.getByLabel("The booking’s link").inputValue();
    assert.notEqual(before, after);
    const reader = await visitor(browser, phone);
    assert.equal((await reader.goto(before)).status(), 404);
    assert.equal((await reader.goto(after)).status(), 200);
    await reader.getByText("Given back").first().waitFor();
    await audit(reader, "booking-changed");
    await leave(reader, page);
  });
});
