import { openBrowser, openShop, visitor } from "./support.js";
const shop = await openShop(); const browser = await openBrowser();
try {
  const page = await visitor(browser, { viewport: { width: 1280, height: 1000 } });
  page.on("pageerror", (e) => console.log("ERR", e.stack));
  await page.goto(shop.url + await shop.invitation("ana@example.org"));
  await page.getByLabel("Name").fill("Ana Silva");
  await page.getByLabel("New password").fill("correct horse battery");
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.goto(shop.url + "/admin/halls");
  await page.getByLabel("Name").fill("X");
  await page.locator("#rows").fill("4"); await page.locator("#seats").fill("4 _ 4");
  await page.getByRole("button", { name: "Draw it" }).click();
  await page.locator(".seat-map .s").first().waitFor();
  const texts = () => page.locator("textarea.hall-rows").evaluateAll((a) => a.map((x) => x.value));
  await page.locator('[data-of=s0][data-seat="A-1"]').click();
  console.log(await texts());
  await page.getByRole("button", { name: "Add a row behind" }).click();
  console.log(await texts());
  await page.getByRole("button", { name: "Remove the row" }).click();
  console.log(await texts());
  console.log(page.mistakes);
} finally { await browser.close(); await shop.close(); }
