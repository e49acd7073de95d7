// The way from a hold to its tickets: the clock in the header, the steps, the test mode, what is paid for; and the
// list of bookings.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, book, browser, heading, hold, leave, pay, phone, quantity, shop, visitor, withShop } from "./support.js";

const GOOD = "4242 4242 4242 4242";
const DECLINED = "4000 0000 0000 0002";
const HALL = ["vip:VIP:10000:40:numbered:4+6", "ga:GA:1000:50:general"];

/// The clock in the header.
const clock = (page) => page.locator(".hold-bar");
const shows = (page, words) => clock(page).getByText(words).waitFor();
const isGone = (page) => clock(page).waitFor({ state: "hidden" });
const step = (page) => page.locator(".steps [aria-current=step]").innerText();
async function giveBack(page) {
  await page.locator("details.cancel summary").click();
  await page.locator("details.cancel [data-once]").click();
  await heading(page, "This booking was cancelled");
}

describe("the checkout", { concurrency: 2 }, () => {
  withShop();

  test("every page but the booking's own shows the hold that ends first, until it is paid or given back", async () => {
    const [first, second] = [await shop.event("Early Clock", HALL), await shop.event("Late Clock", HALL)];
    const page = await visitor(browser);
    await page.goto(shop.url);
    await isGone(page);
    const one = await hold(page, shop.url, first, { ga: 2 });
    await isGone(page);
    for (const path of ["/", `/events/${second}`, "/bookings", "/nowhere"]) {
      await page.goto(`${shop.url}${path}`);
      await shows(page, /^You hold 2 tickets: [45]:\d\d left to pay$/);
      assert.equal(await clock(page).getAttribute("href"), one);
    }
    await page.goto(`${shop.url}/de/`);
    await shows(page, /^2 Tickets reserviert: noch [45]:\d\d$/);
    assert.equal(await clock(page).getAttribute("href"), `/de${one}`);
    await audit(page, "hold-de");
    // The second is its own page's; the first one ends before it.
    const two = await hold(page, shop.url, second, { ga: 3 });
    await shows(page, /^You hold 2 tickets/);
    await page.goto(`${shop.url}/events/${first}`);
    await shows(page, /^You hold 2 tickets/);
    await audit(page, "event-hold");
    await clock(page).click();
    await heading(page, "Your 2 tickets are held");
    await shows(page, /^You hold 3 tickets/);
    await pay(page, DECLINED);
    await page.getByText("The payment did not go through").waitFor();
    await page.goto(shop.url);
    await shows(page, /^You hold 2 tickets/);
    await page.goto(`${shop.url}${one}`);
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    await page.goto(shop.url);
    await shows(page, /^You hold 3 tickets/);
    // A window that was open before hears of it when it is looked at.
    const other = await page.context().newPage();
    await other.goto(shop.url);
    await shows(other, /^You hold 3 tickets/);
    await page.goto(`${shop.url}${two}`);
    await giveBack(page);
    await isGone(other);
    await page.goto(shop.url);
    await isGone(page);
    await leave(page);
  });

  test("the clock of a hold that ends goes away by itself, and counts by the shop's time", async () => {
    const event = await shop.event("Last Tick", HALL);
    const page = await visitor(browser);
    await hold(page, shop.shortHolds, event, { ga: 1 });
    await page.goto(shop.shortHolds);
    await shows(page, /^You hold 1 ticket: 0:0\d left to pay$/);
    await isGone(page);
    // A reader's clock that is an hour slow does not make the hold longer.
    const slow = await visitor(browser);
    await slow.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() - 3600_000;
    });
    await hold(slow, shop.url, event, { ga: 1 });
    await slow.goto(shop.url);
    await shows(slow, /: [45]:\d\d left to pay$/);
    await leave(page, slow);
  });

  test("a new buyer holds nothing", async () => {
    const event = await shop.event("Clean Slate", HALL);
    const page = await visitor(browser);
    await hold(page, shop.url, event, { ga: 1 });
    await page.goto(`${shop.url}/bookings`);
    await shows(page, /^You hold 1 ticket/);
    await page.locator(".start-over summary").click();
    await page.getByRole("button", { name: "New buyer" }).click();
    await page.getByRole("button", { name: "I have the code: start over" }).click();
    await page.getByText("No bookings here yet").waitFor();
    await isGone(page);
    await leave(page);
  });

  test("the steps say where the buyer is, and every page that no card is charged", async () => {
    const event = await shop.event("Step by Step", HALL);
    const page = await visitor(browser);
    const note = () => page.getByText("Test mode: no card is charged").waitFor();
    await page.goto(`${shop.url}/events/${event}`);
    assert.equal(await step(page), "Tickets");
    await note();
    await hold(page, shop.url, event, { ga: 1 });
    assert.equal(await step(page), "Details & payment");
    await note();
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    assert.equal(await step(page), "Your tickets");
    await note();
    for (const path of ["/", "/bookings", "/nowhere"]) {
      await page.goto(`${shop.url}${path}`);
      await note();
    }
    await leave(page);
  });

  test("on a phone what one pays for stands above the card number, and the terms above the button", async () => {
    const event = await shop.event("Above the Fold", HALL);
    const page = await visitor(browser, phone);
    await hold(page, shop.url, event, { vip: 2, ga: 1 });
    const top = (locator) => locator.evaluate((element) => element.getBoundingClientRect().top + scrollY);
    const summary = page.locator(".checkout .items");
    const card = page.getByLabel("Card number");
    const button = page.getByRole("button", { name: "Pay €210.00" });
    const terms = page.getByText("Until the event begins you can cancel");
    await summary.getByText("Seats A-").waitFor();
    await summary.getByText("€210.00").waitFor();
    const tops = await Promise.all([summary, card, terms, button].map(top));
    assert.deepEqual(tops, [...tops].sort((a, b) => a - b));
    const height = (await page.locator(".checkout .stub").boundingBox()).height;
    assert.ok(height < 260, `the summary is ${height} pixels tall`);
    // Beside the form where there is room.
    await page.setViewportSize({ width: 1280, height: 900 });
    const [items, form] = await Promise.all([summary.boundingBox(), page.locator("form.pay").boundingBox()]);
    assert.ok(items.x > form.x + form.width);
    await leave(page);
  });

  test("the list of bookings begins with what is to be paid and folds what has ended", async () => {
    const [soon, late] = [await shop.event("Soon", HALL, { "starts-at": "2029-06-01T20:00:00+01:00" }), await shop.event("Late", HALL)];
    const page = await visitor(browser, phone);
    for (const event of [late, soon]) {
      await hold(page, shop.url, event, { ga: 1 });
      await pay(page, GOOD);
      await heading(page, "You’re going!");
    }
    await hold(page, shop.url, late, { ga: 2 });
    await giveBack(page);
    const held = await hold(page, shop.url, late, { ga: 3 });
    await page.goto(`${shop.url}/bookings`);
    assert.deepEqual(await page.locator(".mine-part h2").allInnerTexts(), ["Waiting for you to pay", "Coming up", "Cancelled or not paid"]);
    assert.deepEqual(await page.locator(".coming .card-title").allInnerTexts(), ["Soon", "Late"]);
    assert.equal(await page.locator(".to-pay").getByRole("link", { name: "Pay now" }).getAttribute("href"), held);
    await page.locator(".to-pay").getByRole("timer").waitFor();
    const ended = page.locator("details.ended s.mine-total");
    assert.equal(await ended.isVisible(), false);
    await audit(page, "my-bookings-parts");
    await page.locator("details.ended summary").click();
    await ended.waitFor();
    await page.getByRole("link", { name: "Show tickets" }).first().click();
    await heading(page, "You’re going!");
    await page.getByText("One ticket for Soon").waitFor();
    await leave(page);
  });

  test("a mistyped number and a declined card are told where they are met", async () => {
    const event = await shop.event("Fat Finger", HALL);
    const page = await visitor(browser, { ...phone, javaScriptEnabled: false });
    await page.goto(`${shop.url}/events/${event}`);
    await quantity(page, "ga").selectOption("1");
    await book(page);
    await pay(page, "4242 4242 4242 4241");
    const card = page.getByLabel("Card number");
    assert.equal(await card.getAttribute("aria-invalid"), "true");
    const ids = (await card.getAttribute("aria-describedby")).split(" ");
    for (const id of ids) assert.equal(await page.locator(`#${id}`).count(), 1, id);
    await page.locator("#card-problem", { hasText: "Nothing was charged" }).waitFor();
    await pay(page, DECLINED);
    await page.getByRole("alert").getByText("Declined by the bank").waitFor();
    await leave(page);
  });
});
