// A whole journey on a slow phone: every step says that it is under way, nothing that is pressed twice is done twice, and
// nothing moves under a reader's eyes. No step is timed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, heading, leave, phone, quantity, shop, visitor, withShop } from "./support.js";

const HALL = ["vip:VIP:10000:40:numbered:4+6", "ga:GA:1000:50:general"];
const GOOD = "4242 4242 4242 4242";
/// Slow 4G as browsers' tools have it, and a processor four times as slow.
const NETWORK = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 };
const SLOWER = 4;

withShop();

/// Shifts that a page may have in all: a tenth of what is called good (web.dev, "Cumulative Layout Shift").
const UNSEEN = 0.01;

/// A phone that is slow, and keeps what moved on each of its pages.
async function slowPhone() {
  const page = await visitor(browser, phone);
  page.setDefaultTimeout(60_000);
  page.moved = [];
  await page.exposeFunction("hasMoved", (what) => page.moved.push(what));
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries()) {
        const says = ({ node, previousRect: from, currentRect: to }) =>
          `${(node?.outerHTML ?? node?.textContent ?? "").slice(0, 90)} ${JSON.stringify([from, to])}`;
        if (!hadRecentInput) window.hasMoved({ page: location.pathname, value, what: sources.map(says).join("; ") });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const tools = await page.context().newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", NETWORK);
  await tools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  return page;
}

/// Nothing that a reader sees has moved by itself.
function stoodStill(page) {
  const total = page.moved.reduce((sum, { value }) => sum + value, 0);
  assert.ok(total < UNSEEN, JSON.stringify(page.moved, null, 1));
}

/// Presses a button twice; it says that it waits, and is asked for once.
async function pressTwice(page, button, method, path) {
  const asked = [];
  const count = (request) => request.method() === method && path.test(request.url()) && asked.push(request.url());
  page.on("request", count);
  await button.evaluate((element) => {
    const waits = () => element.matches("[aria-disabled=true], [aria-busy=true]");
    window.waited = new Promise((done) => {
      new MutationObserver(() => waits() && done(getComputedStyle(element, "::after").animationName)).observe(element, { attributes: true });
    });
  });
  // As fast as a finger can.
  await button.dblclick();
  assert.match(await page.evaluate(() => window.waited), /spin/, "the button shows that its answer is awaited");
  return () => {
    page.off("request", count);
    assert.equal(asked.length, 1, asked.join("\n"));
  };
}

const bookingsOf = async (page) => {
  const { value } = (await page.context().cookies()).find(({ name }) => name === "buyer");
  const response = await page.request.get(`${shop.url}/api/bookings`, { headers: { Authorization: `Bearer ${value}` } });
  return (await response.json()).bookings;
};

for (const by of ["number", "seat"]) {
  test(`from the list to the ticket on a slow phone, by ${by}`, async () => {
    const event = await shop.event(`Slow Train by ${by}`, HALL);
    const page = await slowPhone();
    await page.goto(`${shop.url}/?q=slow+train+by+${by}`);
    await page.getByRole("link", { name: `Slow Train by ${by}` }).tap();
    await heading(page, `Slow Train by ${by}`);
    if (by === "number") {
      await page.getByRole("button", { name: "One more GA" }).tap();
      await page.getByRole("button", { name: "One more GA" }).tap();
      assert.equal(await quantity(page, "ga").inputValue(), "2");
    } else {
      const once = await pressTwice(page, page.getByRole("button", { name: "Choose exact seats in VIP" }), "GET", /\/events\/[^/]*\?seats=/);
      stoodStill(page);
      await page.locator(".seat-map [data-seat='B-5']").waitFor();
      once();
      // The reader has asked for the map, which takes its room.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      page.moved = [];
      // Seats too small for a thumb come closer first.
      const seat = page.locator("input[value='vip:B:5']");
      for (let tap = 0; tap < 2 && !(await seat.isChecked()); tap += 1) await page.locator(".seat-map [data-seat='B-5']").tap();
      assert.ok(await seat.isChecked());
    }
    const held = await pressTwice(page, page.getByRole("button", { name: "Book", exact: true }), "POST", /\/bookings$/);
    await heading(page, /^Your (2 tickets are|ticket is) held$/);
    held();
    await page.getByLabel("Card number").fill(GOOD);
    const paid = await pressTwice(page, page.getByRole("button", { name: /^Pay / }), "POST", /\/payments$/);
    await heading(page, "You’re going!");
    paid();
    const count = by === "number" ? 2 : 1;
    assert.equal(await page.getByRole("img", { name: /^QR code/ }).count(), count);
    const bookings = await bookingsOf(page);
    assert.deepEqual(bookings.map(({ status, event_id }) => [status, event_id]), [["confirmed", event]]);
    stoodStill(page);
    await leave(page);
  });
}
