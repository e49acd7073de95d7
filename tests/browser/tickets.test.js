// Tickets after they were paid: their codes in full screen, stepping through them, without a connection, on paper.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { join } from "node:path";

import { audit, browser, heading, hold, leave, pay, phone, pictures, readCode as scan, shop, visitor, withShop } from "./support.js";

const GOOD = "4242 4242 4242 4242";
const HALL = ["vip:VIP:10000:40:numbered:4+6", "ga:GA:1000:50:general"];

async function bought(page, url, event, wanted) {
  const path = await hold(page, url, event, wanted);
  await pay(page, GOOD);
  await heading(page, "You’re going!");
  return path;
}

/// Waits until the tickets of this page are kept in the browser.
const kept = (page) => page.locator("[data-kept]").waitFor();
const keptPages = (page) => page.evaluate(async () => {
  const requests = await (await caches.open("tickets")).keys();
  return requests.map((request) => new URL(request.url).pathname).filter((path) => path.includes("/bookings/"));
});
const offlineNote = (page) => page.getByText("No connection to the shop. These are your tickets as of");

describe("tickets", { concurrency: 2 }, () => {
  withShop();

  test("each code is read from the full screen, which goes from ticket to ticket by buttons and keys", async () => {
    const event = await shop.event("Bright Light", HALL);
    const page = await visitor(browser, { ...phone, colorScheme: "dark" });
    await bought(page, shop.url, event, { vip: 2, ga: 1 });
    const onPage = [];
    for (const code of await page.locator(".ticket-code").all()) onPage.push(await scan(code));
    assert.equal(new Set(onPage).size, 3);
    await page.getByRole("button", { name: "Ticket 2, full screen" }).tap();
    const dialog = page.getByRole("dialog");
    const at = (words) => dialog.getByRole("status").getByText(words, { exact: true }).waitFor();
    const still = () => page.waitForFunction(() => {
      const track = document.querySelector(".codes-track");
      return track.scrollLeft % track.clientWidth === 0;
    });
    const look = async () => {
      await still();
      return scan(dialog);
    };
    await at("2 of 3");
    assert.equal(await look(), onPage[1]);
    assert.equal(await dialog.evaluate((element) => getComputedStyle(element).backgroundColor), "rgb(255, 255, 255)");
    const { width } = await dialog.locator(".codes-code").nth(1).boundingBox();
    assert.ok(width > 340, `${width} pixels of 390`);
    await page.getByText("turn your screen’s brightness all the way up").waitFor();
    await audit(page, "tickets-codes");
    await dialog.getByRole("button", { name: "Next ticket" }).tap();
    await at("3 of 3");
    assert.equal(await look(), onPage[2]);
    assert.equal(await dialog.getByRole("button", { name: "Next ticket" }).getAttribute("aria-disabled"), "true");
    await page.keyboard.press("ArrowLeft");
    await at("2 of 3");
    await page.keyboard.press("ArrowLeft");
    await at("1 of 3");
    assert.equal(await look(), onPage[0]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await leave(page);
  });

  test("on a phone the tickets are swiped, and from right to left where the page is read so", async () => {
    const event = await shop.event("Thumb Drive", HALL);
    const page = await visitor(browser, phone);
    const path = await bought(page, shop.url, event, { ga: 3 });
    for (const [prefix, first, second] of [["", "1 of 3", "2 of 3"], ["/ar", "1 من 3", "2 من 3"]]) {
      await page.goto(`${shop.url}${prefix}${path}`);
      const at = (words) => page.locator(".deck > .deck-steps [data-at]").filter({ hasText: words.replace(/\d/g, ".") }).waitFor();
      const count = () => page.locator(".deck > .deck-steps [data-at]").innerText().then((text) => text.replace(/[\u2066-\u2069]/g, ""));
      assert.equal(await count(), first);
      const track = page.locator(".tickets");
      await track.evaluate((list) => list.scrollBy({ left: (document.dir === "rtl" ? -1 : 1) * list.clientWidth, behavior: "instant" }));
      await page.waitForFunction((words) => document.querySelector(".deck > .deck-steps [data-at]").textContent.replace(/[\u2066-\u2069]/g, "") === words, second);
      await page.locator(".deck > .deck-steps [data-step='-1']").tap();
      await page.waitForFunction((words) => document.querySelector(".deck > .deck-steps [data-at]").textContent.replace(/[\u2066-\u2069]/g, "") === words, first);
    }
    await leave(page);
  });

  test("tickets that were opened open again without a connection, and say when they were saved", async () => {
    const event = await shop.event("Dead Zone", HALL);
    const page = await visitor(browser, phone);
    await page.goto(`${shop.url}/events/${event}`);
    // The page that the form led to was loaded without the worker.
    const path = await bought(page, shop.url, event, { vip: 2 });
    await kept(page);
    const codes = [];
    for (const code of await page.locator(".ticket-code").all()) codes.push(await scan(code));
    const pending = await hold(page, shop.url, event, { ga: 1 });
    await page.context().setOffline(true);
    await page.goto(`${shop.url}${path}`);
    await heading(page, "You’re going!");
    await offlineNote(page).waitFor();
    assert.match(await page.locator(".offline time").innerText(), /^\d{1,2}:\d\d( [AP]M)?$/);
    const again = [];
    for (const code of await page.locator(".ticket-code").all()) again.push(await scan(code));
    assert.deepEqual(again, codes);
    assert.equal(await page.getByRole("link", { name: "Add to calendar" }).isVisible(), false);
    await page.getByRole("button", { name: "Show the codes" }).tap();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await audit(page, "tickets-offline");
    // Nothing else is kept: not the hold, the list or the event.
    for (const other of [pending, "/bookings", `/events/${event}`, `/de${path}`]) {
      await assert.rejects(page.goto(`${shop.url}${other}`), /ERR_INTERNET_DISCONNECTED|ERR_FAILED/, other);
    }
    await page.context().setOffline(false);
    await page.goto(`${shop.url}${path}`);
    await heading(page, "You’re going!");
    assert.equal(await offlineNote(page).isVisible(), false);
    assert.deepEqual(await keptPages(page), [path]);
    await leave(page);
  });

  test("a copy is dropped when the booking is cancelled, and all of them for a new buyer", async () => {
    const event = await shop.event("No Trace", HALL);
    const page = await visitor(browser);
    const path = await bought(page, shop.url, event, { ga: 1 });
    await kept(page);
    // In another language it is the same booking.
    await page.goto(`${shop.url}/de${path}`);
    await kept(page);
    const other = await bought(page, shop.url, event, { ga: 2 });
    await kept(page);
    assert.deepEqual((await keptPages(page)).sort(), [path, `/de${path}`, other].sort());
    await page.goto(`${shop.url}${path}`);
    await page.getByText("Cancel this booking").click();
    await page.getByRole("button", { name: "Cancel and refund" }).click();
    await heading(page, "This booking was cancelled");
    await page.waitForFunction(async () => (await (await caches.open("tickets")).keys()).filter(({ url }) => url.includes("/bookings/")).length === 1);
    assert.deepEqual(await keptPages(page), [other]);
    await page.goto(`${shop.url}/bookings`);
    await page.locator(".start-over summary").click();
    await page.getByRole("button", { name: "New buyer" }).click();
    await page.getByRole("button", { name: "I have the code: start over" }).click();
    await page.getByText("No bookings here yet").waitFor();
    assert.deepEqual(await page.evaluate(() => caches.keys()), []);
    await page.context().setOffline(true);
    await assert.rejects(page.goto(`${shop.url}${other}`), /ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
    await leave(page);
  });

  test("what was refunded elsewhere is not shown from a copy, and a shop that fails is as good as none", async () => {
    const event = await shop.event("Fresh Bread", HALL);
    const page = await visitor(browser);
    const path = await bought(page, shop.url, event, { ga: 1 });
    await kept(page);
    await page.route(`**${path}`, (route) => route.fulfill({ status: 503, body: "busy" }));
    await page.context().route(`**${path}`, (route) => route.fulfill({ status: 503, body: "busy" }));
    await page.goto(`${shop.url}${path}`);
    await offlineNote(page).waitFor();
    await page.unrouteAll();
    await page.context().unrouteAll();
    // Another window of the same buyer, without the worker.
    const cookies = await page.context().cookies();
    const elsewhere = await visitor(browser, { serviceWorkers: "block" });
    await elsewhere.context().addCookies(cookies);
    await elsewhere.goto(`${shop.url}${path}`);
    await elsewhere.getByText("Cancel this booking").click();
    await elsewhere.getByRole("button", { name: "Cancel and refund" }).click();
    await heading(elsewhere, "This booking was cancelled");
    await page.goto(`${shop.url}${path}`);
    await heading(page, "This booking was cancelled");
    await page.getByText("went back in full to your Visa ending in 4242").waitFor();
    await page.waitForFunction(async () => !(await (await caches.open("tickets")).keys()).some(({ url }) => url.includes("/bookings/")));
    await leave(page, elsewhere);
  });

  test("any page of the shop renews the copies that are not new, and drops those of bookings that were cancelled elsewhere", async () => {
    const event = await shop.event("Second Look", HALL);
    const page = await visitor(browser);
    const paths = [];
    for (const quantity of [1, 2, 3]) {
      paths.push(await bought(page, shop.url, event, { ga: quantity }));
      await kept(page);
    }
    const [cancelled, old, young] = paths;
    const elsewhere = await visitor(browser, { serviceWorkers: "block" });
    await elsewhere.context().addCookies(await page.context().cookies());
    await elsewhere.goto(`${shop.url}${cancelled}`);
    await elsewhere.getByText("Cancel this booking").click();
    await elsewhere.getByRole("button", { name: "Cancel and refund" }).click();
    await heading(elsewhere, "This booking was cancelled");
    await page.evaluate(async (paths) => {
      const cache = await caches.open("tickets");
      for (const path of paths) {
        const saved = await cache.match(path);
        const headers = new Headers(saved.headers);
        headers.set("x-saved", String(Date.now() - 3600_000));
        await cache.put(path, new Response(await saved.text(), { headers }));
      }
    }, [cancelled, old]);
    const asked = [];
    page.context().on("request", (request) => request.serviceWorker() && asked.push(new URL(request.url()).pathname));
    await page.goto(shop.url);
    // What counts is which pages are left in the end.
    await page.waitForFunction(async (left) => {
      const cache = await caches.open("tickets");
      const pages = (await cache.keys()).filter(({ url }) => url.includes("/bookings/"));
      const saved = await Promise.all(pages.map((request) => cache.match(request)));
      const areYoung = saved.every((response) => response && Date.now() - response.headers.get("x-saved") < 600_000);
      return areYoung && pages.map(({ url }) => new URL(url).pathname).sort().join() === left;
    }, [old, young].sort().join());
    // Once is enough, however many pages follow.
    for (let visit = 0; visit < 3; visit += 1) await page.goto(`${shop.url}/events/${event}`);
    assert.deepEqual(asked.filter((path) => path.includes("/bookings/")).sort(), [cancelled, old].sort());
    await leave(page, elsewhere);
  });

  test("the copies are few", async () => {
    const event = await shop.event("Full House", ["ga:GA:1000:50:general"]);
    const page = await visitor(browser);
    const path = await bought(page, shop.url, event, { ga: 1 });
    await kept(page);
    // Twenty others, younger ones; then one that is too old.
    await page.evaluate(async (path) => {
      const cache = await caches.open("tickets");
      const copy = await (await cache.match(path)).text();
      const id = (n) => `/bookings/00000000-0000-7000-8000-0000000000${String(n).padStart(2, "0")}`;
      const put = (n, at) => cache.put(id(n), new Response(copy, { headers: { "x-saved": String(at) } }));
      for (let n = 10; n < 30; n += 1) await put(n, Date.now() + n);
      await put(30, Date.now() - 91 * 24 * 3600_000);
    }, path);
    const second = await bought(page, shop.url, event, { ga: 1 });
    await kept(page);
    const paths = await keptPages(page);
    assert.equal(paths.length, 12);
    assert.ok(paths.includes(second) && !paths.includes(path), paths.join("\n"));
    assert.ok(!paths.some((path) => path.endsWith("30")), paths.join("\n"));
    await leave(page);
  });

  test("the link is shared, or copied where the browser cannot share, and drawn for the phone", async () => {
    const event = await shop.event("Tell a Friend", HALL);
    const page = await visitor(browser, { permissions: ["clipboard-read", "clipboard-write"] });
    await bought(page, shop.url, event, { ga: 1 });
    const link = await page.locator("#link").inputValue();
    await page.evaluate(() => { navigator.share = undefined; });
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "The link is copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    await page.reload();
    await page.evaluate(() => { navigator.share = async (what) => { window.shared = what.url; }; });
    await page.getByRole("button", { name: "Share" }).click();
    assert.equal(await page.evaluate(() => window.shared), link);
    await page.getByText("Open on your phone").click();
    assert.equal(await scan(page.locator(".phone-code")), link);
    await audit(page, "tickets-phone-code");
    const friend = await visitor(browser, phone);
    await friend.goto(link);
    await heading(friend, "You’re going!");
    assert.equal(await friend.getByText("Open on your phone").count(), 0);
    assert.equal(await friend.getByRole("button", { name: "Share" }).count(), 0);
    await leave(page, friend);
  });

  test("on paper there are several tickets on a page or one, by choice, and nothing lies under a code", async () => {
    const event = await shop.event("A Very Long Title That Needs All of the Room That a Ticket Has and Then Some More", HALL);
    const page = await visitor(browser, { javaScriptEnabled: false });
    const path = await hold(page, shop.url, event, { vip: 4 });
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    for (const [choice, format, pages] of [["several", "A4", 2], ["one", "A4", 5], ["one", "A5", 5]]) {
      await page.goto(`${shop.url}${path}`);
      await page.locator(`[name=paper][value=${choice}]`).check();
      const file = join(pictures, `tickets-${choice}-${format}.pdf`);
      await writeFile(file, await page.pdf({ preferCSSPageSize: false, format }));
      const printed = (await readFile(file)).toString("latin1").match(/\/Type \/Page\b/g).length;
      assert.equal(printed, pages, `${choice}, ${format}`);
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: format === "A4" ? 703 : 468, height: 1000 });
      const under = await page.locator(".ticket").evaluateAll((tickets) => tickets.flatMap((ticket) => {
        const code = ticket.querySelector(".ticket-code").getBoundingClientRect();
        const texts = [...ticket.querySelectorAll("h3, p, dl, code")];
        return texts.filter((text) => {
          const box = text.getBoundingClientRect();
          return box.left < code.right && box.right > code.left && box.top < code.bottom && box.bottom > code.top;
        }).map((text) => text.textContent);
      }));
      assert.deepEqual(under, [], `${choice}, ${format}`);
      await page.emulateMedia({ media: null });
    }
    await leave(page);
  });
});
