// An event's whole life in a real Chromium, as those live it who have never seen the pages: from an invitation to a
// draft, on sale, sold, scanned with the network gone in between, refunded, called off. On pages alone.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, browser, heading, hold, leave, pay, phone, readCode, shop, visitor, withShop } from "./support.js";

const password = "correct horse battery";
const button = (page, name) => page.getByRole("button", { name, exact: true });
const link = (page, name) => page.getByRole("link", { name, exact: true });

async function fill(part, fields) {
  for (const [label, value] of Object.entries(fields)) await part.getByLabel(label, { exact: true }).fill(value);
}

/// Adds a tier to the draft that the page shows.
async function addTier(page, fields) {
  const tiers = page.getByRole("region", { name: "Tiers and tickets" });
  const form = tiers.locator("form").filter({ has: page.getByRole("button", { name: "Add a tier", exact: true }) });
  if (!(await form.isVisible())) await tiers.locator("summary").filter({ hasText: "Add a tier" }).click();
  await fill(form, fields);
  await form.getByRole("button", { name: "Add a tier", exact: true }).click();
  await tiers.locator("summary", { hasText: fields.Name }).waitFor();
}

const says = (page, word) => page.locator("[data-result] .scan-word", { hasText: word }).waitFor();
async function scan(page, code) {
  await page.getByLabel("Code, from a reader or typed").fill(code);
  await page.keyboard.press("Enter");
}

describe("the life of an event", () => {
  withShop();

  test("from the invitation to the scanned ticket, the refund, and the end", async () => {
    const organiser = await visitor(browser);
    await organiser.goto(shop.url + await shop.invitation("mia@example.org", "manager"));
    await fill(organiser, { Name: "Mia Reis", "New password": password });
    await button(organiser, "Make my account").click();
    await heading(organiser, "Events");

    // A draft, refused once.
    await link(organiser, "New event").click();
    await heading(organiser, "New event");
    await audit(organiser, "admin-plan-new");
    const event = organiser.getByRole("region", { name: "About the event" });
    await fill(event, {
      Name: "Harbour Lights", Starts: "2030-06-01T20:00", Venue: "Sala do Cais", City: "Lisbon",
      "Country (two letters)": "PT", "Time zone (Europe/Lisbon)": "Europe/Lisboa", "Currency (EUR)": "EUR",
    });
    await button(organiser, "Create draft").click();
    await event.locator(".problem").first().waitFor();
    await audit(organiser, "admin-plan-refused");
    await fill(event, { "Time zone (Europe/Lisbon)": "Europe/Lisbon" });
    await button(organiser, "Create draft").click();
    await heading(organiser, "Plan the event");
    await addTier(organiser, { "Code (vip)": "vip", Name: "VIP", Price: "100.00", Tickets: "40", "Seats of a row (5+10+5), empty without seats": "10" });
    await addTier(organiser, { "Code (vip)": "ga", Name: "GA", Price: "10.00", Tickets: "200" });
    await audit(organiser, "admin-plan-draft");
    const id = new URL(organiser.url()).pathname.match(/events\/([0-9a-f-]+)/)[1];
    await link(organiser, "Preview").click();
    await heading(organiser, "Harbour Lights");
    await audit(organiser, "admin-plan-preview");
    const early = await fetch(`${shop.url}/events/${id}`);
    assert.equal(early.status, 404);
    await organiser.goBack();

    // On sale, and sold.
    await button(organiser, "Publish").click();
    await organiser.getByText("Published", { exact: true }).first().waitFor();
    await audit(organiser, "admin-plan-published");
    const buyer = await visitor(browser, phone);
    const path = await hold(buyer, shop.url, id, { ga: 2, vip: 1 });
    await pay(buyer, "4242 4242 4242 4242");
    await heading(buyer, "You’re going!");
    const codes = [];
    for (const code of await buyer.locator(".ticket-code").all()) codes.push(await readCode(code));
    const tickets = [...new Set(codes)];
    assert.equal(tickets.length, 3);

    // At the door: one with the network, one without.
    const door = await visitor(browser, phone);
    await door.goto(shop.url + await shop.invitation("rui@example.org", "scanner"));
    await fill(door, { Name: "Rui", "New password": password });
    await button(door, "Make my account").click();
    await organiser.goto(`${shop.url}/scan/${id}`);
    await organiser.getByLabel("Name of the gate").fill("North");
    await button(organiser, "Open the gate").click();
    await organiser.locator("[data-scan][data-ready]").waitFor();
    await door.goto(`${shop.url}/scan/${id}`);
    await link(door, "North").click();
    await door.locator("[data-scan][data-ready]").waitFor();
    await door.getByText("tickets on this device: 3").waitFor();
    await scan(door, tickets[0]);
    await says(door, "Come in");
    await door.context().setOffline(true);
    await scan(door, tickets[1]);
    await says(door, "Come in");
    await door.getByText("Scans that wait here: 1").waitFor();
    await door.context().setOffline(false);
    await door.getByText("Connected").waitFor();
    await scan(organiser, tickets[1]);
    await says(organiser, "Already in");

    // The money goes back, and at last the event is called off.
    await organiser.goto(`${shop.url}/admin/events/${id}/bookings`);
    await organiser.locator("tbody th a").first().click();
    await link(organiser, "Cancel and refund").click();
    await button(organiser, "Cancel and refund").click();
    await organiser.getByText("The booking is cancelled; its money goes back.").waitFor();
    await organiser.goto(`${shop.url}/scan/${id}`);
    await link(organiser, "North").click();
    await organiser.locator("[data-scan][data-ready]").waitFor();
    await scan(organiser, tickets[2]);
    await says(organiser, "Cancelled");
    await organiser.goto(`${shop.url}/admin/events/${id}`);
    await link(organiser, "Call off").click();
    await organiser.getByLabel(/Type the event/).fill("Harbour Lights");
    await button(organiser, "Call off and refund everybody").click();
    await organiser.getByText("All bookings are cancelled, and all money is back").waitFor();
    await buyer.goto(shop.url + path);
    await buyer.getByText(/cancelled/i).first().waitFor();
    await buyer.goto(`${shop.url}/events/${id}`);
    await buyer.getByText("This event does not take place").waitFor();
    await leave(organiser, buyer, door);
  });
});
