// The stand-in for Stripe's script does in a browser what Stripe's does, as far as the shop's own script relies on it.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";

import { authenticate, cards, fillCard, startLocalstripe } from "./localstripe.js";
import { openBrowser } from "./support.js";

const PAGE = (url) => `<!doctype html><title>Pay</title><div id="card"></div><script src="${url}/js.stripe.com/v3/"></script>`;

let provider, browser, shop;

before(async () => {
  [provider, browser] = await Promise.all([startLocalstripe(), openBrowser()]);
  shop = http.createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGE(provider.url)));
  await new Promise((done) => shop.listen(0, "127.0.0.1", done));
});

after(async () => {
  await browser?.close();
  await provider?.stop();
  shop?.close();
});

/// What the server does with a token: the intent after its confirmation.
async function confirm(token) {
  const headers = { authorization: "Bearer sk_test_4eC39HqLyjWDarjtT1zdp7dc", "content-type": "application/x-www-form-urlencoded" };
  const post = async (path, fields) => (await fetch(`${provider.url}/v1/${path}`, { method: "POST", headers, body: new URLSearchParams(fields) })).json();
  const intent = await post("payment_intents", { amount: "1000", currency: "eur", capture_method: "manual", "payment_method_types[]": "card" });
  const confirmed = await post(`payment_intents/${intent.id}/confirm`, { confirmation_token: token, return_url: "https://shop.example/" });
  return confirmed.error?.payment_intent ?? confirmed;
}

test("a card becomes a token that the server can charge, and the buyer does what the bank asks", async () => {
  const page = await browser.newPage();
  for (const [card, confirmed, success, authenticated] of [
    [cards.good, "requires_capture"],
    [cards.declined, "requires_payment_method"],
    [cards.secured, "requires_action", true, "requires_capture"],
    [cards.secured, "requires_action", false, undefined],
    [cards.securedDeclined, "requires_action", true, undefined],
  ]) {
    await page.goto(`http://127.0.0.1:${shop.address().port}/`);
    const missing = await page.evaluate(async () => {
      window.stripe = Stripe("pk_test_TYooMQauvdEDq54NiTphI7jx");
      window.elements = stripe.elements({ mode: "payment", amount: 1000, currency: "eur" });
      const element = elements.create("payment");
      const ready = new Promise((done) => element.on("ready", done));
      element.mount("#card");
      await ready;
      return elements.submit();
    });
    assert.equal(missing.error.type, "validation_error");
    await fillCard(page, card);
    const token = await page.evaluate(async () => (await elements.submit()).error ?? (await stripe.createConfirmationToken({ elements })).confirmationToken.id);
    assert.match(token, /^ctoken_/);
    const intent = await confirm(token);
    assert.equal(intent.status, confirmed, card);
    if (success === undefined) continue;
    const done = page.evaluate((clientSecret) => stripe.handleNextAction({ clientSecret }), intent.client_secret);
    await authenticate(page, success);
    const { paymentIntent, error } = await done;
    assert.equal(paymentIntent?.status, authenticated, card);
    assert.equal(Boolean(error), authenticated === undefined, card);
  }
  await page.close();
});
