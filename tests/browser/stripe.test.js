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
    await page.locator("#declined:focus").waitFor();
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
    const { page, path } = await holder({ javaScriptEnabled: false });
    assert.equal(await page.locator("[data-pays]").isVisible(), false);
    await page.getByRole("button", { name: /on the provider’s page/ }).waitFor();
    // axe waits by timers, which never fire in a page that may run no scripts: it looks at the same page, whose scripts do not arrive.
    const same = await visitor(browser, { storageState: await page.context().storageState() });
    await same.route("**/*", (route) => (route.request().resourceType() === "script" ? route.abort() : route.continue()));
    await same.goto(shop.url + path);
    await same.getByRole("button", { name: /on the provider’s page/ }).waitFor();
    assert.equal(await same.locator("[data-pays]").isVisible(), false);
    await audit(same, "stripe-hosted");
    await leave(page, same);
  });

  test("is not there where the provider's script does not arrive, and the form says so", async () => {
    const page = await visitor(browser, phone);
    await page.route("**/js.stripe.com/**", (route) => route.abort());
    await hold(page, shop.url, event, { ga: 2 });
    await problem(page).getByText("The payment form did not arrive").waitFor();
    await page.getByRole("button", { name: /on the provider’s page/ }).waitFor();
    assert.equal(await page.locator("[data-pays]").isVisible(), false);
    assert.equal(await page.locator("[data-opening]").isVisible(), false);
    await audit(page, "stripe-missing");
    // Pressed twice is once.
    let sent = 0;
    await page.route("**/payments", (route) => {
      sent += 1;
      return route.fulfill({ status: 204 });
    });
    const leads = page.getByRole("button", { name: /on the provider’s page/ });
    await leads.click();
    await page.locator("[name=hosted][aria-disabled=true]").waitFor();
    await leads.evaluate((button) => button.click());
    assert.equal(sent, 1);
    await leave(page);
  });

  test("is given up where the provider's script stalls, and is there when it comes after all", async () => {
    const { page, path } = await holder(phone);
    await isOpen(page);
    await page.clock.install();
    let goOn;
    const arrives = new Promise((done) => { goOn = done; });
    await page.route("**/js.stripe.com/**", (route) => arrives.then(() => route.continue()));
    await page.goto(shop.url + path, { waitUntil: "commit" });
    await page.getByText("The payment form is opening").waitFor();
    assert.equal(await pays(page).isEnabled(), false);
    await page.clock.fastForward(11_000);
    await problem(page).getByText("The payment form did not arrive").waitFor();
    await page.getByRole("button", { name: /on the provider’s page/ }).waitFor();
    assert.equal(await page.locator("[data-pays]").isVisible(), false);
    assert.equal(await page.locator("[data-opening]").isVisible(), false);
    goOn();
    await isOpen(page);
    await page.locator("[data-pays]:enabled").waitFor();
    assert.equal(await page.getByRole("button", { name: /on the provider’s page/ }).isVisible(), false);
    assert.equal(await problem(page).isVisible(), false);
    await leave(page);
  });

  test("says so where the bank's question does not open, and asks when it is pressed again", async () => {
    const { page } = await holder();
    await isOpen(page);
    await fillCard(page, cards.secured);
    await pays(page).click();
    await page.getByRole("button", { name: "Complete authentication" }).waitFor();
    const script = "**/js.stripe.com/**";
    await page.route(script, (route) => route.abort());
    await page.reload();
    const goesOn = page.getByRole("button", { name: /^Continue and pay / });
    await goesOn.click();
    await page.locator("#act-problem").getByText("The bank’s question did not open").waitFor();
    await audit(page, "stripe-acting-missing");
    await page.unroute(script);
    await goesOn.click();
    await authenticate(page, true);
    await heading(page, "You’re going!");
    await leave(page);
  });
});
