// An event that moves to another date, in a real Chromium: its organiser moves it, its buyers keep and return their tickets;
// and what organisers say of events: Markdown, other languages, lists and gates, recovery codes.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, browser, heading, hold, leave, pay, phone, shop, visitor, withShop } from "./support.js";

const password = "correct horse battery";
const button = (page, name) => page.getByRole("button", { name, exact: true });

/// Makes an account by an invitation, and lands on the events.
async function join(page, email, role) {
  await page.goto(shop.url + await shop.invitation(email, role));
  await page.getByLabel("Name").fill(email.split("@")[0]);
  await page.getByLabel("New password").fill(password);
  await button(page, "Make my account").click();
  await heading(page, "Events");
}

async function buy(buyer, event) {
  const path = await hold(buyer, shop.url, event, { ga: 2 });
  const email = buyer.getByLabel(/E-mail/);
  if (await email.count()) await email.fill("ana@example.org");
  const name = buyer.getByLabel(/^Name/);
  if (await name.count()) await name.fill("Ana Duarte");
  await pay(buyer, "4242424242424242");
  await buyer.locator(".ticket").first().waitFor();
  return path;
}

describe("moving, describing and the doors", () => {
  let event, manager;
  withShop(async () => {
    event = await shop.event("Night of the Lanterns", ["vip:VIP:10000:40:numbered:10", "ga:GA:1000:200:general"],
      { description: "# The night\n\nLanterns on the **river**, and *songs*.\n\n- doors at seven\n- fire at ten\n\n[More](https://example.org)" });
    manager = await visitor(browser);
    await join(manager, "mia@example.org", "manager");
  });

  test("an event is moved, and buyers keep or return their tickets", async () => {
    const [keeps, returns, holds] = await Promise.all([visitor(browser, phone), visitor(browser, phone), visitor(browser)]);
    const kept = await buy(keeps, event);
    const returned = await buy(returns, event);
    const held = await hold(holds, shop.url, event, { ga: 1 });

    await manager.goto(`${shop.url}/admin/events/${event}`);
    await manager.getByRole("link", { name: "Move to another date" }).click();
    await manager.getByLabel("New start").fill("2030-07-04T21:00");
    await manager.getByLabel("Tickets can be returned until").fill("2030-07-05T21:00");
    await button(manager, "Move the event and ask its buyers").click();
    await manager.locator("#refusal").getByText("must be before the event starts").waitFor();
    assert.equal(await manager.getByLabel("New start").inputValue(), "2030-07-04T21:00", "what was typed stays");
    await audit(manager, "admin-move-refused");
    await manager.getByLabel("Tickets can be returned until").fill("2030-06-15T21:00");
    await button(manager, "Move the event and ask its buyers").click();
    await manager.getByText("The event is moved, and its buyers are asked.").waitFor();

    await holds.goto(`${shop.url}${held}`);
    await holds.getByText("The event was moved after you chose these tickets").waitFor();
    await audit(holds, "booking-pending-moved");
    await keeps.goto(`${shop.url}/events/${event}`);
    await keeps.getByRole("heading", { name: "New date" }).waitFor();
    await audit(keeps, "event-moved");
    await keeps.goto(`${shop.url}/bookings`);
    await keeps.getByText(/Keep or return the tickets by/).waitFor();
    await audit(keeps, "bookings-moved");
    await keeps.goto(`${shop.url}${kept}`);
    await audit(keeps, "booking-moved");
    await button(keeps, "I keep the tickets").click();
    await keeps.getByText("You keep your tickets for the new date.").waitFor();
    await returns.goto(`${shop.url}${returned}`);
    await returns.getByText("I cannot come").click();
    await audit(returns, "booking-moved-return");
    await returns.getByRole("button", { name: /Return and get/ }).click();
    await returns.getByRole("heading", { level: 1, name: /cancelled/i }).waitFor();

    await manager.goto(`${shop.url}/admin/events/${event}/move`);
    assert.deepEqual(await manager.locator(".figures dd:not(.sub)").allTextContents(), ["1", "1", "0"]);
    await audit(manager, "admin-move");
    await leave(keeps, returns, holds);
  });

  test("the sales of a phone's screen can be read", async () => {
    const page = await visitor(browser, phone);
    await join(page, "finn@example.org", "finance");
    await page.goto(`${shop.url}/admin/events/${event}`);
    for (let tries = 0; tries < 40 && !(await page.locator(".chart rect").count()); tries += 1) {
      await page.waitForTimeout(250);
      await page.reload();
    }
    const size = await page.locator(".chart-scale span").first().evaluate((text) => parseFloat(getComputedStyle(text).fontSize));
    assert.ok(size >= 12, `the chart's text is ${size} pixels high`);
    const height = await page.locator(".chart svg").evaluate((drawing) => drawing.getBoundingClientRect().height);
    assert.ok(height >= 150, `the chart is ${height} pixels high`);
    await audit(page, "admin-report-phone");
    await leave(page);
  });

  test("a description has its marks, texts have other languages, doors have lists", async () => {
    await manager.goto(`${shop.url}/admin/events/${event}/edit`);
    await manager.locator("summary", { hasText: "Name and description" }).click();
    await manager.getByText("The description as buyers see it").click();
    await manager.locator(".plan-about").getByRole("heading", { name: "The night" }).waitFor();
    await audit(manager, "admin-plan-markdown");
    await manager.getByRole("link", { name: "Other languages" }).click();
    await manager.getByText("Deutsch").first().click();
    await manager.locator("#de-name").fill("Nacht der Laternen");
    await button(manager, "Save Deutsch").click();
    await manager.getByText("Translated").waitFor();
    await manager.locator("details.fold > summary").filter({ hasText: "Deutsch" }).click();
    await audit(manager, "admin-languages");
    await manager.goto(`${shop.url}/scan/${event}/doors`);
    await manager.getByLabel("Name of the list").fill("Friends");
    await button(manager, "Make the list").click();
    await manager.getByText("Another gate of this list").click();
    await manager.getByLabel("Name of the gate").fill("North");
    await button(manager, "Open the gate").click();
    await manager.goto(`${shop.url}/scan/${event}/doors`);
    await manager.getByText("North").first().waitFor();
    await manager.getByText("Change the list").click();
    await audit(manager, "admin-doors");
    await manager.getByRole("button", { name: /Close the list/ }).click();
    await manager.getByText("Saved.").waitFor();
  });
});
