// What stands in the head of an event's page, and its picture, in a real browser.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { audit, browser, leave, phone, pictures, shop, visitor, withShop } from "./support.js";

let event;

withShop(async () => {
  event = await shop.event("</script><script>alert(1)</script>", ["ga:GA:1000:5:general"]);
});

// `leave` fails if the browser has reported a violation of the Content-Security-Policy.
test("structured data is read as data, under the readable address, and reported by nobody", async () => {
  const page = await visitor(browser);
  await page.goto(`${shop.url}/events/${event}?seats=ga`);
  assert.match(page.url(), /\/events\/script-script-alert-1-script-lisbon-[0-9a-f]{8}\?seats=ga$/);
  const data = JSON.parse(await page.locator("script[type='application/ld+json']").textContent());
  assert.equal(data.name, "</script><script>alert(1)</script>");
  const canonical = await page.locator("link[rel=canonical]").getAttribute("href");
  assert.equal(canonical, page.url().split("?")[0]);
  const image = await page.request.get(data.image[0]);
  assert.equal(image.headers()["content-type"], "image/png");
  await leave(page);
});

/// What schema.org's vocabulary, as types, says against these texts: nothing, or where each is wrong.
function mistakes(texts) {
  mkdirSync(pictures, { recursive: true });
  const file = join(pictures, "structured-data.ts");
  const types = fileURLToPath(import.meta.resolve("schema-dts")).replace(/\.js$/, ".d.ts");
  const lines = texts.map((text, n) => `export const event${n}: WithContext<Event> = ${text};`);
  writeFileSync(file, [`import type { Event, WithContext } from ${JSON.stringify(types)};`, ...lines].join("\n"));
  const compiler = fileURLToPath(new URL("node_modules/.bin/tsc", import.meta.url));
  const options = ["--noEmit", "--strict", "--ignoreConfig", "--target", "es2022", "--moduleResolution", "bundler", "--module", "esnext", "--types", ""];
  const { status, stdout } = spawnSync(compiler, [...options, "--allowImportingTsExtensions", file], { encoding: "utf8" });
  assert.notEqual(status, null, "the compiler ran");
  return status ? stdout || "failed" : "";
}

test("structured data keeps to schema.org's vocabulary, whatever the event", async () => {
  const later = { "on-sale-at": "2029-06-01T20:00:00+01:00" };
  const ids = [event, await shop.event("Opens Later", ["vip:VIP:9900:6:numbered:6", "ga:GA:0:5:general"], later)];
  const list = await (await fetch(`${shop.url}/api/events?limit=40`)).json();
  ids.push(...list.events.map(({ id }) => id));
  assert.ok(ids.length > 30, `${ids.length}`);
  const texts = await Promise.all(ids.map(async (id) => {
    const page = await (await fetch(`${shop.url}/events/${id}`)).text();
    return page.match(/<script type="application\/ld\+json">(.*?)<\/script>/s)[1];
  }));
  assert.equal(mistakes(texts), "");
  for (const wrong of [/"startDate"/, /"priceCurrency"/, /"Place"/]) {
    assert.match(mistakes([texts[0].replace(wrong, '"strange"')]), /error TS2/, `${wrong} is missed`);
  }
});

test("no two events side by side have the same drawing", async () => {
  const page = await visitor(browser, phone);
  await page.goto(shop.url);
  const gradients = await page.locator(".card-art linearGradient").evaluateAll((all) =>
    all.map((one) => [...one.children].map((stop) => stop.getAttribute("stop-color")).join()));
  assert.ok(gradients.length >= 20, `${gradients.length}`);
  for (let n = 1; n < gradients.length; n += 1) assert.notEqual(gradients[n], gradients[n - 1]);
  await audit(page, "list-of-drawings");
  await leave(page);
});
