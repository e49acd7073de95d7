// What organisers do with tickets themselves, in a real Chromium: seats are kept off sale and given back, and tickets are
// sold at the counter, with scripts and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, browser, heading, leave, phone, shop, visitor, withShop } from "./support.js";

const button = (page, name) => page.getByRole("button", { name, exact: true });

/// Makes an account by an invitation, and lands on the events.
async function join(page, email) {
  await page.goto(shop.url + await shop.invitation(email, "manager"));
  await page.getByLabel("Name").fill(email.split("@")[0]);
  await page.getByLabel("New password").fill("correct horse battery");
  await button(page, "Make my account").click();
  await heading(page, "Events");
}

describe("blocks and the counter", () => {
  let event;
  withShop(async () => {
    event = await shop.event("Night Ferry", ["vip:VIP:10000:40:numbered:10", "ga:GA:1000:200:general"]);
  });
  /// Waits until so many tickets are free: what is counted may be a moment old.
  const free = async (tier, expected) => {
    let count;
    for (let tries = 0; tries < 40 && count !== expected; tries += 1) {
      if (tries) await new Promise((done) => setTimeout(done, 100));
      const answer = await fetch(`${shop.url}/api/events/${event}/availability`);
      count = (await answer.json()).tiers.find((one) => one.tier === tier).available;
    }
    assert.equal(count, expected);
  };

  test("seats are kept off sale, and one is given back", async () => {
    const page = await visitor(browser);
    await join(page, "mia@example.org");
    await page.goto(`${shop.url}/admin/events/${event}`);
    await page.getByRole("link", { name: "Blocks", exact: true }).click();
    await heading(page, "Blocks");
    await page.getByLabel("Reason").fill("Sound desk");
    await button(page, "Choose seats: VIP").click();
    assert.equal(await page.getByLabel("Reason").inputValue(), "Sound desk", "what was typed stays");
    for (const seat of ["vip:D:5", "vip:D:6"]) await page.locator(`input[value="${seat}"]`).check({ force: true });
    await audit(page, "blocks-chosen");
    await button(page, "Keep off sale").click();
    await page.getByRole("heading", { name: "Sound desk" }).waitFor();
    await free("vip", 38);
    await page.locator("summary", { hasText: "Give back single seats" }).click();
    await audit(page, "blocks");
    await page.locator("section").filter({ hasText: "Sound desk" }).getByText("D-5", { exact: true }).click();
    await button(page, "Give back").click();
    await page.getByText("1 × VIP").waitFor();
    await free("vip", 39);
    await leave(page);
  });

  for (const [name, options] of [["with scripts", {}], ["without scripts on a phone", { ...phone, javaScriptEnabled: false }]]) {
    test(`tickets are sold for cash, ${name}`, async () => {
      const page = await visitor(browser, options);
      const scripts = options.javaScriptEnabled !== false;
      await join(page, scripts ? "ana@example.org" : "rui@example.org");
      await page.goto(`${shop.url}/admin/events/${event}/box-office`);
      await button(page, "What does it cost?").click();
      await page.getByText("Choose at least one ticket.").waitFor();
      await page.getByLabel(/^GA/).fill("2");
      await button(page, "Choose seats: VIP").click();
      assert.equal(await page.getByLabel(/^GA/).inputValue(), "2", "what was typed stays");
      const seat = page.locator(`input[value="vip:A:${scripts ? 1 : 2}"]`);
      await seat.check({ force: true });
      if (scripts) await audit(page, "counter-chosen");
      await button(page, "What does it cost?").click();
      await page.locator(".counter-total", { hasText: "€120.00" }).waitFor();
      await page.getByLabel(/^Cash given/).fill("100");
      await button(page, "Sold for €120.00").click();
      await page.getByText("That is less than it costs.").waitFor();
      assert.equal(await page.getByLabel(/^Cash given/).inputValue(), "100");
      if (scripts) await audit(page, "counter-too-little");
      await page.getByLabel(/^Cash given/).fill("150");
      await button(page, "Sold for €120.00").click();
      await page.getByText("Change: €30.00").waitFor();
      if (scripts) await audit(page, "counter-sold");
      await free("ga", scripts ? 198 : 196);
      const tickets = await page.getByRole("link", { name: "Show and print the tickets" }).getAttribute("href");
      const buyer = await visitor(browser, phone);
      await buyer.goto(shop.url + tickets);
      assert.equal(await buyer.locator(".ticket").count(), 3);
      await leave(buyer, page);
    });
  }
});
