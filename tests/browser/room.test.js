// A room with two prices, and questions to buyers, in a real Chromium: planned, chosen, paid, answered.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, book, browser, heading, leave, pay, phone, quantity, shop, visitor, withShop } from "./support.js";

const password = "correct horse battery";
const button = (page, name) => page.getByRole("button", { name, exact: true });
let event;

describe("a room with two prices", () => {
  withShop(async () => {
    event = await shop.event("Paper Lanterns", ["adult:Adult:3000:60:numbered:4+6"]);
  });

  test("an organiser sells a second tier from the tickets of the first and asks buyers two things", async () => {
    const page = await visitor(browser);
    const path = await shop.invitation("ana@example.org");
    await page.goto(shop.url + path);
    await page.getByLabel("Name").fill("Ana Silva");
    await page.getByLabel("New password").fill(password);
    await button(page, "Make my account").click();
    await heading(page, "Events");
    await page.goto(`${shop.url}/admin/events/${event}/edit`);
    const tier = page.locator("details", { hasText: "Add a tier" }).last();
    await tier.locator("summary").click();
    await tier.getByLabel("Code").fill("reduced");
    await tier.getByLabel("Name").fill("Reduced");
    await tier.getByLabel(/^Price/).fill("20.00");
    await tier.getByLabel("Sold from the tickets of").selectOption("adult");
    await audit(page, "plan-shared-tier");
    await tier.getByRole("button", { name: "Add a tier" }).click();
    await page.getByText("The tier is saved.").waitFor();
    await page.getByRole("link", { name: "Questions", exact: true }).click();
    await heading(page, "Questions");
    await page.locator("#label-1").fill("What do you eat?");
    await page.locator("#kind-1").selectOption("choice");
    await page.locator("#options-1").fill("Everything");
    await button(page, "Save questions").click();
    await page.locator("#options-1-problem").waitFor();
    await page.locator("#options-1").fill("Everything\nNo meat");
    await page.locator("[name=required-1]").check();
    await button(page, "Save questions").click();
    await page.getByText("The questions are saved.").waitFor();
    await page.locator("#label-2").fill("Who comes?");
    await page.locator("#of-2").selectOption("ticket");
    await audit(page, "plan-questions");
    await button(page, "Save questions").click();
    await page.locator("#label-3").waitFor();
    await leave(page);
  });

  for (const [name, options] of [["with scripts", {}], ["without scripts on a phone", { ...phone, javaScriptEnabled: false }]]) {
    test(`a party chooses seats on one map, pays two prices and answers, ${name}`, async () => {
      const page = await visitor(browser, options);
      const scripts = options.javaScriptEnabled !== false;
      await page.goto(`${shop.url}/events/${event}`);
      await page.getByText("Same seats as Adult").waitFor();
      assert.equal(await page.getByRole("button", { name: /Choose exact seats/ }).count(), 1, "there is one map");
      await page.getByRole("button", { name: /Choose exact seats/ }).click();
      const row = scripts ? "B" : "C";
      if (scripts) {
        await page.locator("#hall").waitFor();
        await page.locator(".rows summary").click();
      }
      for (const number of [5, 6, 7]) await page.locator(`input[value="adult:${row}:${number}"]`).check({ force: true });
      if (scripts) {
        assert.equal(await quantity(page, "adult").inputValue(), "3");
        await page.getByRole("button", { name: "One more Reduced" }).click();
        assert.equal(await quantity(page, "adult").inputValue(), "2");
        await page.getByText(`2 × Adult (${row}-5, ${row}-6)`).first().waitFor();
        await page.getByText(`1 × Reduced (${row}-7)`).first().waitFor();
        await audit(page, "room-chosen");
        await book(page);
      } else {
        await quantity(page, "reduced").selectOption("1");
        await page.getByRole("button", { name: "Book", exact: true }).last().click();
      }
      await page.waitForURL("**/bookings/*");
      await page.getByText(`${row}-5, ${row}-6`).first().waitFor();
      await page.getByText("€80.00").first().waitFor();
      await page.getByLabel("What do you eat?").selectOption("No meat");
      await page.getByLabel("Who comes?").first().fill("Ana");
      if (scripts) await audit(page, "room-asked");
      await pay(page, "4242 4242 4242 4242");
      await page.getByText("Your answers").click();
      if (scripts) {
        await audit(page, "room-answers");
        assert.equal(await page.getByLabel("Who comes?").first().inputValue(), "Ana");
        await page.getByLabel("Who comes?").nth(2).fill("Bo");
        await button(page, "Save answers").click();
        await page.waitForLoadState();
      }
      await leave(page);
    });
  }
});
