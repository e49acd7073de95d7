// localstripe, a payment provider for tests, as a process of its own: scripts/localstripe. It serves Stripe's API, and a
// stand-in for Stripe's script for browsers.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SECRET_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
const WEBHOOK_SECRET = "whsec_5f3c1f0a6d2b4b7e9c8a";

/// What becomes of these cards: charged, declined, 3-D Secure first, and declined after it.
export const cards = { good: "4242424242424242", declined: "4000000000000341", secured: "4000002500003155", securedDeclined: "4000008400001629" };

/// Starts it, empty: its address, the flags of a server that charges through it, and `stop()`. It ends with this process.
export async function startLocalstripe() {
  const child = spawn(join(root, "scripts/localstripe"), { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((done) => child.once("exit", done));
  let url;
  for await (const line of createInterface({ input: child.stdout })) {
    url = line;
    break;
  }
  if (!url) throw new Error("localstripe did not open");
  child.stdout.resume();
  const ask = async (path, init) => {
    const answer = await fetch(url + path, { ...init, headers: { authorization: `Bearer ${SECRET_KEY}`, ...init?.headers } });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer;
  };
  return {
    url,
    flags: [
      "--gateway", "stripe",
      "--stripe-secret-key", SECRET_KEY,
      "--stripe-publishable-key", "pk_test_TYooMQauvdEDq54NiTphI7jx",
      "--stripe-webhook-secret", WEBHOOK_SECRET,
      "--stripe-api-url", url,
      "--stripe-js-url", `${url}/js.stripe.com/v3/`,
    ],
    /// Its webhooks go to the server with this address.
    sendWebhooksTo: (server) => ask("/_config/webhooks/boxoffice", { method: "POST", body: JSON.stringify({ url: `${server}/api/payments/webhook`, secret: WEBHOOK_SECRET }) }),
    /// Its intents, the newest first.
    intents: async () => (await (await ask("/v1/payment_intents?limit=100")).json()).data,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/// Fills in the card where Stripe's element stands.
export async function fillCard(page, number) {
  const fields = { number, exp_month: "12", exp_year: "31", cvc: "123", postal_code: "12345" };
  for (const [name, value] of Object.entries(fields)) await page.getByLabel(name, { exact: true }).fill(value);
}

/// Does what the bank asks, or does not.
export const authenticate = (page, success) => page.getByRole("button", { name: success ? "Complete authentication" : "Fail authentication" }).click();
