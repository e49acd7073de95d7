// What the shop's face costs a visitor: bytes, and things that move; and what a phone shows first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browser, leave, phone, shop, visitor, withShop } from "./support.js";

const VISIT_BYTES_MAX = 100_000;
const FONT_BYTES_MAX = 60_000;
const FONTS = 2;

let event, soon;

withShop(async () => {
  event = await shop.event("Velha Guarda da Portela: A Noite do Samba", ["vip:Front row:9000:8:numbered", "ga:Standing:1000:90:general"], { description: "Two hours of songs.\n\nThe bar takes cards." });
  soon = await shop.event("Marés", ["ga:Standing:1000:90:general"], { "on-sale-at": "2030-05-01T10:00:00+01:00" });
});

/// The bytes of everything that a page loads, as they come over the wire.
async function loaded(page, path) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const requests = new Map();
  devtools.on("Network.responseReceived", ({ requestId, response, type }) => requests.set(requestId, { type, url: response.url, bytes: 0 }));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (requests.has(requestId)) requests.get(requestId).bytes = encodedDataLength;
  });
  await page.goto(shop.url + path);
  await page.waitForFunction((count) => performance.getEntriesByType("resource").filter((entry) => entry.name.endsWith(".woff2") && entry.responseEnd).length === count, FONTS);
  // The counts' stream has no end.
  const isUnderWay = ({ type, bytes }) => type !== "EventSource" && !bytes;
  while ([...requests.values()].some(isUnderWay)) await new Promise((done) => setTimeout(done, 50));
  return [...requests.values()];
}

const sum = (requests) => requests.reduce((bytes, request) => bytes + request.bytes, 0);

test("a first visit of an event's page is small, its fonts included", async () => {
  const page = await visitor(browser, phone);
  const requests = await loaded(page, `/events/${event}`);
  const fonts = requests.filter((request) => request.type === "Font");
  assert.equal(fonts.length, FONTS, JSON.stringify(requests));
  assert.ok(sum(fonts) < FONT_BYTES_MAX, `${sum(fonts)} bytes of fonts`);
  assert.ok(sum(requests) < VISIT_BYTES_MAX, `${sum(requests)} bytes: ${JSON.stringify(requests)}`);
  assert.deepEqual(await page.evaluate(() => performance.getEntriesByType("resource").filter((entry) => entry.renderBlockingStatus === "blocking").map((entry) => entry.name.split(".").pop())), ["css"]);
  await leave(page);
});

/// Opens a page while fonts come as late as this; at the `end`, the sum of all layout shifts.
async function shifts(path, device, lateness) {
  // The reader's own time is shown beside the event's.
  const page = await visitor(browser, { ...device, timezoneId: "America/New_York" });
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
      .observe({ type: "layout-shift", buffered: true });
  });
  let arrived = Promise.resolve();
  await page.route("**/*.woff2", (route) => {
    arrived = lateness.then(() => route.continue());
    return arrived;
  });
  await page.goto(shop.url + path, { waitUntil: "domcontentloaded" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  // Two frames: what is there has been drawn.
  const drawn = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await drawn();
  return {
    async end() {
      await arrived;
      await page.evaluate(() => document.fonts.ready.then(() => {}));
      await drawn();
      const moved = await page.evaluate(() => window.shifts.reduce((all, one) => all + one, 0));
      await leave(page);
      return moved;
    },
  };
}

test("nothing moves when fonts come late, or at once", async () => {
  for (const [name, device] of Object.entries({ phone, desktop: {} })) {
    for (const path of ["/", `/events/${event}`, `/events/${soon}`]) {
      const atOnce = await shifts(path, device, Promise.resolve());
      assert.equal(await atOnce.end(), 0, `${path} on a ${name}`);
      let arrive;
      const late = await shifts(path, device, new Promise((done) => { arrive = done; }));
      arrive();
      assert.equal(await late.end(), 0, `${path} on a ${name}, with late fonts`);
    }
  }
});

test("a phone shows what it is, when, where, for how much, and the way to the tickets first", async () => {
  for (const locale of ["en", "de", "ar"]) {
    const page = await visitor(browser, { ...phone, locale });
    await page.goto(`${shop.url}/events/${event}`);
    const height = page.viewportSize().height;
    for (const part of ["h1", ".facts time", ".facts > div:last-child", ".hero-price", ".hero-buy .button"]) {
      const box = await page.locator(part).first().boundingBox();
      assert.ok(box && box.y + box.height <= height, `${part} in ${locale}: ${JSON.stringify(box)}`);
    }
    const top = async (part) => (await page.locator(part).boundingBox()).y;
    assert.ok(await top("#order") < await top(".about"), "the tickets stand before the description");
    await page.locator(".hero-buy .button").click();
    await page.waitForFunction(() => document.querySelector("#tickets").getBoundingClientRect().top < innerHeight / 2);
    const { height: header } = await page.locator(".top-row").boundingBox();
    assert.ok(header < 64, `the header is ${header} pixels high in ${locale}`);
    await leave(page);
  }
});

test("a shop's name that is long leaves room for the bookings on a small phone", async () => {
  const page = await visitor(browser, { ...phone, viewport: { width: 320, height: 640 }, locale: "de" });
  await page.goto(shop.url);
  await page.locator(".brand").evaluate((brand) => { brand.textContent = "Kulturzentrum Zur alten Brauerei"; });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
  await page.getByRole("link", { name: "Meine Buchungen" }).click();
  await page.waitForURL("**/bookings");
  await leave(page);
});
