// The organiser's side in a real Chromium: from an invitation to members, tokens and the audit trail.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";

import { audit, browser, heading, leave, phone, shop, visitor, withShop } from "./support.js";

const password = "correct horse battery";
const button = (page, name) => page.getByRole("button", { name, exact: true });

/// What an authenticator app shows for a secret at this time: RFC 6238.
function code(secret, at) {
  const bits = [...secret.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/// Makes an account by an invitation, and lands on the events.
async function join(page, email, name, path) {
  await page.goto(shop.url + path);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("New password").fill(password);
  await button(page, "Make my account").click();
  await heading(page, "Events");
}

async function signIn(page, email) {
  await page.goto(`${shop.url}/admin`);
  await heading(page, "Sign in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await button(page, "Sign in").click();
}

describe("the organiser's side", () => {
  withShop();

  test("an owner comes by an invitation, invites somebody, and everything is told", async () => {
    const page = await visitor(browser);
    const path = await shop.invitation("ana@example.org");
    await page.goto(shop.url + path);
    await audit(page, "admin-invitation");
    await page.getByLabel("Name").fill("Ana Silva");
    await page.getByLabel("New password").fill("short");
    await button(page, "Make my account").click();
    await page.getByText("A password has at least 12 characters.").waitFor();
    assert.equal(await page.getByLabel("Name").inputValue(), "Ana Silva");
    await audit(page, "admin-invitation-refused");
    await join(page, "ana@example.org", "Ana Silva", path);
    await page.getByText("Welcome.").waitFor();
    await audit(page, "admin-events");
    await page.getByRole("link", { name: "Past" }).click();
    await audit(page, "admin-events-none");

    await page.getByRole("link", { name: "Members" }).click();
    await page.getByLabel("E-mail address").fill("ben@example.org");
    await page.locator("#role").selectOption({ label: "Manager" });
    await button(page, "Make a link").click();
    await heading(page, "The invitation is ready");
    await audit(page, "admin-invited");
    const link = await page.locator(".secret").innerText();
    await page.getByRole("link", { name: "Back" }).click();
    await page.getByText("Open invitations").waitFor();
    await audit(page, "admin-members");

    const ben = await visitor(browser, phone);
    await join(ben, "ben@example.org", "Ben Weiß", new URL(link).pathname);
    assert.equal(await ben.getByRole("link", { name: "Members" }).count(), 0);
    const refused = await ben.goto(`${shop.url}/admin/members`);
    assert.equal(refused.status(), 403);
    await heading(ben, "Your role does not allow this");
    await audit(ben, "admin-forbidden");

    await page.reload();
    await page.getByLabel("Role of Ben Weiß").selectOption({ label: "Finance" });
    await button(page, "Change Ben Weiß").click();
    await page.getByText("The role is changed.").waitFor();
    await page.getByRole("link", { name: "Audit trail" }).click();
    await page.getByText("Role changed").waitFor();
    await audit(page, "admin-audit");
    await page.getByRole("link", { name: "Members" }).click();
    await page.getByText("Remove Ben Weiß").click();
    await page.getByText("Ben Weiß is out at once.").waitFor();
    await audit(page, "admin-members-remove");
    await page.locator("details[open]").getByRole("button").click();
    await page.getByText("The member is removed.").waitFor();
    await ben.goto(`${shop.url}/admin`);
    await heading(ben, "For whom do you work now?");
    await audit(ben, "admin-organisations-none");
    await leave(page, ben);
  });

  test("without scripts: signing in with a second factor, tokens, the account", async () => {
    const page = await visitor(browser, { javaScriptEnabled: false, ...phone });
    await join(page, "cy@example.org", "Cy", await shop.invitation("cy@example.org"));
    await page.goto(`${shop.url}/admin/tokens`);
    await page.getByLabel("Who or what uses it").fill("Till");
    await button(page, "Make it").click();
    await page.getByText("Choose at least one.").waitFor();
    await page.getByLabel("check-in").check();
    await button(page, "Make it").click();
    assert.match(await page.locator(".secret").innerText(), /^bxt_/);
    await page.goto(`${shop.url}/admin/account`);
    await page.getByRole("link", { name: "Turn it on" }).click();
    const secret = await page.locator(".secret").innerText();
    await page.getByLabel("Six digits from the app").fill(code(secret, Date.now() - 30_000));
    await button(page, "Turn it on").click();
    await page.getByText("The second factor is on.").waitFor();
    await button(page, "Sign out").click();
    await page.getByText("You are signed out.").waitFor();
    await signIn(page, "cy@example.org");
    await heading(page, "One more step");
    await page.getByLabel("Six digits from the app").fill("000000");
    await button(page, "Sign in").click();
    await page.getByText("These digits are wrong").waitFor();
    await page.getByLabel("Six digits from the app").fill(code(secret, Date.now()));
    await button(page, "Sign in").click();
    await heading(page, "Events");
    await leave(page);

    const scripted = await visitor(browser);
    await scripted.goto(`${shop.url}/admin/sign-in`);
    await scripted.getByLabel("E-mail address").fill("cy@example.org");
    await scripted.getByLabel("Password").fill("a wrong password");
    await audit(scripted, "admin-sign-in");
    await button(scripted, "Sign in").click();
    await scripted.getByText("The e-mail address or the password is wrong.").waitFor();
    await audit(scripted, "admin-sign-in-wrong");
    await signIn(scripted, "cy@example.org");
    await audit(scripted, "admin-sign-in-code");
    await scripted.getByLabel("Six digits from the app").fill(code(secret, Date.now() + 30_000));
    await button(scripted, "Sign in").click();
    await heading(scripted, "Events");
    await scripted.goto(`${shop.url}/admin/tokens`);
    await audit(scripted, "admin-tokens");
    await scripted.goto(`${shop.url}/admin/account`);
    await audit(scripted, "admin-account");
    await leave(scripted);
  });

  test("in each language the pages fit, also from right to left", async () => {
    const page = await visitor(browser, { locale: "ar" });
    await join(page, "di@example.org", "Di", "/en" + await shop.invitation("di@example.org"));
    for (const language of ["ar", "ja", "de"]) {
      for (const [name, path] of [["events", "/admin"], ["members", "/admin/members"], ["account", "/admin/account"], ["second-factor", "/admin/account/second-factor"], ["audit", "/admin/audit"]]) {
        await page.goto(`${shop.url}/${language}${path}`);
        await audit(page, `admin-${name}-${language}`);
      }
    }
    // The language is that of the address, whatever the browser prefers: of labels, too.
    await page.goto(`${shop.url}/de/admin/events/new`);
    await page.getByLabel("Beschreibung", { exact: true }).waitFor();
    await audit(page, "admin-plan-new-de");
    await leave(page);
  });
});
