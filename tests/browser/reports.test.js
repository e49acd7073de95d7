// An organiser's day in a real Chromium: the dashboard, a booking that is found, noted and cancelled, and an event that is
// called off.

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

describe("reports, bookings and calling off", () => {
  let event, path;
  withShop(async () => {
    event = await shop.event("Night of the Lanterns", ["vip:VIP:10000:40:numbered:10", "ga:GA:1000:200:general"]);
    const buyer = await visitor(browser);
    for (const wanted of [{ vip: 2 }, { ga: 3 }]) {
      path = await hold(buyer, shop.url, event, wanted);
      const email = buyer.getByLabel(/E-mail/);
      if (await email.count()) await email.fill("ana@example.org");
      const name = buyer.getByLabel(/^Name/);
      if (await name.count()) await name.fill("Ana Duarte");
      await pay(buyer, "4242424242424242");
      await buyer.getByText("Your tickets are confirmed").or(buyer.locator(".ticket").first()).first().waitFor();
    }
    await leave(buyer);
  });

  test("a manager looks at the sales, finds a booking, cancels it, and calls the event off", async () => {
    const page = await visitor(browser);
    await join(page, "mia@example.org", "manager");
    // Sums are kept a second or two behind.
    await page.goto(`${shop.url}/admin/events/${event}`);
    for (let tries = 0; tries < 40 && !(await page.getByText("€230.00").count()); tries += 1) {
      await page.waitForTimeout(250);
      await page.reload();
    }
    await heading(page, "Sales");
    assert.ok(await page.locator(".chart rect").count() > 0);
    await audit(page, "admin-report");
    await page.getByText("As a table").click();
    await page.getByRole("link", { name: "First minute" }).click();
    await page.getByRole("link", { name: "Hours" }).click();
    await audit(page, "admin-report-hours");

    await page.getByRole("navigation", { name: /Night|event/i }).getByRole("link", { name: "Bookings" }).click();
    await audit(page, "admin-bookings");
    await page.getByLabel("Find a booking").fill("duarte");
    await button(page, "Find").click();
    await page.locator("tbody th a").first().click();
    await page.getByText("What happened").waitFor();
    await button(page, "Add note").click();
    await page.getByText("must be 1 to 2,000 characters").waitFor();
    await page.getByLabel(/For organisers only/).fill("Rang about the lift");
    await button(page, "Add note").click();
    await page.getByText("The note is added.").waitFor();
    await audit(page, "admin-booking");
    await page.getByRole("link", { name: "Cancel and refund" }).click();
    await heading(page, "Cancel this booking?");
    await audit(page, "admin-booking-cancel");
    await button(page, "Cancel and refund").click();
    await page.getByText("The booking is cancelled; its money goes back.").waitFor();

    await page.goto(`${shop.url}/admin/events/${event}`);
    await page.getByRole("link", { name: "Call off" }).click();
    await audit(page, "admin-call-off");
    await page.getByLabel(/Type the event/).fill("Lanterns");
    await button(page, "Call off and refund everybody").click();
    await page.getByText("word for word").waitFor();
    await audit(page, "admin-call-off-refused");
    await page.getByLabel(/Type the event/).fill("Night of the Lanterns");
    await button(page, "Call off and refund everybody").click();
    await page.getByText("All bookings are cancelled, and all money is back").waitFor();
    await page.goto(`${shop.url}/admin/events/${event}/call-off`);
    await audit(page, "admin-called-off");
    await leave(page);
  });

  test("finance reads and changes nothing; buyers are told", async () => {
    const page = await visitor(browser, phone);
    await join(page, "finn@example.org", "finance");
    await page.goto(`${shop.url}/admin/events/${event}`);
    await heading(page, "Sales");
    await audit(page, "admin-report-finance");
    assert.equal(await page.getByRole("link", { name: "Call off", exact: true }).count(), 0);
    const buyer = await visitor(browser, phone);
    await buyer.goto(`${shop.url}/events/${event}`);
    await buyer.getByText("This event does not take place").waitFor();
    await audit(buyer, "event-called-off");
    await leave(page, buyer);
  });
});
