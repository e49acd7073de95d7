// Halls in a real Chromium: drawn by mouse and by keys, seated in an event, chosen from as buyers do.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { audit, browser, heading, leave, phone, shop, visitor, withShop } from "./support.js";

const row = (label, seats, more = {}) => ({ row: label, seats, ...more });
const layout = {
  stage: { x: 4, y: 0, width: 10, height: 2, name: "" },
  sections: [
    { name: "Stalls", x: 2, y: 4, rows: [
      row("A", "4 _ 6 _ 4", { x: 0.5 }), row("B", "5 _ 6 _ 5"), row("C", "5 _ 6 _ 5"), row("D", "w c 3 _ 6 _ 3 c w"),
    ] },
    { name: "Left box", x: 0, y: 10, rows: [row("1", "3", { best: 2 }), row("2", "3")] },
    { name: "Right box", x: 16, y: 10, rows: [row("1", "3", { best: 2 }), row("2", "3")] },
    { name: "Circle", x: 4, y: 11, rows: [row("A", "10", { numbers: "9-1/2, 2-10/2" }), row("B", "10")] },
  ],
};

const texts = (page) => page.locator("textarea.hall-rows").evaluateAll((areas) => areas.map((area) => area.value));

async function post(page, path, form) {
  const answer = await page.request.post(shop.url + path, { form, headers: { origin: shop.url }, maxRedirects: 0 });
  assert.equal(answer.status(), 303, await answer.text());
  return answer.headers().location.split("?")[0];
}

describe("halls", () => {
  withShop();

  test("a hall is drawn, seated in an event and sold seat by seat", async () => {
    const page = await visitor(browser, { viewport: { width: 1280, height: 1000 } });
    await page.goto(shop.url + await shop.invitation("ana@example.org"));
    await page.getByLabel("Name").fill("Ana Silva");
    await page.getByLabel("New password").fill("correct horse battery");
    await page.getByRole("button", { name: "Make my account" }).click();
    await heading(page, "Events");
    await page.getByRole("link", { name: "Halls", exact: true }).click();
    await heading(page, "Halls");
    await audit(page, "halls-none");
    const file = { name: "hall.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({ name: "Great hall", venue: "Sala do Cais", layout })) };
    const bad = { ...file, buffer: Buffer.from("{\"name\": 1}") };
    await page.getByLabel("A file that was exported").setInputFiles(bad);
    await page.getByRole("button", { name: "Import a hall" }).click();
    await page.getByText("The file is no hall:").waitFor();
    await page.getByLabel("A file that was exported").setInputFiles(file);
    await page.getByRole("button", { name: "Import a hall" }).click();
    await heading(page, "Draw the hall");
    const hall = new URL(page.url()).pathname.split("/").pop();
    await page.locator(".seat-map .s").first().waitFor();
    await audit(page, "hall-editor");

    const before = await texts(page);
    await page.getByRole("button", { name: "Wheelchair" }).click();
    await page.locator('[data-of=s0][data-seat="A-1"]').click();
    assert.equal((await texts(page))[0].split("\n")[0], "A: w 3 _ 6 _ 4 | x 0.5");
    // By keys: the next seat becomes a gap, and a companion seat behind it.
    await page.locator(".map").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("g");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("c");
    assert.equal((await texts(page))[0].split("\n")[0], "A: w _ c 1 _ 6 _ 4 | x 0.5");
    for (let undone = 0; undone < 2; undone += 1) await page.keyboard.press("Control+z");
    await page.getByRole("button", { name: "Undo" }).click();
    assert.deepEqual(await texts(page), before);
    await page.getByRole("button", { name: "Add a row behind" }).click();
    assert.equal((await texts(page))[0].split("\n").at(-1), "E: w c 3 _ 6 _ 3 c w");
    await page.getByRole("button", { name: "Remove the row" }).click();
    assert.deepEqual(await texts(page), before);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The hall is saved.").waitFor();
    for (const [name, options] of [["phone", phone], ["dark", { viewport: { width: 1280, height: 1000 }, colorScheme: "dark" }]]) {
      const other = await visitor(browser, { ...options, storageState: await page.context().storageState() });
      await other.goto(page.url());
      await other.locator(".seat-map .s, .seat-map .section").first().waitFor({ state: "attached" });
      await audit(other, "hall-editor-" + name);
      await leave(other);
    }

    const event = await post(page, "/admin/events/new", {
      name: "Velvet Almanac", starts: "2036-06-01T20:00", venue: "Sala do Cais", city: "Lisbon", country: "PT",
      zone: "Europe/Lisbon", currency: "EUR", "per-booking": "10", contact: "optional", genre: "concert",
    });
    const base = event.replace(/\/edit$/, "");
    for (const [tier, name, price] of [["stalls", "Stalls", "60"], ["upper", "Boxes and circle", "35"]]) {
      await post(page, base + "/tiers", { tier, name, price, capacity: "1", position: "0" });
    }
    await page.goto(`${shop.url}${base}/hall?hall=${hall}`);
    await page.locator("#section-0").selectOption("stalls");
    for (const section of [1, 2, 3]) await page.locator("#section-" + section).selectOption("upper");
    await audit(page, "hall-seating");
    await page.getByRole("button", { name: "Seat the tiers" }).click();
    await page.getByText("The tiers have their seats.").waitFor();
    await audit(page, "hall-seated");
    await page.request.post(`${shop.url}${base}/publish`, { headers: { origin: shop.url } });

    const id = base.split("/").pop();
    for (const [name, options] of [["desktop", { viewport: { width: 1280, height: 1000 } }], ["phone", phone], ["dark", { ...phone, colorScheme: "dark" }]]) {
      const buyer = await visitor(browser, options);
      await buyer.goto(`${shop.url}/events/${id}`);
      await buyer.getByRole("button", { name: "Choose exact seats in Stalls" }).click();
      const map = buyer.locator(".map");
      await buyer.locator(".seat-map .free[data-of=stalls]").first().waitFor();
      await map.focus();
      await buyer.keyboard.press("ArrowRight");
      await buyer.keyboard.press(" ");
      await buyer.keyboard.press("ArrowDown");
      await buyer.keyboard.press(" ");
      assert.equal(await buyer.locator("input[name=seat]:checked").count(), 2);
      await audit(buyer, "hall-map-" + name);
      await leave(buyer);
    }
    const plain = await visitor(browser, { ...phone, javaScriptEnabled: false });
    await plain.goto(`${shop.url}/events/${id}?seats=stalls,upper`);
    await plain.locator("input[value='upper:Circle A:9']").waitFor({ state: "attached" });
    await plain.screenshot({ path: "../../target/browser/hall-list-phone.png", fullPage: true }).catch(() => {});
    await leave(plain);
    await leave(page);
  });
});
