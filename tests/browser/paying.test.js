// Paying with a card whose bank asks first (3-D Secure), as the simulated gateway has it: the bank's page, the way back, and the
// page of the booking while it waits.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, browser, heading, hold, leave, pay, phone, shop, visitor, withShop } from "./support.js";

const ASKS = "4000 0027 6000 3184";
const HALL = ["ga:GA:2100:50:general"];

const answer = (page, name) => page.getByRole("button", { name, exact: true }).click();
/// Why a payment did not go through has the focus, and begins the title.
async function isReadFirst(page) {
  await page.locator("#declined:focus").waitFor();
  assert.match(await page.title(), /^The payment did not go through: The Quiet Bank/);
}
const waits = (page) => heading(page, "Your payment needs one more step");

describe("a bank that asks", { concurrency: 2 }, () => {
  let event;
  withShop(async () => { event = await shop.event("The Quiet Bank", HALL); });

  /// A visitor who holds two tickets: the page, and the booking's path.
  async function holder(options) {
    const page = await visitor(browser, options);
    return { page, path: await hold(page, shop.url, event, { ga: 2 }) };
  }

  test("is told yes, and the tickets are there", async () => {
    const { page } = await holder();
    await page.locator(".cards-list summary").click();
    await page.getByRole("button", { name: ASKS }).click();
    await page.getByRole("button", { name: /^Pay / }).click();
    await heading(page, "Your bank asks");
    await audit(page, "bank");
    await answer(page, "Yes, pay");
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("is told no, and another card may be tried", async () => {
    const { page } = await holder(phone);
    await pay(page, ASKS);
    await answer(page, "No");
    const alert = page.locator(".alert[role=alert]");
    await alert.getByText("Your bank did not confirm the payment.").waitFor();
    await alert.getByText("2 tries are left").waitFor();
    await isReadFirst(page);
    await audit(page, "bank-refused");
    await pay(page, "4000 0000 0000 0002");
    await alert.getByText("This is the last try").waitFor();
    await isReadFirst(page);
    // A field that is wrong is mended first.
    await pay(page, "1234");
    await page.locator("#card_number:focus").waitFor();
    await pay(page, "4242 4242 4242 4242");
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("is waited for on the booking's page, which leads there again, or to another way to pay", async () => {
    const { page, path } = await holder();
    await pay(page, ASKS);
    await heading(page, "Your bank asks");
    // Every page tells the same time: that of the bank, and not that of the hold.
    const ten = /\b(10:00|9:\d\d)\b/;
    await page.locator("[data-held]").getByText(ten).waitFor();
    await page.goto(`${shop.url}/bookings`);
    await page.locator(".to-pay").getByRole("timer").getByText(ten).waitFor();
    await page.locator("[data-held]").getByText(ten).waitFor();
    await audit(page, "bookings-acting");
    await page.getByRole("link", { name: "Continue paying" }).click();
    await waits(page);
    await page.getByRole("timer").getByText(ten).waitFor();
    await page.reload();
    await waits(page);
    assert.equal(await page.locator(".spinner").count(), 0);
    await audit(page, "booking-acting");
    await page.getByRole("link", { name: /^Continue and pay / }).click();
    await heading(page, "Your bank asks");
    await page.goto(shop.url + path);
    await page.getByRole("button", { name: "Pay in another way" }).click();
    await page.getByText("The payment was not completed.").waitFor();
    assert.equal(await page.getByText(/tries are left/).count(), 0);
    await audit(page, "booking-abandoned");
    await leave(page);
  });

  test("is told yes in another window, and the page shows it by itself", async () => {
    const { page, path } = await holder();
    await pay(page, ASKS);
    await heading(page, "Your bank asks");
    const bank = page.url();
    await page.goto(shop.url + path);
    await waits(page);
    const other = await page.context().newPage();
    await other.goto(bank);
    await answer(other, "Yes, pay");
    await heading(other, "You’re going!");
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("asks without JavaScript too", async () => {
    const { page, path } = await holder({ javaScriptEnabled: false });
    await pay(page, ASKS);
    await heading(page, "Your bank asks");
    await page.goto(shop.url + path);
    await waits(page);
    assert.equal(await page.locator("meta[http-equiv=refresh]").count(), 0);
    await page.getByRole("link", { name: /^Continue and pay / }).click();
    await answer(page, "Yes, pay");
    await heading(page, "You’re going!");
    await leave(page);
  });

  test("and what went wrong with money later is said to the buyer and to the organiser", async () => {
    const { page, path } = await holder();
    await pay(page, "4242 4242 4242 4242");
    await heading(page, "You’re going!");
    const id = path.split("/").pop();
    const tell = (kind) => shop.sql(`
      INSERT INTO payment_incidents (event_id, id, payment_id, booking_id, kind, reference, amount_minor, currency, reported_at)
      SELECT event_id, gen_random_uuid(), id, booking_id, '${kind}', 're_1', amount_minor, currency, now()
      FROM payments WHERE booking_id = '${id}'`);
    await tell("dispute-opened");
    const organiser = await visitor(browser);
    await organiser.goto(shop.url + await shop.invitation("mia@example.org"));
    await organiser.getByLabel("Name").fill("Mia Reis");
    await organiser.getByLabel("New password").fill("correct horse battery staple");
    await organiser.getByRole("button", { name: "Make my account" }).click();
    await heading(organiser, "Events");
    await organiser.goto(`${shop.url}/admin/bookings/${id}/cancel`);
    await organiser.getByText("has asked for this money back").waitFor();
    await audit(organiser, "admin-cancel-disputed");
    await organiser.getByRole("button", { name: "Cancel and refund" }).click();
    await organiser.getByText("The booking is cancelled").waitFor();
    await page.reload();
    await page.getByText("went back in full").waitFor();
    await tell("refund-failed");
    await page.reload();
    await page.getByText("could not be sent back to your Visa ending in 4242").waitFor();
    await audit(page, "booking-refund-failed");
    await organiser.reload();
    await organiser.locator(".admin-head .badge", { hasText: "Refund failed" }).waitFor();
    await audit(organiser, "admin-booking-troubled");
    await organiser.goto(`${shop.url}/admin/bookings?q=${id}`);
    await organiser.locator("td .badge", { hasText: "Disputed" }).waitFor();
    await audit(organiser, "admin-bookings-troubled");
    await leave(page, organiser);
  });
});
