// Finding an event in a real Chromium: filters as a plain form, what is active, mistyped words, nothing found.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, browser, leave, phone, shop, visitor, withShop } from "./support.js";

const titles = (page) => page.locator(".group .card-title").allInnerTexts();
const chips = (page) => page.locator(".chip").allInnerTexts();

// The events are those of an empty database: all of them invented, in many countries.
describe("finding an event", () => {
  withShop();

  test("filters work without scripts, and each can be removed", async () => {
    const page = await visitor(browser, { javaScriptEnabled: false, ...phone });
    await page.goto(shop.url);
    await page.locator(".featured .card").waitFor();
    assert.ok((await page.locator(".group > h2").allInnerTexts()).length > 2, "groups by date");
    await page.getByText("Filters", { exact: true }).click();
    await page.getByLabel("Kind of event").selectOption("opera");
    await page.getByLabel("Country", { exact: true }).selectOption({ label: "Australia" });
    await page.getByLabel("Price up to").fill("49.50");
    await page.getByLabel("Currency").selectOption("AUD");
    await page.getByRole("button", { name: "Show events" }).click();
    assert.deepEqual(await titles(page), Array(3).fill("The Glass Orchard"));
    assert.deepEqual((await chips(page)).map((chip) => chip.replace(/\s*×$/, "")), ["Australia", "Opera", "Up to A$49.50"]);
    assert.equal(await page.getByLabel("Kind of event").inputValue(), "opera");
    await page.getByRole("link", { name: "Remove the filter “Opera”" }).click();
    assert.equal((await chips(page)).length, 2);
    assert.ok((await titles(page)).includes("Southern Cross Philharmonia: The Planets Next Door"));
    await page.getByRole("link", { name: "Clear all" }).click();
    assert.equal((await chips(page)).length, 0);
    await leave(page);
  });

  test("a mistyped search offers what may have been meant, and nothing found leads on", async () => {
    const page = await visitor(browser);
    await page.goto(shop.url);
    await page.getByRole("searchbox").fill("almanak velvet");
    await page.keyboard.press("Enter");
    await page.getByText("Did you mean").waitFor();
    assert.deepEqual(await titles(page), ["Velvet Almanac: The Long Way Home"]);
    await audit(page, "mistyped");
    await page.getByRole("link", { name: "almanac velvet" }).click();
    await page.waitForURL(/q=almanac/);
    assert.equal(await page.getByText("Did you mean").count(), 0);
    assert.deepEqual(await titles(page), ["Velvet Almanac: The Long Way Home"]);
    await page.goto(`${shop.url}/?q=berlin&from=2029-01-01&to=2029-01-02`);
    await page.getByRole("heading", { name: "The nearest other dates" }).waitFor();
    await audit(page, "nothing found");
    await page.getByRole("link", { name: "Show all dates" }).click();
    await page.waitForURL((url) => !url.search.includes("from="));
    assert.equal((await titles(page)).length, 2);
    await leave(page);
  });

  test("the list and an event's facts are clean in every direction", async () => {
    for (const [language, options] of [["en", {}], ["de", { ...phone, colorScheme: "dark" }], ["ar", phone]]) {
      const page = await visitor(browser, { ...options, locale: language });
      await page.goto(`${shop.url}/${language}/?q=opera&country=AU`);
      await page.locator("details.filters summary").click();
      await audit(page, `filters ${language}`);
      await page.locator(".card-title a").first().click();
      await page.locator(".details").waitFor();
      const map = page.locator(".details a[href^='https://www.openstreetmap.org/search?query=']");
      assert.equal(await map.count(), 1);
      await audit(page, `facts ${language}`);
      await leave(page);
    }
  });
});
