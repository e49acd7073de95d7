// The picture of the hall, in a real Chromium against the real server: see `support.js`.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, book, browser, heading, leave, phone, quantity, shop, visitor, withShop } from "./support.js";

const HALL = ["vip:VIP:10000:40:numbered:4+6", "stalls:Stalls:5000:60:numbered:5+5+5", "ga:GA:1000:50:general"];
const KINDS = { wheelchair: "vip:D-1,D-10", companion: "vip:D-2" };
const ARENA = ["vip:VIP:10000:800:numbered:10+20+10", "stalls:Stalls:5000:3200:numbered:20+40+20", "ga:GA:1000:50:general"];
const LARGEST = ["stalls:Stalls:5000:20000:numbered:40+60+60+40"];
const MARK = /[\u2066-\u2069]/g;

const seat = (page, tier, label) => page.locator(`.seat-map [data-of=${tier}][data-seat='${label}']`);
const bubble = async (page) => (await page.locator("[data-bubble]:not([hidden])").textContent()).replace(MARK, "");
const said = async (page) => (await page.locator("#live").textContent()).replace(MARK, "");
const tool = (page, name) => page.getByRole("button", { name, exact: true });
const sizeOf = async (page) => (await page.locator(".seat-map").boundingBox()).width;

/// A page with the hall open.
async function open(name, tiers, options = {}, more = {}, path = "") {
  const event = await shop.event(name, tiers, more);
  const page = await visitor(browser, options);
  await page.goto(`${shop.url}${path}/events/${event}`);
  await page.locator("[data-map]").first().click();
  await page.locator(".seat-map").waitFor();
  return { page, event };
}

/// The distance between the middles of a seat and its neighbours, in pixels.
async function pitch(page, tier, one, beside, behind) {
  const [a, b, c] = await Promise.all([one, beside, behind].map((label) => seat(page, tier, label).boundingBox()));
  return [b.x + b.width / 2 - a.x - a.width / 2, c.y + c.height / 2 - a.y - a.height / 2];
}

/// Two fingers move on the map from one distance to another.
async function pinch(page, from, to) {
  const box = await page.locator(".map").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const client = await page.context().newCDPSession(page);
  const send = (type, apart) => client.send("Input.dispatchTouchEvent", {
    type, touchPoints: apart === null ? [] : [{ x: x - apart / 2, y, id: 1 }, { x: x + apart / 2, y, id: 2 }],
  });
  await send("touchStart", from);
  for (let step = 1; step <= 5; step += 1) await send("touchMove", from + ((to - from) * step) / 5);
  await send("touchEnd", null);
}

describe("the hall", { concurrency: 2 }, () => {
  withShop();

  test("one picture has the stage, every numbered tier with its aisles, and general admission", async () => {
    const { page } = await open("Whole House", HALL, {}, KINDS);
    await seat(page, "stalls", "D-15").waitFor();
    const [stage, vip, stalls, ga] = await Promise.all([".stage", ".block[data-area=vip]", ".block[data-area=stalls]", ".area[data-area=ga]"]
      .map((part) => page.locator(`.seat-map ${part}`).first().boundingBox()));
    assert.ok(stage.y < vip.y && vip.y < stalls.y && stalls.y < ga.y, "from the stage to the back");
    assert.equal(await page.locator(".block[data-area=stalls]").count(), 2 * 3, "the hall's and the minimap's");
    const [first, second, across] = await Promise.all(["A-3", "A-4", "A-5"].map((label) => seat(page, "vip", label).boundingBox()));
    assert.ok(across.x - second.x > 1.5 * (second.x - first.x), "an aisle");
    // Tiers differ in shape, not in colour alone; the legend says what they cost.
    const shapes = await Promise.all(["vip", "stalls"].map((tier) => seat(page, tier, "A-1").locator("path").nth(1).getAttribute("d")));
    assert.notEqual(shapes[0], shapes[1]);
    assert.deepEqual(await page.locator("[data-prices] li").allTextContents(), ["VIP · €100.00", "Stalls · €50.00", "GA · €10.00"]);
    await page.locator(".area[data-area=ga]").first().click();
    assert.ok(await quantity(page, "ga").evaluate((select) => select === document.activeElement), "an area leads to its number");
    await audit(page, "hall");
    await leave(page);
  });

  test("the map's scripts are loaded when it is opened, with a sign of progress, and again if they did not come", async () => {
    const event = await shop.event("On Demand", HALL);
    const page = await visitor(browser, phone);
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${shop.url}/events/${event}`);
    await page.waitForLoadState("load");
    const ofMap = () => asked.filter((url) => /(hall|zoom|seats)\.[0-9a-f]+\.js$/.test(url));
    assert.deepEqual(ofMap(), []);
    const [vip, stalls] = [page.locator("[data-map]").first(), page.locator("[data-map]").nth(1)];
    let cut = true;
    await page.route(/zoom\.[0-9a-f]+\.js$/, (route) => (cut ? route.abort() : route.continue()));
    await vip.tap();
    await page.getByRole("alert").getByText("The seat map did not arrive").waitFor();
    const list = page.getByRole("link", { name: "Choose seats from a list" });
    assert.match(await list.getAttribute("href"), /\?seats=vip$/);
    assert.equal(await vip.getAttribute("aria-busy"), null);
    await audit(page, "hall-failed");
    // A slow answer: the button says that it is awaited, and a second tap asks for nothing more.
    cut = false;
    let go;
    const late = new Promise((done) => { go = done; });
    await page.route(/\?seats=/, (route) => late.then(() => route.continue()));
    await stalls.tap();
    await page.waitForFunction(() => document.querySelector("[data-map][aria-busy=true]"));
    assert.equal(await said(page), "The seat map is opening …");
    await stalls.tap();
    go();
    await seat(page, "stalls", "A-1").waitFor();
    assert.equal(asked.filter((url) => /\/events\/[^/]*\?seats=/.test(url)).length, 1);
    assert.equal(await page.getByRole("alert").count(), 0);
    await leave(page);
  });

  test("pointing at a seat names it with its price, and keys walk from seat to seat across tiers", async () => {
    const { page } = await open("Walk", HALL, {}, KINDS);
    await seat(page, "vip", "A-7").hover();
    assert.equal(await bubble(page), "VIP · Row A · Seat 7 · €100.00");
    await seat(page, "vip", "D-1").hover();
    assert.equal(await bubble(page), "VIP · Row D · Seat 1 · €100.00 · Wheelchair place");
    await page.locator(".map").focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    assert.equal(await said(page), "VIP · Row D · Seat 2 · €100.00 · Companion seat beside it");
    assert.equal(await bubble(page), await said(page));
    await page.keyboard.press("ArrowDown");
    assert.match(await said(page), /^Stalls · Row A · Seat \d+ · €50\.00$/);
    await page.keyboard.press("Space");
    assert.match(await said(page), /^Stalls · Row A · Seat \d+ · €50\.00 · Yours/);
    assert.equal(await quantity(page, "stalls").inputValue(), "1");
    await page.keyboard.press("Space");
    assert.match(await said(page), / · given up$/);
    assert.equal(await quantity(page, "stalls").inputValue(), "0");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("[data-bubble]:not([hidden])").count(), 0);
    await leave(page);
  });

  test("places for wheelchairs and the seats beside them are marked in the picture and in the list", async () => {
    const { page, event } = await open("Ramp", HALL, {}, KINDS);
    assert.equal(await seat(page, "vip", "D-1").locator("path.wheelchair").count(), 1);
    assert.equal(await seat(page, "vip", "D-2").locator("path.companion").count(), 1);
    assert.equal(await page.locator(".seat-map .wheelchair[data-seat]").count(), 2);
    await page.getByText("VIP seats as a list").click();
    await page.getByRole("group", { name: "Row D" }).first().getByRole("checkbox", { name: "1 Wheelchair place", exact: true }).waitFor();
    const plain = await visitor(browser, { javaScriptEnabled: false });
    await plain.goto(`${shop.url}/events/${event}?seats=vip`);
    await plain.getByRole("checkbox", { name: "2 Companion seat beside it", exact: true }).waitFor();
    await audit(page, "hall-list");
    await leave(page, plain);
  });

  for (const width of [390, 320]) {
    test(`on a phone of ${width} pixels seats are as large as a finger before they are chosen`, async () => {
      const { page } = await open(`Thumbs ${width}`, HALL, { ...phone, viewport: { width, height: 700 } });
      await seat(page, "stalls", "A-8").waitFor();
      const [tight] = await pitch(page, "stalls", "A-7", "A-8", "B-7");
      assert.ok(tight < 44, `the whole hall is seen first: ${tight}`);
      await seat(page, "stalls", "A-8").tap();
      assert.equal(await quantity(page, "stalls").inputValue(), "0", "a tap comes closer");
      const near = await pitch(page, "stalls", "A-7", "A-8", "B-7");
      assert.ok(near.every((size) => size >= 44), `${near}`);
      // A seat takes taps at its edge.
      const box = await seat(page, "stalls", "A-8").boundingBox();
      await page.touchscreen.tap(box.x + 2, box.y + 2);
      assert.ok(await page.locator("input[value='stalls:A:8']").isChecked());
      for (const button of await page.locator(".map-tools button").all()) {
        const { width: wide, height } = await button.boundingBox();
        assert.ok(wide >= 44 && height >= 44);
      }
      await audit(page, `hall-near-${width}`);
      await leave(page);
    });
  }

  test("buttons and two fingers come closer and go back, and one finger still scrolls the page", async () => {
    const { page } = await open("Zoom", ARENA, phone);
    const whole = await sizeOf(page);
    await pinch(page, 60, 240);
    const pinched = await sizeOf(page);
    assert.ok(pinched > 2.5 * whole, `${whole} to ${pinched}`);
    await tool(page, "Larger seat map").tap();
    assert.ok(await sizeOf(page) > 1.3 * pinched);
    await tool(page, "Smaller seat map").tap();
    await tool(page, "Show the whole hall").tap();
    assert.ok(Math.abs(await sizeOf(page) - whole) < 1);
    assert.ok(await tool(page, "Show the whole hall").isDisabled());
    // At this size the map has nothing to scroll, so it lets the page have the finger.
    const area = await page.locator(".map").evaluate((map) => [map.scrollWidth - map.clientWidth, map.scrollHeight - map.clientHeight, getComputedStyle(map).touchAction]);
    assert.deepEqual(area, [0, 0, "pan-x pan-y"]);
    await pinch(page, 240, 60);
    assert.ok(Math.abs(await sizeOf(page) - whole) < 1, "no smaller than the whole");
    await leave(page);
  });

  test("a large hall shows sections first, then seats, the letters of their rows, and where one is", async () => {
    const { page } = await open("Arena", ARENA, phone);
    assert.equal(await page.locator(".seat-map [data-seat]").count(), 0);
    assert.equal(await page.locator(".section").count(), 2 * 3 + 8 * 3);
    assert.equal(await page.locator(".minimap:not([hidden])").count(), 0, "all is seen");
    await audit(page, "hall-sections");
    await page.locator(".map").evaluate((map) => map.scrollIntoView({ block: "center" }));
    const box = await page.locator(".map").boundingBox();
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height * 0.6);
    await page.locator(".seat-map [data-seat]").first().waitFor();
    const drawn = await page.locator(".seat-map [data-seat]").count();
    assert.ok(drawn > 30 && drawn < 1500, `only what is near is drawn: ${drawn}`);
    // A letter stands at the edge, beside the seats of its row, however far one moves.
    const names = () => page.locator(".row-names b").evaluateAll((letters) => {
      const frame = document.querySelector(".map").getBoundingClientRect();
      return letters.map((letter) => [letter.textContent, letter.getBoundingClientRect()])
        .filter(([, { top, bottom }]) => top > frame.top && bottom < frame.bottom)
        .map(([text, { left, top, bottom }]) => [text, Math.round(left - frame.left), (top + bottom) / 2]);
    });
    const before = await names();
    assert.ok(before.length > 4 && before.every(([, left]) => left < 12), JSON.stringify(before));
    await page.locator(".map").evaluate((map) => map.scrollBy(150, 0));
    await page.waitForFunction(() => Number(document.querySelector(".minimap .seen").getAttribute("x")) > 0);
    const after = await names();
    assert.ok(after.length > 4 && after.every(([, left]) => left < 12), JSON.stringify(after));
    const nearest = await page.locator(".seat-map [data-seat]").evaluateAll((seats, y) => {
      const frame = document.querySelector(".map").getBoundingClientRect();
      const rows = seats.map((found) => [found.dataset.seat.split("-")[0], found.getBoundingClientRect()])
        .filter(([, box]) => box.left > frame.left && box.left < frame.left + 60);
      return rows.sort((a, b) => Math.abs(a[1].top + a[1].height / 2 - y) - Math.abs(b[1].top + b[1].height / 2 - y))[0][0];
    }, after[3][2]);
    assert.equal(nearest, after[3][0]);
    // The small picture shows the part, and leads to another.
    const frame = () => page.locator(".minimap .seen").evaluate((seen) => [Number(seen.getAttribute("x")), Number(seen.getAttribute("y"))]);
    const small = await page.locator(".minimap").boundingBox();
    const [x] = await frame();
    await page.touchscreen.tap(small.x + small.width * 0.85, small.y + small.height * 0.6);
    await page.waitForFunction((was) => Number(document.querySelector(".minimap .seen").getAttribute("x")) > was + 50, x);
    await page.locator(".seat-map [data-seat]").first().waitFor();
    await audit(page, "hall-arena");
    await leave(page);
  });

  test("a hall of 20,000 seats is usable", async () => {
    const { page } = await open("Colossus", LARGEST);
    await page.locator(".section").first().waitFor();
    await page.locator(".map").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    assert.ok(await seat(page, "stalls", "A-1").evaluate((found) => found.classList.contains("chosen")));
    for (let press = 0; press < 4; press += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    // The list shows the first rows only; what is chosen behind them is listed all the same.
    assert.equal(await page.locator("[data-elsewhere] input:checked").inputValue(), "stalls:E:1");
    assert.ok(await page.locator(".seat-map *").count() < 12_000);
    await book(page);
    await heading(page, "Your 2 tickets are held");
    await page.getByText("A-1, E-1").waitFor();
    await leave(page);
  });

  test("a seat that would stay alone is told of at once, and may be booked all the same", async () => {
    const { page } = await open("Gap", HALL);
    const note = page.locator("[data-lonely]");
    await seat(page, "vip", "A-2").click();
    await note.getByText("This leaves seat A‑1 free on its own.").waitFor();
    assert.match(await said(page), /This leaves seat A‑1 free on its own\./);
    await seat(page, "vip", "A-1").click();
    await note.waitFor({ state: "hidden" });
    // Not across an aisle, which ends a block.
    await seat(page, "vip", "A-3").click();
    await note.getByText("This leaves seat A‑4 free on its own.").waitFor();
    await audit(page, "hall-lonely");
    await book(page);
    await heading(page, "Your 3 tickets are held");
    await leave(page);
  });

  test("what others take and give back is shown, and a lost seat is said, never dropped", async () => {
    const { page, event } = await open("Elsewhere", HALL);
    for (const label of ["A-5", "A-6", "A-7"]) await seat(page, "vip", label).click();
    const other = await browser.newContext();
    const { token } = await (await other.request.post(`${shop.url}/api/buyers`)).json();
    const headers = { "Authorization": `Bearer ${token}`, "Idempotency-Key": crypto.randomUUID() };
    const booked = await other.request.post(`${shop.url}/api/bookings`, {
      headers,
      data: { event_id: event, seats: [{ tier: "vip", row: "A", number: 6 }, { tier: "stalls", row: "B", number: 2 }] },
    });
    assert.equal(booked.status(), 201, await booked.text());
    await page.locator(".held[data-of=stalls][data-seat='B-2']").waitFor();
    await page.locator("[data-gone]").getByText("Just taken by somebody else: A\u20116.").waitFor();
    assert.equal(await quantity(page, "vip").inputValue(), "3");
    await page.getByRole("button", { name: "Choose 1 more seat" }).waitFor();
    assert.equal(await seat(page, "vip", "A-6").getAttribute("class"), "s held t1");
    await seat(page, "vip", "A-6").hover();
    assert.equal(await bubble(page), "VIP · Row A · Seat 6 · €100.00 · Held by others");
    await audit(page, "hall-lost");
    const { id } = await booked.json();
    const cancelled = await other.request.post(`${shop.url}/api/bookings/${id}/cancel`, { headers });
    assert.ok(cancelled.ok(), await cancelled.text());
    await page.locator(".free[data-of=stalls][data-seat='B-2']").waitFor();
    await seat(page, "vip", "A-6").click();
    await book(page);
    await heading(page, "Your 3 tickets are held");
    await other.close();
    await leave(page);
  });

  test("a hall's left is its left where people read from the right", async () => {
    const { page } = await open("Maqam", HALL, phone, KINDS, "/ar");
    await seat(page, "vip", "A-2").waitFor();
    const [one, two] = await Promise.all(["A-1", "A-2"].map((label) => seat(page, "vip", label).boundingBox()));
    assert.ok(one.x < two.x);
    await page.locator("[data-seats=vip] summary").click();
    const boxes = await Promise.all([1, 2].map((number) => page.locator(`input[value='vip:A:${number}']`).boundingBox()));
    assert.ok(boxes[0].x < boxes[1].x, "in the list, too");
    await page.locator("[data-seats=vip] summary").click();
    await audit(page, "hall-arabic");
    await leave(page);
  });
});
