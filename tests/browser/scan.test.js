// The scanner in a real Chromium: let in once, without a network over a reload, conflicts when it is back, without scripts.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, browser, heading, hold, leave, pay, phone, readCode, shop, visitor, withShop } from "./support.js";

const password = "correct horse battery";
const button = (page, name) => page.getByRole("button", { name, exact: true });

async function join(page, email) {
  await page.goto(shop.url + await shop.invitation(email));
  await page.getByLabel("Name").fill("Ana Silva");
  await page.getByLabel("New password").fill(password);
  await button(page, "Make my account").click();
  await heading(page, "Events");
}

/// The codes of a paid booking, as a scanner reads them from its page.
async function codes(page, event, count) {
  await hold(page, shop.url, event, { ga: count });
  await pay(page, "4242 4242 4242 4242");
  await heading(page, "You’re going!");
  const read = [];
  for (const code of await page.locator(".ticket-code").all()) read.push(await readCode(code));
  return [...new Set(read)];
}

const says = (page, word) => page.locator("[data-result] .scan-word", { hasText: word }).waitFor();
const isReady = (page) => page.locator("[data-scan][data-ready]").waitFor();
async function type(page, code) {
  await page.getByLabel("Code, from a reader or typed").fill(code);
  await page.keyboard.press("Enter");
}

describe("the scanner", () => {
  let event, tickets;
  withShop(async () => {
    event = await shop.event("Velvet Almanac", ["ga:GA:1000:50:general"]);
    const buyer = await visitor(browser, phone);
    tickets = await codes(buyer, event, 4);
    assert.equal(tickets.length, 4);
    await leave(buyer);
  });

  test("a gate is opened, and a guest comes in once", async () => {
    const page = await visitor(browser, phone);
    await join(page, "ana@example.org");
    await page.goto(`${shop.url}/scan`);
    await audit(page, "scan-events");
    await page.goto(`${shop.url}/scan/${event}`);
    await audit(page, "scan-gates");
    await page.getByLabel("Name of the gate").fill("North");
    await button(page, "Open the gate").click();
    await isReady(page);
    await page.getByText("tickets on this device: 4").waitFor();
    await audit(page, "scan-ready");
    await type(page, tickets[0].toLowerCase());
    await says(page, "Come in");
    await audit(page, "scan-admitted");
    await type(page, tickets[0]);
    await says(page, "Already in");
    await page.locator("[data-result]").getByText(/Since .*North/).waitFor();
    await audit(page, "scan-already-in");
    await type(page, "BX2.NONSENSE");
    await says(page, "Not a ticket of ours");
    await page.getByRole("button", { name: /^Take back/ }).first().click();
    await says(page, "Taken back");
    await type(page, tickets[0]);
    await says(page, "Come in");
    await leave(page);
  });

  test("without a network scans wait over a reload, go up later, and conflicts are shown", async () => {
    const page = await visitor(browser, phone);
    await join(page, "ben@example.org");
    await page.goto(`${shop.url}/scan/${event}`);
    await page.getByRole("link", { name: "North" }).click();
    await isReady(page);
    await page.getByText("tickets on this device: 4").waitFor();
    await page.waitForFunction(async () => (await (await caches.open("scanner")).keys()).some(({ url }) => /static\/scan\.\w+\.js/.test(url)));
    await page.context().setOffline(true);
    await type(page, tickets[1]);
    await says(page, "Come in");
    await page.getByText("Scans that wait here: 1").waitFor();
    await type(page, tickets[2]);
    await says(page, "Come in");
    await audit(page, "scan-offline");
    await page.reload();
    await isReady(page);
    await page.getByText("Scans that wait here: 2").waitFor();
    await type(page, tickets[1]);
    await says(page, "Already in");
    await type(page, "BX2.NONSENSE");
    await says(page, "Not on the list");

    // Somebody else lets one of the two in meanwhile.
    const other = await visitor(browser, phone);
    await join(other, "cleo@example.org");
    await other.goto(`${shop.url}/scan/${event}`);
    await other.getByRole("link", { name: "North" }).click();
    await isReady(other);
    await type(other, tickets[2]);
    await says(other, "Come in");

    await page.context().setOffline(false);
    await page.getByText("Connected").waitFor();
    await page.getByRole("heading", { name: "Conflicts" }).waitFor();
    await page.locator("[data-conflicts]").getByText("Already in").waitFor();
    await audit(page, "scan-conflict");
    await type(other, tickets[1]);
    await says(other, "Already in");
    await leave(page, other);
  });

  test("it works without scripts", async () => {
    const page = await visitor(browser, { ...phone, javaScriptEnabled: false });
    await join(page, "dora@example.org");
    await page.goto(`${shop.url}/scan/${event}`);
    await page.getByRole("link", { name: "North" }).click();
    await page.getByLabel("Code, from a reader or typed").fill(tickets[3]);
    await button(page, "Check").click();
    await says(page, "Come in");
    await page.getByLabel("Code, from a reader or typed").fill(tickets[3]);
    await button(page, "Check").click();
    await says(page, "Already in");
    await page.getByLabel("Name, reference or seat").fill("4");
    await button(page, "Search").click();
    await page.locator("[data-found]").getByText("In", { exact: true }).first().waitFor();
    await leave(page);
  });
});
