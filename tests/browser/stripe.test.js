// Paying by Stripe's element on the page of a booking, with a stand-in for Stripe and its script.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { authenticate, cards, fillCard, startLocalstripe } from "./localstripe.js";
import { audit, book, browser, heading, hold, leave, phone, quantity, shop, visitor, withShop } from "./support.js";

const HALL = ["ga:GA:2100:50:general"];

const pays = (page) => page.getByRole("button", { name: /^Pay €/ }).first();
const problem = (page) => page.locator("#pay-problem");
/// Where the card is typed.
const isOpen = (page) => page.getByLabel("number", { exact: true }).waitFor();

describe("the payment element", { concurrency: 1 }, () => {
  let provider, event;
  withShop(async () => {
    event = await shop.event("The Element", HALL);
    await provider.sendWebhooksTo(shop.url);
  }, async () => {
    provider = await startLocalstripe();
    return provider.flags;
  });
  after(() => provider?.stop());

  async function holder(options) {
    const page = await visitor(browser, options);
    const path = await hold(page, shop.url, event, { ga: 2 });
    return { page, path };
  }

  test("takes the card, and what is missing is said at the form", async () => {
    const { page } = await holder();
    await isOpen(page);
    assert.equal(await page.getByLabel("Card number").count(), 0);
    assert.equal(await page.getByRole("button", { name: /on the provider’s page/ }).isVisible(), false);
    await pays(page).click();
    await problem(page).getByText("Your card number is incomplete.").waitFor();
    await fillCard(page, cards.good);
    // Twice is once.
    await pays(page).dblclick();
    await heading(page, "You’re going!");
    const intents = await provider.intents();
    assert.deepEqual(intents.map((intent) => [intent.amount, intent.currency, intent.status]), [[4200, "eur", "succeeded"]]);
    await leave(page);
  });

  test("says why a card was declined, and takes another one", async () => {
    const { page } = await holder(phone);
    await isOpen(page);
    await fillCard(page, cards.declined);
    await pays(page).click();
    await page.getByText("The payment did not go through").waitFor();
    await isOpen(page);
    await fillCard(page, cards.good);
    await pays(page).click();
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("does what the bank asks", async () => {
    for (const success of [true, false]) {
      const { page } = await holder();
      await isOpen(page);
      await fillCard(page, cards.secured);
      await pays(page).click();
      await heading(page, "Your payment needs one more step");
      await authenticate(page, success);
      if (success) await heading(page, "You’re going!");
      else await page.getByText("The payment did not go through").waitFor();
      await leave(page);
    }
  });

  test("is asked by itself once, and by a button after that; or the buyer pays in another way", async () => {
    const { page } = await holder();
    await isOpen(page);
    await fillCard(page, cards.secured);
    await pays(page).click();
    await page.getByRole("button", { name: "Complete authentication" }).waitFor();
    await page.reload();
    await heading(page, "Your payment needs one more step");
    assert.equal(await page.getByRole("button", { name: "Complete authentication" }).count(), 0);
    await audit(page, "stripe-acting");
    await page.getByRole("button", { name: /^Continue and pay / }).click();
    await page.getByRole("button", { name: "Complete authentication" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Pay in another way" }).click();
    await page.getByText("The payment was not completed.").waitFor();
    await isOpen(page);
    await leave(page);
  });

  test("is not there without scripts, and the form leads to the provider's page", async () => {
    const { page } = await holder({ javaScriptEnabled: false });
    assert.equal(await page.locator("[data-pays]").isVisible(), false);
    await page.getByRole("button", { name: /on the provider’s page/ }).waitFor();
    await leave(page);
  });
});
