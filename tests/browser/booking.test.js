// What a buyer does, in a real Chromium against the real server: see `support.js`.

import assert from "node:assert/strict";
import http from "node:http";
import { describe, test } from "node:test";
import { join } from "node:path";

import { audit, book, browser, bytesOf, heading, hold, leave, openShop, pathOf, pay, phone, pictures, quantity, shop, tabTo, visitor, withShop } from "./support.js";

const GOOD = "4242 4242 4242 4242";
const DECLINED = "4000 0000 0000 0002";
const LATER = "4000 0000 0000 3220";
const HALL = ["vip:VIP:10000:40:numbered:4+6", "ga:GA:1000:50:general"];

const left = (page, tier) => page.locator(`#left-${tier}`);

async function bookingsOf(page) {
  const cookie = (await page.context().cookies()).find((cookie) => cookie.name === "buyer");
  const headers = { Authorization: `Bearer ${cookie.value}` };
  const response = await page.request.get(`${shop.url}/api/bookings`, { headers });
  return (await response.json()).bookings;
}

const languageOf = (page) => page.evaluate(() => {
  const { lang, dir, dataset } = document.documentElement;
  return [lang, dir, dataset.locale];
});

/// The words in Latin letters that a reader meets, but for names and what is written so everywhere.
const latinWords = (page) => page.evaluate(() => {
  const names = ".brand, .languages, .card, .mine-row, .reference, select[name=city], select[name=currency]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (parentElement.closest(names) || parentElement.closest("[hidden]")) continue;
    const text = data.replace(/Velvet|VIP|\bGA\b|Sala do Cais|Rua da Cintura do Porto|Lisbon|Visa|QR|PDF|GMT|EUR|boxoffice/gi, "");
    if (/[A-Za-z]{2}/.test(text)) found.push(data.trim());
  }
  const read = [...document.querySelectorAll("[aria-label], [placeholder]")];
  for (const element of read.filter((one) => !one.closest(".card"))) {
    const text = (element.getAttribute("aria-label") || "") + (element.getAttribute("placeholder") || "");
    if (/[A-Za-z]{2}/.test(text.replace(/Velvet|VIP|\bGA\b|QR/gi, ""))) found.push(text);
  }
  return found;
});

// Much of it is waiting for clocks, so some of them run side by side.
describe("the pages", { concurrency: 3 }, () => {
  withShop();

  test("a buyer finds an event, books, pays after a decline, and holds tickets", async () => {
    await shop.event("Nordlicht Quartet", HALL);
    const page = await visitor(browser);
    await page.goto(shop.url);
    await audit(page, "events");
    await page.getByRole("searchbox").fill("nordlicht");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Nordlicht Quartet" }).click();
    await heading(page, "Nordlicht Quartet");
    await audit(page, "event");
    await page.getByRole("button", { name: "One more VIP" }).click();
    await page.getByRole("button", { name: "One more VIP" }).click();
    await page.getByRole("button", { name: "One more GA" }).click();
    await page.getByText("€210.00").first().waitFor();
    await book(page);
    await heading(page, "Your 3 tickets are held");
    await page.getByRole("timer").waitFor();
    await audit(page, "booking-pending");
    await page.evaluate(() => { window.stayed = true; });
    await pay(page, "4242 4242 4242 4241");
    await page.getByText("Nothing was charged.").first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "card_number");
    await audit(page, "booking-card-mistyped");
    await pay(page, DECLINED);
    await page.getByRole("alert").getByText("Declined by the bank").waitFor();
    await audit(page, "booking-declined");
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    assert.ok(await page.evaluate(() => window.stayed), "paying loads no new page");
    assert.equal(await page.getByRole("img", { name: /^QR code/ }).count(), 3);
    await audit(page, "booking-confirmed");
    await page.getByRole("link", { name: "My bookings" }).click();
    await page.getByText("Confirmed", { exact: true }).waitFor();
    await audit(page, "my-bookings");
    await leave(page);
  });

  test("tickets print unbroken, each with a code of 30 millimetres", async () => {
    const event = await shop.event("Paper Lanterns", HALL);
    const page = await visitor(browser);
    const path = await hold(page, shop.url, event, { vip: 4, ga: 2 });
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const cards = await page.locator(".ticket").evaluateAll((tickets) => tickets.map((ticket) => ({
      unbroken: getComputedStyle(ticket).breakInside,
      // Without its white frame of four modules on each side.
      code: ticket.querySelector(".ticket-code path:last-child").getBoundingClientRect().width * 25.4 / 96,
    })));
    assert.equal(cards.length, 6);
    for (const card of cards) assert.ok(card.unbroken === "avoid" && card.code >= 30, JSON.stringify(card));
    await page.pdf({ path: join(pictures, "tickets.pdf"), preferCSSPageSize: true, format: "A4" });
    await page.emulateMedia({ media: "screen" });
    const file = await page.request.get(`${shop.url}${path}/calendar.ics`);
    assert.equal(file.headers()["content-type"], "text/calendar; charset=utf-8");
    const lines = (await file.text()).split("\r\n");
    assert.ok(lines.includes("DTSTART:20300601T190000Z") && lines.includes("SUMMARY:Paper Lanterns"), lines.join("\n"));
    const stranger = await visitor(browser);
    await stranger.goto(`${shop.url}${path}`);
    assert.equal(await stranger.locator(".ticket").count(), 0);
    await audit(stranger, "booking-of-another");
    assert.equal((await stranger.request.get(`${shop.url}${path}/calendar.ics`)).status(), 404);
    await leave(page, stranger);
  });

  test("everything works without JavaScript", async () => {
    const event = await shop.event("Silent Film Night", HALL);
    const page = await visitor(browser, { javaScriptEnabled: false });
    await page.goto(`${shop.url}/events/${event}`);
    // What is in the form stays there while seat maps are opened.
    await quantity(page, "ga").selectOption("2");
    await page.getByRole("button", { name: "Choose exact seats in VIP" }).click();
    await page.locator("input[value='vip:B:3']").check({ force: true });
    await book(page);
    await heading(page, "Your 3 tickets are held");
    await page.getByText("B-3").waitFor();
    await pay(page, DECLINED);
    await page.getByText("The payment did not go through").waitFor();
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    await page.getByText("Cancel this booking").click();
    await page.getByRole("button", { name: "Cancel and refund" }).click();
    await heading(page, "This booking was cancelled");
    await leave(page);
  });

  test("without JavaScript ticked seats stay ticked from one part of a big hall to another", async () => {
    const event = await shop.event("Long Reel", ["stalls:Stalls:4500:800:numbered:10+20+10", ...HALL]);
    const page = await visitor(browser, { javaScriptEnabled: false });
    await page.goto(`${shop.url}/events/${event}?seats=stalls`);
    await page.locator("input[value='stalls:A:20']").check({ force: true });
    await quantity(page, "ga").selectOption("1");
    await page.getByRole("button", { name: /^Rows K–T/ }).click();
    await page.locator("input[value='stalls:K:20']").check({ force: true });
    await page.getByRole("button", { name: "Choose exact seats in VIP" }).click();
    await page.locator("input[value='vip:A:1']").check({ force: true });
    // The Enter key sends the form; it opens no other part.
    await page.locator("input[value='vip:A:1']").press("Enter");
    await heading(page, "Your 4 tickets are held");
    const items = await page.locator(".split-side").innerText();
    assert.match(items, /A-20, K-20\b/);
    assert.match(items, /\bA-1\b/);
    await leave(page);
  });

  test("the keyboard alone books and pays, and chooses seats in the drawing", async () => {
    const event = await shop.event("Ten Fingers", HALL);
    const page = await visitor(browser);
    await page.goto(`${shop.url}/events/${event}`);
    await tabTo(page, page.getByRole("button", { name: "Choose exact seats in VIP" }));
    await page.keyboard.press("Enter");
    const map = page.getByRole("region", { name: "Seat map of the hall" });
    await map.waitFor();
    await page.waitForFunction(() => document.activeElement.matches(".map"));
    for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "Space"]) await page.keyboard.press(key);
    assert.ok(await page.locator("input[value='vip:B:2']").isChecked());
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await audit(page, "event-seats");
    await map.focus();
    await tabTo(page, page.getByRole("button", { name: "Book", exact: true }));
    await page.keyboard.press("Enter");
    await heading(page, "Your 2 tickets are held");
    await page.getByText("B-2, B-3").waitFor();
    await tabTo(page, page.getByLabel("Card number"));
    await page.keyboard.type(GOOD);
    await page.keyboard.press("Enter");
    await heading(page, "You’re going!");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
    await leave(page);
  });

  test("a thumb books on a phone, and chooses seats by touch", async () => {
    const event = await shop.event("Pocket Symphony", ["stalls:Stalls:4500:800:numbered:10+20+10", ...HALL]);
    const page = await visitor(browser, phone);
    await page.goto(`${shop.url}/events/${event}`);
    await page.getByRole("button", { name: "Choose exact seats in Stalls" }).tap();
    const map = page.locator(".map");
    await page.waitForFunction((element) => element === document.activeElement, await map.elementHandle());
    const { y, height } = await map.boundingBox();
    assert.ok(y >= 0 && y + height <= page.viewportSize().height, `the map that opened stands at ${y} to ${y + height}`);
    // Seats that are too small for a thumb come closer first.
    await page.locator("[data-of=stalls][data-seat='A-20']").tap();
    await page.getByRole("button", { name: "Choose tickets", exact: true }).waitFor();
    await page.locator("[data-of=stalls][data-seat='A-20']").tap();
    await page.getByRole("button", { name: "Larger seat map" }).tap();
    await page.getByRole("button", { name: /^Rows K–T/ }).tap();
    await page.locator("[data-of=stalls][data-seat='K-20']").tap();
    await page.locator("[data-sum]").getByText("€90.00").waitFor();
    await audit(page, "event-sections");
    await page.getByRole("button", { name: "Book", exact: true }).tap();
    await heading(page, "Your 2 tickets are held");
    await page.getByText("A-20, K-20").waitFor();
    await page.getByLabel("Card number").fill(GOOD);
    await page.getByRole("button", { name: /^Pay / }).tap();
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("a double click, the back button and reloads book once", async () => {
    const event = await shop.event("Once Only", HALL);
    const page = await visitor(browser);
    await page.goto(`${shop.url}/events/${event}`);
    await quantity(page, "ga").selectOption("2");
    await page.getByRole("button", { name: "Book", exact: true }).dblclick();
    await heading(page, "Your 2 tickets are held");
    await page.reload();
    await page.goBack();
    await heading(page, "Once Only");
    await page.reload();
    await page.goForward();
    await heading(page, "Your 2 tickets are held");
    assert.equal((await bookingsOf(page)).length, 1);
    await page.getByLabel("Card number").fill(GOOD);
    await page.getByRole("button", { name: /^Pay / }).dblclick();
    await heading(page, "You’re going!");
    await page.reload();
    await heading(page, "You’re going!");
    assert.equal(await page.locator(".payments li").count(), 1);
    await page.getByText("Cancel this booking").click();
    await page.getByRole("button", { name: "Cancel and refund" }).click();
    await heading(page, "This booking was cancelled");
    await audit(page, "booking-cancelled");
    await leave(page);
  });

  test("a form that is sent again with another choice offers to replace the hold, in one step", async () => {
    const event = await shop.event("Second Thoughts", ["hall:Hall:10000:4:numbered:4"]);
    const page = await visitor(browser, { javaScriptEnabled: false });
    await page.goto(`${shop.url}/events/${event}`);
    const form = await page.content();
    await quantity(page, "hall").selectOption("1");
    await book(page);
    await heading(page, "Your ticket is held");
    // As browsers do that keep a page which one comes back to.
    const path = new URL(page.url()).pathname;
    await page.route(`**/events/${event}`, (route) => route.fulfill({ body: form, contentType: "text/html" }), { times: 1 });
    await page.goto(`${shop.url}/events/${event}`);
    await quantity(page, "hall").selectOption("3");
    await book(page);
    await page.getByRole("alert").getByText("You already hold 1 ticket for this event").waitFor();
    await page.getByRole("link", { name: "Keep what I hold, and pay" }).waitFor();
    await page.getByLabel("Give that ticket back and take these instead").check();
    await book(page);
    await heading(page, "Your 3 tickets are held");
    assert.notEqual(new URL(page.url()).pathname, path);
    await page.goto(shop.url + path);
    await heading(page, "This booking was cancelled");
    await leave(page);
  });

  for (const [scripts, javaScriptEnabled] of [["with", true], ["without", false]]) {
    test(`whoever goes back ${scripts} scripts says whether the next order is as well or instead`, async () => {
      const event = await shop.event(`Encore ${scripts}`, HALL);
      const page = await visitor(browser, { ...phone, javaScriptEnabled });
      const path = await hold(page, shop.url, event, { ga: 2 });
      // A fresh form: nothing says that it is the same order.
      await page.goto(`${shop.url}/events/${event}`);
      const question = page.getByRole("group", { name: "You already hold 2 tickets for this event" });
      if (javaScriptEnabled) await question.waitFor();
      await quantity(page, "ga").selectOption("3");
      await book(page);
      if (javaScriptEnabled) {
        // The browser asks for an answer: nothing is given, and nothing is sent.
        assert.equal(await page.evaluate(() => document.activeElement.name), "replaces");
        await question.getByRole("radio").first().check();
        await question.getByRole("radio").last().check();
        await audit(page, "event-own-hold");
      } else {
        await page.getByRole("alert").getByText("Nothing has been booked yet").waitFor();
      }
      assert.deepEqual((await bookingsOf(page)).map(({ status }) => status), ["pending"]);
      await page.getByLabel("Give those 2 tickets back and take these instead").check();
      await book(page);
      await heading(page, "Your 3 tickets are held");
      await page.goto(shop.url + path);
      await heading(page, "This booking was cancelled");
      await page.goto(`${shop.url}/events/${event}`);
      await quantity(page, "ga").selectOption("1");
      if (!javaScriptEnabled) await book(page);
      await page.getByLabel("Keep them and book these as well").check();
      await book(page);
      await heading(page, "Your ticket is held");
      assert.equal((await bookingsOf(page)).filter(({ status }) => status === "pending").length, 2);
      // Of several holds each may be the one.
      await page.goto(`${shop.url}/events/${event}`);
      await quantity(page, "ga").selectOption("1");
      if (!javaScriptEnabled) await book(page);
      await page.getByLabel("Give that ticket back and take these instead").waitFor();
      await page.getByLabel("Give those 3 tickets back and take these instead").waitFor();
      await leave(page);
    });
  }

  test("a page that renews itself takes nothing from the reader, however late it comes", async () => {
    const event = await shop.event("Back Again", HALL);
    const page = await visitor(browser);
    const path = await hold(page, shop.url, event, { ga: 1 });
    const isRenewal = (request) =>
      request.method() === "GET" && !request.isNavigationRequest() && !request.redirectedFrom();
    // Coming back through the history the page renews itself; what it asks for waits until `renewed`.
    async function comeBack() {
      await page.goto(`${shop.url}/events/${event}`);
      let asked, renewed;
      const isAsked = new Promise((done) => { asked = done; });
      const mayAnswer = new Promise((done) => { renewed = done; });
      await page.route(`**${path}`, async (route) => {
        if (!isRenewal(route.request())) return route.continue();
        const response = await route.fetch();
        asked();
        await mayAnswer;
        await route.fulfill({ response });
      });
      await page.goBack();
      await isAsked;
      const arrived = page.waitForResponse((response) => isRenewal(response.request()));
      return async () => {
        renewed();
        await (await arrived).finished();
        await page.unroute(`**${path}`);
        // What the page does with the answer it does before the next frame.
        await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); }));
      };
    }
    let renew = await comeBack();
    await page.getByLabel("Card number").fill(GOOD);
    const old = await page.locator("main").elementHandle();
    await renew();
    assert.equal(await old.evaluate((main) => main.isConnected), false);
    assert.equal(await page.getByLabel("Card number").inputValue(), GOOD);
    assert.equal(await page.evaluate(() => document.activeElement.id), "card_number");
    renew = await comeBack();
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    await renew();
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("of two browsers that race for the last ticket one gets it", async () => {
    const event = await shop.event("Last One", ["ga:GA:1000:1:general"]);
    const pages = await Promise.all([visitor(browser, phone), visitor(browser, phone)]);
    for (const page of pages) {
      await page.goto(`${shop.url}/events/${event}`);
      await quantity(page, "ga").selectOption("1");
    }
    await Promise.all(pages.map(book));
    const ends = await Promise.all(pages.map((page) => Promise.race([
      heading(page, "Your ticket is held").then(() => "held"),
      page.getByRole("alert").getByText(/not enough tickets|are holding/).waitFor().then(() => "refused"),
    ])));
    assert.deepEqual(ends.sort(), ["held", "refused"]);
    const loser = pages.find((page) => !page.url().includes("/bookings/"));
    // What the reader looks at, and what is read out.
    const refusal = loser.locator("#refusal");
    assert.ok(await refusal.evaluate((alert) => alert === document.activeElement));
    const { y, height } = await refusal.boundingBox();
    assert.ok(y >= 0 && y + height <= loser.viewportSize().height, `the refusal stands at ${y}`);
    await audit(loser, "event-refused");
    await leave(...pages);
  });

  test("a count changes in one window when another books, and screen readers hear what matters", async () => {
    const event = await shop.event("Live Wire", ["ga:GA:1000:12:general", "bar:Bar:500:900:general"]);
    const [watcher, buyer] = [await visitor(browser), await visitor(browser)];
    await watcher.goto(`${shop.url}/events/${event}`);
    await left(watcher, "ga").getByText("12 left", { exact: true }).waitFor();
    const [live] = await Promise.all([
      watcher.evaluate(() => new Promise((done) => {
        const region = document.querySelector("#live");
        // A sale that is counted while it commits is taken off twice, until the next count.
        const isSaid = () => region.textContent.includes("Only 7 left") && done(region.textContent);
        new MutationObserver(isSaid).observe(region, { childList: true });
      })),
      (async () => {
        await hold(buyer, shop.url, event, { ga: 5, bar: 1 });
        await left(watcher, "ga").getByText("Only 7 left").waitFor();
        await left(watcher, "bar").getByText("899 left").waitFor();
      })(),
    ]);
    assert.equal(live, "GA: Only 7 left");
    await hold(buyer, shop.url, event, { ga: 7 });
    await left(watcher, "ga").getByText("All held by others").waitFor();
    await audit(watcher, "event-held");
    await pay(buyer, GOOD);
    await heading(buyer, "You’re going!");
    await leave(watcher, buyer);
  });

  test("without the stream the counts are asked for", async () => {
    const event = await shop.event("Slow Wire", ["ga:GA:1000:30:general"]);
    const [watcher, buyer] = [await visitor(browser), await visitor(browser)];
    await watcher.route("**/stream", (route) => route.fulfill({ status: 503 }));
    await watcher.goto(`${shop.url}/events/${event}`);
    await hold(buyer, shop.url, event, { ga: 2 });
    await left(watcher, "ga").getByText("28 left").waitFor();
    await leave(watcher, buyer);
  });

  test("a seat that somebody else took is explained and the nearest offered", async () => {
    const event = await shop.event("Musical Chairs", HALL);
    const plain = { javaScriptEnabled: false };
    const [quick, slow] = [await visitor(browser, plain), await visitor(browser, plain)];
    const live = await visitor(browser);
    for (const page of [quick, slow, live]) await page.goto(`${shop.url}/events/${event}?seats=vip`);
    for (const seat of ["5", "6"]) {
      for (const page of [quick, slow]) await page.locator(`input[value='vip:A:${seat}']`).check({ force: true });
      await live.locator(`[data-seat='A-${seat}']`).click();
    }
    await book(quick);
    await heading(quick, "Your 2 tickets are held");
    await book(slow);
    await slow.getByText("Some of your seats are gone").waitFor();
    await slow.getByText("Just taken: A-5, A-6. Ticked instead: A-7, A-8.").waitFor();
    await book(slow);
    await heading(slow, "Your 2 tickets are held");
    await slow.getByText("A-7, A-8").waitFor();
    // Whoever has scripts is told before.
    await live.locator(".problem").getByText("Just taken by somebody else: A\u20115, A\u20116.").waitFor();
    await audit(live, "event-seat-taken");
    await leave(quick, slow, live);
  });

  test("who asked for three and loses a seat is never sold two without a word", async () => {
    const event = await shop.event("Musical Sofas", HALL);
    const [page, other] = [await visitor(browser, phone), await visitor(browser)];
    for (const each of [page, other]) await each.goto(`${shop.url}/events/${event}?seats=vip`);
    for (const seat of ["A-5", "A-6", "A-7"]) await page.locator(`.seat-map [data-seat='${seat}']`).tap();
    await other.locator("[data-seat='A-6']").click();
    await book(other);
    await heading(other, "Your ticket is held");
    await page.locator(".problem").getByText("Just taken by somebody else: A\u20116. Choose another one, or fewer tickets.").waitFor();
    assert.equal(await quantity(page, "vip").inputValue(), "3");
    await page.locator("[data-what]").getByText("2 of 3 × VIP (A-5, A-7)").waitFor({ state: "attached" });
    await audit(page, "event-seat-missing");
    await page.getByRole("button", { name: "Choose 1 more seat" }).click();
    assert.ok(await page.locator(".map").evaluate((map) => map === document.activeElement), "it leads to the map");
    assert.equal((await bookingsOf(page)).length, 0);
    await page.locator(".seat-map [data-seat='A-8']").tap();
    await book(page);
    await heading(page, "Your 3 tickets are held");
    await leave(page, other);
  });

  test("a smaller order is chosen by the stepper when a seat is lost", async () => {
    const event = await shop.event("Musical Cushions", HALL);
    const [page, other] = [await visitor(browser), await visitor(browser)];
    for (const each of [page, other]) await each.goto(`${shop.url}/events/${event}?seats=vip`);
    for (const seat of ["A-5", "A-6"]) await page.locator(`.seat-map [data-seat='${seat}']`).click();
    await other.locator("[data-seat='A-6']").click();
    await book(other);
    await page.getByRole("button", { name: "Choose 1 more seat" }).waitFor();
    await page.getByRole("button", { name: "One less VIP" }).click();
    await book(page);
    await heading(page, "Your ticket is held");
    await leave(page, other);
  });

  test("with nothing chosen the bar of a phone leads to the tickets", async () => {
    const event = await shop.event("Empty Hands", HALL);
    const page = await visitor(browser, phone);
    await page.goto(`${shop.url}/events/${event}`);
    const sent = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    await page.getByRole("button", { name: "Choose tickets" }).tap();
    assert.ok(await quantity(page, "vip").evaluate((select) => select === document.activeElement));
    assert.deepEqual(sent, []);
    await leave(page);
  });

  test("where nothing is left there is nothing to press, until a ticket comes back", async () => {
    const event = await shop.event("Full House", ["ga:GA:1000:2:general"]);
    const [page, buyer] = [await visitor(browser, phone), await visitor(browser)];
    await page.goto(`${shop.url}/events/${event}`);
    const button = page.locator("[data-once]");
    await button.waitFor();
    await hold(buyer, shop.url, event, { ga: 2 });
    await page.getByText("Every ticket is sold or in another buyer’s order.").waitFor();
    await button.waitFor({ state: "hidden" });
    await audit(page, "event-all-held");
    await pay(buyer, GOOD);
    await heading(buyer, "You’re going!");
    await page.getByText("Every ticket is sold.").waitFor();
    await page.reload();
    await page.getByText("Every ticket is sold.").waitFor();
    await button.waitFor({ state: "hidden" });
    await audit(page, "event-sold-out");
    await buyer.getByText("Cancel this booking").click();
    await buyer.getByRole("button", { name: "Cancel and refund" }).click();
    await button.waitFor();
    await leave(page, buyer);
  });

  test("a word that is wider than a phone breaks, on the screen and on paper", async () => {
    const word = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz";
    const event = await shop.event(word, [`ga:${word.slice(0, 40)}:1000:9:general`], { venue: word, city: word });
    const page = await visitor(browser, { ...phone, viewport: { width: 320, height: 640 } });
    const fits = async (what) => {
      // WCAG 1.4.12, text spacing.
      const spacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }";
      for (const style of [spacing, ""]) {
        await page.evaluate((css) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(css);
          document.adoptedStyleSheets = [sheet];
        }, style);
        const cut = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll(":is(h1, h2, h3, .ticket, .ticket-body):not(.visually-hidden)")]
          .filter((part) => part.scrollWidth > Math.max(part.clientWidth, part === document.documentElement ? innerWidth : 0) + 1)
          .map((part) => `${part.tagName} ${part.className} ${part.scrollWidth} ${part.clientWidth}`));
        assert.deepEqual(cut, [], what + (style && ", spaced"));
      }
    };
    await page.goto(shop.url + "/?q=" + encodeURIComponent(word));
    const lines = () => page.locator(".top-row > *").evaluateAll((parts) => new Set(parts.map((part) => Math.round(part.getBoundingClientRect().top + part.getBoundingClientRect().bottom))).size);
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 });
      assert.equal(await lines(), 1, `the header fits in a line of ${width} pixels`);
    }
    await fits("the list");
    await page.goto(`${shop.url}/events/${event}`);
    await fits("the event");
    await hold(page, shop.url, event, { ga: 1 });
    await fits("the booking");
    await pay(page, GOOD);
    await heading(page, "You’re going!");
    await fits("the ticket");
    await page.goto(`${shop.url}/bookings`);
    await fits("the bookings");
    await page.goBack();
    await heading(page, "You’re going!");
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: "print" });
    const overlap = await page.evaluate(() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector(".ticket-event"));
      return range.getBoundingClientRect().right - document.querySelector(".ticket-stub").getBoundingClientRect().left;
    });
    assert.ok(overlap <= 0, `in print the title runs ${overlap} pixels behind the code`);
    await leave(page);
  });

  test("counts that may be old say so, until the server is reached again", async () => {
    const event = await shop.event("Far Away", HALL);
    const note = "We cannot reach the shop just now: what is left may have changed.";
    for (const [way, streams] of [["stream", true], ["polls", false]]) {
      const page = await visitor(browser);
      let isAway = false;
      await page.route(/\/availability/, (route) => {
        const isStream = route.request().url().includes("/stream");
        if (isAway) return route.abort();
        return isStream && !streams ? route.fulfill({ status: 503 }) : route.continue();
      });
      isAway = streams;
      await page.goto(`${shop.url}/events/${event}`);
      if (!streams) {
        await page.waitForResponse((response) => response.url().endsWith("/availability"));
        assert.equal(await page.getByText(note).count(), 0);
        isAway = true;
      }
      await page.getByText(note).waitFor();
      await audit(page, `event-unreached-${way}`);
      isAway = false;
      await page.getByText(note).waitFor({ state: "detached" });
      await leave(page);
    }
  });

  test("a hold that ends while the connection is down does not stay at nothing", async () => {
    const event = await shop.event("Tunnel", HALL);
    const page = await visitor(browser);
    await hold(page, shop.shortHolds, event, { ga: 1 });
    await page.context().setOffline(true);
    await page.getByRole("alert").getByText("we cannot reach the shop").waitFor();
    await audit(page, "booking-unreached");
    await page.context().setOffline(false);
    await heading(page, "Your time to pay is up");
    await leave(page);
  });

  test("who is elsewhere is told by when to pay in their own time, and an ended booking does not look charged", async () => {
    const event = await shop.event("Far Shore", HALL);
    const page = await visitor(browser, { timezoneId: "Asia/Tokyo", locale: "en-GB" });
    await hold(page, shop.shortHolds, event, { ga: 1 });
    await page.locator("#live").getByText("Less than a minute left to pay.").waitFor({ state: "attached" });
    const due = await page.locator(".hold time").getAttribute("datetime");
    const there = new Date(due).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", timeZone: "Asia/Tokyo" });
    await page.getByText(`(${there} where you are) to pay for it`).waitFor();
    await heading(page, "Your time to pay is up");
    await page.goto(`${shop.shortHolds}/bookings`);
    await page.locator("s.mine-total", { hasText: "€10.00" }).waitFor();
    await audit(page, "bookings-ended");
    await leave(page);
  });

  test("a page is in the reader's language, or in the one that is chosen, with everything on it", async () => {
    const event = await shop.event("Velvet", HALL);
    const german = await visitor(browser, { ...phone, locale: "de-AT" });
    await german.goto(`${shop.url}/events/${event}`);
    assert.deepEqual(await languageOf(german), ["de", "ltr", "de-AT"]);
    await german.getByRole("heading", { name: "Wählen Sie" }).waitFor();
    await audit(german, "event-de");
    await leave(german);

    // A language that is not offered is not offered by halves.
    const portuguese = await visitor(browser, { locale: "pt-PT" });
    await portuguese.goto(`${shop.url}/events/${event}`);
    assert.deepEqual(await languageOf(portuguese), ["en", "ltr", "en"]);
    await portuguese.getByText("June 1, 2030").first().waitFor();

    // Every step stays in the language that was chosen.
    const page = portuguese;
    // The page is to be told by the answer that the tickets are gone, and not before.
    await page.route("**/availability**", (route) => route.abort());
    await page.getByRole("link", { name: "العربية" }).click();
    await page.waitForURL("**/ar/events/*");
    const steps = [["event-ar", async () => {}], ["event-refused-ar", async () => {
      await shop.sql("UPDATE tickets SET booking_id = gen_random_uuid() WHERE tier_no = 1 AND event_id = (SELECT max(event_id) FROM events WHERE name = 'Velvet')");
      await quantity(page, "vip").selectOption("2");
      await page.locator("[data-once]").last().click();
      await page.locator("#refusal").waitFor();
      await shop.sql("UPDATE tickets SET booking_id = NULL WHERE tier_no = 1 AND event_id = (SELECT max(event_id) FROM events WHERE name = 'Velvet')");
      await page.unroute("**/availability**");
    }], ["booking-held-ar", async () => {
      await page.goto(`${shop.url}/ar/events/${event}`);
      await quantity(page, "ga").selectOption("2");
      await page.locator("[data-once]").last().click();
      await page.waitForURL("**/ar/bookings/*");
    }], ["booking-confirmed-ar", async () => {
      await page.locator("#card_number").fill("4242 4242 4242 4242");
      await page.locator("form.pay [data-once]").click();
      await page.locator(".tickets").waitFor();
    }], ["bookings-ar", () => page.goto(`${shop.url}/ar/bookings`)], ["events-ar", () => page.goto(`${shop.url}/ar/`)],
    ["not-found-ar", () => page.goto(`${shop.url}/ar/nowhere`)]];
    for (const [name, step] of steps) {
      await step();
      assert.deepEqual(await languageOf(page), ["ar", "rtl", "ar"], name);
      assert.deepEqual(await latinWords(page), [], name);
      await audit(page, name);
    }
    await page.locator(".languages").getByText("日本語").click();
    await page.waitForURL("**/ja/nowhere");
    await leave(page);
  });

  test("on a slow network the button that was pressed says that the answer is awaited", async () => {
    const event = await shop.event("Slow Train", HALL);
    const page = await visitor(browser, phone);
    await page.goto(`${shop.url}/events/${event}`);
    let answer;
    await page.route("**/bookings", (route) => { answer = () => route.continue(); });
    await quantity(page, "ga").selectOption("1");
    await book(page);
    const awaited = page.locator("[data-once][aria-disabled=true]");
    await awaited.waitFor();
    await page.waitForFunction((button) => getComputedStyle(button, "::after").opacity === "1", await awaited.elementHandle());
    await audit(page, "event-awaited");
    answer();
    await heading(page, "Your ticket is held");
    await leave(page);
  });

  test("an order that nobody answers stays on its page, and is made once when it is sent again", async () => {
    const event = await shop.event("Dead Air", HALL);
    const page = await visitor(browser);
    await page.goto(`${shop.url}/events/${event}`);
    await quantity(page, "ga").selectOption("2");
    // The first one is lost on its way, the answer to the second on its way back.
    let lost = 0;
    await page.route("**/bookings", async (route) => {
      lost += 1;
      if (lost === 2) await route.fetch();
      return lost < 3 ? route.abort() : route.continue();
    });
    for (let times = 0; times < 2; times += 1) {
      await book(page);
      await page.getByText("No answer came: the connection may be down.").waitFor();
      assert.equal(await quantity(page, "ga").inputValue(), "2");
    }
    await audit(page, "event-no-answer");
    await book(page);
    await heading(page, "Your 2 tickets are held");
    assert.match(new URL(page.url()).pathname, /^\/bookings\//);
    assert.equal((await bookingsOf(page)).length, 1);
    await page.goBack();
    await heading(page, "Dead Air");
    await leave(page);
  });

  test("tickets are not given back by one press", async () => {
    const event = await shop.event("Second Thoughts", HALL);
    const page = await visitor(browser, phone);
    await hold(page, shop.url, event, { ga: 2 });
    await page.getByText("Give the tickets back").tap();
    await heading(page, "Your 2 tickets are held");
    await audit(page, "booking-giving-back");
    await page.getByRole("button", { name: "Give all 2 tickets back" }).tap();
    await heading(page, "This booking was cancelled");
    await leave(page);
  });

  test("a seat that somebody else takes is redrawn in place, and so it is when it comes back", async () => {
    const event = await shop.event("Musical Stools", ["stalls:Stalls:4500:800:numbered:10+20+10"]);
    const [watcher, buyer] = [await visitor(browser), await visitor(browser)];
    const asked = [];
    watcher.on("response", (response) => {
      const kind = response.request().resourceType();
      if (["document", "fetch", "xhr"].includes(kind) && !response.url().includes("/static/")) asked.push(`${response.status()} ${response.url()}`);
    });
    const url = shop.url + await pathOf(shop.url, event) + "?seats=stalls";
    await watcher.goto(url);
    await buyer.goto(url);
    const seat = (label) => watcher.locator(`.seat-map [data-seat='${label}']`);
    const sees = (label, state) => watcher.locator(`.seat-map .${state}[data-seat='${label}']`).waitFor({ state: "attached" });
    const boxes = () => watcher.locator("[data-boxes=A] input:enabled").evaluateAll((found) => found.map((box) => Number(box.value.split(":")[2])));
    const all = Array.from({ length: 40 }, (_, index) => index + 1);
    await seat("A-20").click();
    const [drawing, place] = [await watcher.locator(".seat-map").elementHandle(), await seat("A-5").boundingBox()];
    for (const label of ["A-5", "K-1"]) {
      if (label === "K-1") await buyer.getByRole("button", { name: /^Rows K–T/ }).click();
      await buyer.locator(`[data-seat='${label}']`).click();
    }
    await book(buyer);
    await heading(buyer, "Your 2 tickets are held");
    await sees("A-5", "held");
    assert.deepEqual(await boxes(), all.filter((number) => number !== 5));
    await watcher.getByRole("button", { name: /^Rows A–J\s+399 free/ }).waitFor();
    await watcher.getByRole("button", { name: /^Rows K–T\s+399 free/ }).waitFor();
    const held = await seat("A-5").boundingBox();
    for (const [at, size] of [["x", "width"], ["y", "height"]]) {
      assert.ok(Math.abs(held[at] + held[size] / 2 - place[at] - place[size] / 2) < 1, "it stays in its place");
    }
    await pay(buyer, GOOD);
    await heading(buyer, "You’re going!");
    await sees("A-5", "sold");
    await buyer.getByText("Cancel this booking").click();
    await buyer.getByRole("button", { name: "Cancel and refund" }).click();
    await sees("A-5", "free");
    assert.deepEqual(await boxes(), all);
    // It can be chosen again, and what was chosen before is still.
    await seat("A-5").click();
    await watcher.getByText("A-5, A-20").first().waitFor();
    await watcher.getByRole("button", { name: /^Rows A–J\s+400 free/ }).waitFor();
    assert.ok(await drawing.evaluate((map) => map.isConnected));
    assert.deepEqual(asked, [`200 ${url}`]);
    await leave(watcher, buyer);
  });

  test("without the stream a seat map asks, and is sent nothing while nothing changes", async () => {
    const event = await shop.event("Slow Stools", HALL);
    const [watcher, buyer] = [await visitor(browser), await visitor(browser)];
    const answers = [];
    watcher.on("response", (response) => response.url().includes("/seats?tier=vip") && answers.push(response.status()));
    const isPage = (request) => ["document", "fetch"].includes(request.resourceType()) && !/\/(api|static)\//.test(request.url());
    const pages = [];
    watcher.on("request", (request) => isPage(request) && pages.push(request.url()));
    await watcher.route(/\/stream/, (route) => route.fulfill({ status: 503 }));
    await watcher.goto(shop.url + await pathOf(shop.url, event) + "?seats=vip");
    const unchanged = watcher.waitForResponse((response) => response.url().includes("/seats?tier=vip") && response.status() === 304);
    await unchanged;
    await buyer.goto(`${shop.url}/events/${event}?seats=vip`);
    await buyer.locator("[data-seat='B-7']").click();
    await book(buyer);
    await watcher.locator(".held[data-seat='B-7']").waitFor({ state: "attached" });
    assert.equal(answers[0], 200);
    assert.equal(pages.length, 1, pages.join("\n"));
    await leave(watcher, buyer);
  });

  test("a hold runs out by itself, and one click orders the same again", async () => {
    const event = await shop.event("Short Breath", HALL);
    const page = await visitor(browser);
    await hold(page, shop.shortHolds, event, { ga: 2 });
    await heading(page, "Your time to pay is up");
    await audit(page, "booking-expired");
    await page.getByRole("button", { name: "Try the same order again" }).click();
    await heading(page, "Your 2 tickets are held");
    await leave(page);
  });

  test("the sale opens by itself", async () => {
    const opens = new Date(Date.now() + 5000).toISOString();
    const event = await shop.event("Doors at Eight", HALL, { "on-sale-at": opens });
    const page = await visitor(browser);
    await page.goto(`${shop.url}/events/${event}`);
    await page.getByRole("heading", { name: "The sale has not opened yet" }).waitFor();
    await page.getByRole("heading", { name: "Choose your tickets" }).waitFor();
    await quantity(page, "ga").selectOption("1");
    await book(page);
    await heading(page, "Your ticket is held");
    const later = await shop.event("Doors at Nine", HALL, { "on-sale-at": "2030-05-01T10:00:00Z" });
    await page.goto(`${shop.url}/events/${later}`);
    await audit(page, "event-soon");
    await leave(page);
  });

  test("a payment that the bank answers later ends by itself", async () => {
    const event = await shop.event("Slow Money", HALL);
    const page = await visitor(browser);
    await hold(page, shop.url, event, { ga: 1 });
    await pay(page, LATER);
    await heading(page, "Waiting for your bank");
    await audit(page, "booking-waiting");
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("a form that another site sends is refused, with a page", async () => {
    const event = await shop.event("Front Door", HALL);
    const page = await visitor(browser);
    await page.goto(`${shop.url}/events/${event}`);
    // Another port is the same site, so that the browser sends the cookie along.
    const form = `<form method="post" action="${shop.url}/events/${event}/bookings"><input name="key" value="k">
      <input name="qty-ga" value="1"><button>Win a prize</button></form>`;
    const other = http.createServer((_, response) => response.setHeader("Content-Type", "text/html").end(form));
    await new Promise((done) => { other.listen(0, "127.0.0.1", done); });
    try {
      await page.goto(`http://127.0.0.1:${other.address().port}`);
      const [answer] = await Promise.all([page.waitForResponse(/bookings/), page.getByRole("button").click()]);
      assert.equal(answer.status(), 403);
      assert.match((await answer.request().allHeaders()).cookie, /^buyer=/);
      await heading(page, "We did not do that");
      await page.getByText("Nothing was booked").waitFor();
      await audit(page, "failure-403");
      assert.deepEqual(await bookingsOf(page), []);
      await leave(page);
    } finally {
      other.close();
    }
  });

  test("pages that fail and pages that are empty say what to do", async () => {
    const page = await visitor(browser);
    await page.goto(`${shop.url}/nothing-here`);
    await audit(page, "failure-404");
    await page.goto(`${shop.url}/?q=zzzzzz`);
    await audit(page, "events-none");
    await page.goto(`${shop.url}/bookings`);
    await audit(page, "my-bookings-none");
    await leave(page);
  });

  test("with a broken database and without one the pages say what was not charged and what to do", async () => {
    const lost = await openShop();
    try {
      const event = await lost.event("Power Cut", HALL);
      const page = await visitor(browser);
      const path = await hold(page, lost.shortHolds, event, { ga: 1 });
      await lost.sql("ALTER TABLE booking_items RENAME TO lost_items");
      let answer = await page.goto(`${lost.shortHolds}${path}`);
      assert.equal(answer.status(), 500);
      await heading(page, "Something went wrong on our side");
      await page.getByText("If you write to us, quote").waitFor();
      await audit(page, "failure-500");
      await lost.loseDatabase();
      answer = await page.goto(`${lost.shortHolds}${path}`);
      assert.equal(answer.status(), 503);
      await heading(page, "We are very busy just now");
      await page.getByText("No money is kept without a confirmed booking, and").waitFor();
      await audit(page, "failure-503");
      await leave(page);
    } finally {
      await lost.close();
    }
  });

  test("a first visit is light, in one round, from one host, and does not jump", async () => {
    const event = await shop.event("Feather", ["ga:GA:1000:50:general"]);
    const { bytes, headers } = await bytesOf(shop.url + await pathOf(shop.url, event));
    assert.ok(headers["content-encoding"] === "gzip" && bytes <= 8_000, `${bytes} bytes`);
    const page = await visitor(browser);
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => { if (!entry.hadRecentInput) window.shift += entry.value; })).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(shop.url + await pathOf(shop.url, event));
    await page.locator(".sum").waitFor();
    const assets = asked.filter((url) => url.includes("/static/"));
    const sizes = await Promise.all([...new Set(assets)].map(bytesOf));
    const sum = sizes.reduce((total, size) => total + size.bytes, 0);
    assert.ok(sizes.length >= 3 && bytes + sum <= 100_000, `${bytes} bytes, and ${sum} in ${sizes.length} files`);
    for (const size of sizes) assert.equal(size.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(await page.evaluate(() => window.shift), 0, "the page jumps");
    console.log(`event page ${bytes} bytes, ${sizes.length} assets ${sum} bytes`);
    await leave(page);
  });
});
