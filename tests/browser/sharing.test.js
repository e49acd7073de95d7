// What stands in the head of an event's page, and its picture, in a real browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { audit, browser, leave, phone, shop, visitor, withShop } from "./support.js";

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
