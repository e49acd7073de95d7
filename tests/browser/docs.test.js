// The API's documentation: a page that keeps to the Content-Security-Policy, and on which a ticket can be booked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { leave, openBrowser, openShop, phone, visitor } from "./support.js";

let shop, browser;
before(async () => {
  [shop, browser] = await Promise.all([openShop(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

for (const [name, options] of [["a desktop", {}], ["a phone", { ...phone, colorScheme: "dark" }]]) {
  test(`whoever reads the documentation on ${name} can book a ticket there`, async () => {
    const page = await visitor(browser, options);
    await page.goto(`${shop.url}/api/docs`);
    const operations = page.locator(".opblock");
    await operations.first().waitFor();
    const served = await (await fetch(`${shop.url}/api/openapi.json`)).json();
    const count = Object.values(served.paths).flatMap((methods) => Object.keys(methods)).length;
    assert.equal(await operations.count(), count);

    await page.getByRole("button", { name: "Try it as a new buyer" }).click();
    await page.getByText("You are buyer").waitFor();
    const booking = page.locator("#operations-bookings-book");
    await booking.locator(".opblock-summary-control").click();
    await booking.getByRole("button", { name: "Try it out" }).click();
    await booking.getByRole("button", { name: "Execute" }).click();
    const answer = booking.locator(".live-responses-table .response").first();
    await answer.waitFor();
    assert.match(await answer.innerText(), /^201/);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= page.viewportSize().width, `${width} pixels wide`);
    await leave(page);
  });
}
