// What tickets cost, in a real Chromium: an organiser writes a tax, a fee, promo codes and a hidden tier, and buyers use
// them, with scripts and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, book, browser, heading, leave, pay, phone, quantity, shop, visitor, withShop } from "./support.js";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const open = (page, name) => page.locator("summary", { hasText: name }).click();

/// Fills fields by their ids.
async function fill(page, prefix, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`#${prefix}${name}`);
    if (await field.evaluate((element) => element.localName === "select")) await field.selectOption(value);
    else await field.fill(value);
  }
}

describe("prices", () => {
  let event;
  withShop(async () => {
    event = await shop.event("Glass Orchard", ["ga:GA:1000:200:general"]);
  });

  test("an organiser writes a tax, a fee, codes and a hidden tier", async () => {
    const page = await visitor(browser);
    await page.goto(shop.url + await shop.invitation("mia@example.org", "manager"));
    await page.getByLabel("Name").fill("Mia Reis");
    await page.getByLabel("New password").fill("correct horse battery");
    await button(page, "Make my account").click();
    await heading(page, "Events");
    await page.goto(`${shop.url}/admin/events/${event}/edit`);
    await page.locator("summary", { hasText: "GA" }).getByText("€10.00").waitFor();
    await page.locator("summary", { hasText: "GA" }).getByText("200 tickets").waitFor();
    await open(page, "Add a tier");
    await fill(page, "new-tier-", { tier: "members", name: "Members", price: "8.00", capacity: "0", hidden: "yes" });
    await button(page, "Add a tier").click();
    // Why it was refused is said first, with the way to the field.
    await page.locator("#refusal:focus").waitFor();
    await page.locator("#refusal").getByRole("link", { name: "Tickets" }).click();
    assert.equal(await page.locator("#new-tier-name").inputValue(), "Members");
    await audit(page, "plan-tier-refused");
    await fill(page, "new-tier-", { capacity: "20" });
    await button(page, "Add a tier").click();
    await page.getByText("The tier is saved.").waitFor();
    await page.locator("summary", { hasText: "Members" }).getByText("Hidden").waitFor();

    await page.getByRole("link", { name: "Taxes, fees and codes" }).click();
    await heading(page, "Prices");
    await open(page, "Add a tax");
    await fill(page, "new-tax-", { name: "VAT", percent: "a quarter" });
    await button(page, "Add a tax").click();
    await page.locator("#refusal").getByRole("link", { name: /^Percent/ }).waitFor();
    assert.equal(await page.locator("#new-tax-percent").inputValue(), "a quarter");
    await audit(page, "prices-refused");
    await fill(page, "new-tax-", { percent: "25" });
    await button(page, "Add a tax").click();
    await page.getByText("The prices are saved.").waitFor();
    await open(page, "Add a fee");
    await fill(page, "new-fee-", { name: "Service fee", amount: "1.50" });
    await button(page, "Add a fee").click();
    await page.locator("summary", { hasText: "Service fee" }).waitFor();
    for (const [code, fields] of [["SPRING", { percent: "10" }], ["MEMBERS", { tiers: "members" }]]) {
      await open(page, "Make a code");
      await fill(page, "new-code-", { code, ...fields });
      await button(page, "Make a code").click();
      await page.locator("summary", { hasText: code }).waitFor();
    }
    await audit(page, "prices");
    await leave(page);
  });

  for (const [name, options] of [["with scripts", {}], ["without scripts on a phone", { ...phone, javaScriptEnabled: false }]]) {
    test(`a buyer finds and pays the hidden tier by its code, ${name}`, async () => {
      const page = await visitor(browser, options);
      const scripts = options.javaScriptEnabled !== false;
      await page.goto(`${shop.url}/events/${event}`);
      assert.equal(await page.getByText("Members").count(), 0, "it is hidden");
      await page.getByLabel("Promo code").fill("NOBODY");
      await button(page, "Apply").click();
      await page.getByText("There is no such promo code").waitFor();
      await page.getByLabel("Promo code").fill("members");
      await button(page, "Apply").click();
      await page.getByText("MEMBERS unlocks the tickets shown here").waitFor();
      await quantity(page, "members").selectOption("2");
      if (scripts) await audit(page, "prices-unlocked");
      if (scripts) await book(page);
      else await button(page, "Book").last().click();
      await page.waitForURL("**/bookings/*");
      await page.getByText("Service fee").first().waitFor();
      await page.getByText("€19.00").first().waitFor();
      if (scripts) await audit(page, "prices-pay");
      await pay(page, "4242 4242 4242 4242");
      await heading(page, "You’re going!");
      if (scripts) await audit(page, "prices-paid");
      await leave(page);
    });
  }

  test("a code takes a tenth off each ticket, and the receipt says so", async () => {
    const page = await visitor(browser, phone);
    await page.goto(`${shop.url}/events/${event}?code=SPRING`);
    await page.getByText("SPRING: 10% off each ticket").waitFor();
    await quantity(page, "ga").selectOption("2");
    await book(page);
    await page.waitForURL("**/bookings/*");
    // Two at €9.00, and a fee of €1.50 for each.
    await page.getByText("€21.00").first().waitFor();
    await pay(page, "4242 4242 4242 4242");
    await heading(page, "You’re going!");
    await page.getByText(/SPRING/).first().waitFor();
    await leave(page);
  });
});
