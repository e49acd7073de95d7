// The real server with a PostgreSQL of its own, a real Chromium, and the steps that several tests share.

import { execFile, spawn } from "node:child_process";
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { chromium } from "playwright-core";
import decode from "qr/decode.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR || join(root, "target");
const program = process.env.BOXOFFICE_PROGRAM || join(target, "debug/boxoffice");
export const pictures = join(root, "target/browser");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/// The machine's own Chromium. Without one the tests fail; they are never skipped.
function browserPath() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const directories = process.env.PATH.split(delimiter).concat("/Applications/Google Chrome.app/Contents/MacOS");
  for (const name of names.concat("Google Chrome")) {
    for (const directory of directories) {
      try {
        accessSync(join(directory, name), constants.X_OK);
        return join(directory, name);
      } catch {}
    }
  }
  throw new Error(`no Chromium on the PATH: ${names.join(", ")}; scripts/setup test installs it`);
}

export const openBrowser = () => chromium.launch({
  executablePath: browserPath(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/// A server process on a free port: `url`, and `stop()`.
async function startServer(args, env) {
  const server = spawn(program, ["--listen", "127.0.0.1:0", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  server.stderr.on("data", (data) => { log += data; });
  const ended = new Promise((done) => server.once("exit", done));
  const opened = (async () => {
    for await (const line of createInterface({ input: server.stdout })) {
      const url = line.match(/http:\S+/)?.[0];
      if (url) return url;
    }
    throw new Error(`the server did not open: ${log}`);
  })();
  const url = await opened;
  server.stdout.resume();
  return { url, stop: async () => { server.kill("SIGINT"); await ended; } };
}

/// Two servers on one database: `shop`, with these flags beside, and `shortHolds`, whose holds last four seconds.
export async function openShop(flags = []) {
  const directory = mkdtempSync(join(tmpdir(), "boxoffice-browser-"));
  // As root PostgreSQL runs as another user, who must get to its data.
  chmodSync(directory, 0o755);
  const { DATABASE_URL: _, ...env } = process.env;
  const dataDir = ["--data-dir", directory];
  // The bank that answers later takes long enough to be looked at meanwhile.
  const shop = await startServer([...dataDir, "--drain-seconds", "0", "--gateway-webhook-delay-ms", "6000", ...flags], env);
  const [pid, , , , socket] = readFileSync(join(directory, "postgres/postmaster.pid"), "utf8").split("\n");
  const database = { ...env, DATABASE_URL: `host='${socket}' port=5432 user='boxoffice' dbname='boxoffice'` };
  const shortHolds = await startServer(["--hold-seconds", "4", "--drain-seconds", "0"], database);
  const run = promisify(execFile);
  return {
    url: shop.url,
    shortHolds: shortHolds.url,
    /// The id of a new event with these tiers; see `boxoffice create-event --help`.
    async event(name, tiers, more = {}) {
      const args = { name, "starts-at": "2030-06-01T20:00:00+01:00", currency: "EUR", venue: "Sala do Cais", city: "Lisbon", country: "PT", "time-zone": "Europe/Lisbon", ...more };
      const words = Object.entries(args).flatMap(([key, value]) => [`--${key}`, value]);
      const { stdout } = await run(program, ["create-event", ...words, ...tiers.flatMap((tier) => ["--tier", tier])], { env: database });
      return JSON.parse(stdout).id;
    },
    /// The path of a link that makes an account on the organiser's side.
    async invitation(email, role = "owner") {
      const { stdout } = await run(program, ["organiser", "add", "--email", email, "--role", role], { env: database });
      return stdout.trim();
    },
    /// Fails with the offending rows if an invariant is broken.
    check: () => run(program, ["check"], { env: database }),
    /// Runs a statement with the psql that stands beside the running PostgreSQL.
    async sql(statement) {
      let programs = "";
      try { programs = dirname(readlinkSync(`/proc/${pid}/exe`)); } catch {}
      await run(join(programs, "psql"), ["-h", socket, "-U", "boxoffice", "-v", "ON_ERROR_STOP=1", "-c", statement, "boxoffice"]);
    },
    /// Stops `shop` and PostgreSQL with it; `shortHolds` goes on without.
    loseDatabase: () => shop.stop(),
    async close() {
      await shortHolds.stop();
      await shop.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/// The shop and the browser of a file's tests: see `withShop`.
export let shop, browser;

/// Opens `shop` and `browser` before the tests of a file and prepares what they share; closes them after. At the end
/// every invariant holds. Each file runs in a process of its own. `flags` answers more of the server's.
export function withShop(prepare = () => {}, flags = async () => []) {
  before(async () => {
    [shop, browser] = await Promise.all([flags().then(openShop), openBrowser()]);
    await prepare();
  });
  after(async () => {
    await browser?.close();
    try {
      await shop?.check();
    } finally {
      await shop?.close();
    }
  });
}

/// A page of a browser of its own; whatever it asks of another host than ours fails the test.
export async function visitor(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", timezoneId: "Europe/Lisbon", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.strangers = [];
  page.mistakes = [];
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "127.0.0.1") page.strangers.push(request.url());
  });
  page.on("pageerror", (error) => page.mistakes.push(String(error)));
  page.on("console", (message) => message.text().includes("Content Security Policy") && page.mistakes.push(message.text()));
  return page;
}

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/// Closes a visitor's browser.
export async function leave(...pages) {
  for (const page of pages) {
    assert.deepEqual(page.strangers, []);
    assert.deepEqual(page.mistakes, []);
    await page.context().close();
  }
}

export const quantity = (page, tier) => page.locator(`#qty-${tier}`);
export const book = (page) => page.getByRole("button", { name: "Book", exact: true }).click();
export const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

/// Books, beside what the visitor holds of the event, and lands on the booking's page, whose path it answers.
export async function hold(page, url, event, wanted) {
  await page.goto(`${url}/events/${event}`);
  for (const [tier, count] of Object.entries(wanted)) await quantity(page, tier).selectOption(String(count));
  const asWell = page.locator("[name=replaces][value=none]");
  if (await asWell.count()) await asWell.check();
  await book(page);
  await page.waitForURL("**/bookings/*");
  return new URL(page.url()).pathname;
}

export async function pay(page, number) {
  await page.getByLabel("Card number").fill(number);
  await page.getByRole("button", { name: /^Pay / }).click();
}

// The standard's rules, and those on accessibility; none on style.
const html = new HtmlValidate(new StaticConfigLoader({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // What a browser says of its document: `disabled=""`, `<!DOCTYPE html>`.
    "attribute-boolean-style": "off",
    "doctype-style": "off",
    // Seats of a tier are one list, and so are the maps that are open.
    "form-dup-name": "off",
    // Buttons submit unless they say otherwise.
    "no-implicit-button-type": "off",
    // Safari takes a list without marks for no list, unless it says so.
    "no-redundant-role": "off",
    "prefer-native-element": "off",
    // The title is as long as the event's name.
    "long-title": "off",
  },
}));

/// Fails on what is not valid HTML in the page as it is.
async function validate(page, name) {
  const { results } = await html.validateString(await page.content());
  const found = results.flatMap(({ messages }) => messages).map((it) => `${it.ruleId}: ${it.message} (${it.selector})`);
  assert.deepEqual(found, [], name);
}

/// Fails on what is not valid and on what the accessibility rules find in the page as it is, light and dark, and keeps
/// pictures of it: light on a desktop and dark on a phone, or all four with PICTURES=all.
export async function audit(page, name) {
  await validate(page, name);
  mkdirSync(pictures, { recursive: true });
  const size = page.viewportSize();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate((source) => { if (!window.axe) (0, eval)(source); }, axe).catch(() => page.addScriptTag({ content: axe }));
    // In the dark only the colours are other ones.
    const runOnly = colorScheme === "dark" ? { type: "rule", values: ["color-contrast"] } : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await page.evaluate(async (rules) => {
      const { violations } = await axe.run(document, rules);
      return violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
    }, { resultTypes: ["violations"], runOnly });
    assert.deepEqual(found, [], `${name}, ${colorScheme}`);
    for (const [device, width, height] of [["small phone", 320, 640], ["large screen", 1920, 1080], ["desktop", 1280, 900], ["phone", 390, 844]]) {
      await page.setViewportSize({ width, height });
      // A phone's own width grows with what does not fit.
      const wide = await page.evaluate((width) => document.documentElement.scrollWidth - width, width);
      assert.ok(wide <= 0, `${name} is ${wide} pixels too wide on a ${device}`);
      if (device.includes(" ")) continue;
      if (process.env.PICTURES !== "all" && (device === "desktop") !== (colorScheme === "light")) continue;
      // As tall as the page, so that what sticks to the window's edge stands where it belongs.
      const tall = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height: Math.max(height, tall) });
      await page.screenshot({ path: join(pictures, `${name}-${device}-${colorScheme}.png`) });
    }
    await page.setViewportSize(size);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/// Reads the QR code in a picture of this part of the page, as a scanner sees it.
export async function readCode(locator) {
  const png = (await locator.screenshot({ scale: "css" })).toString("base64");
  const { width, height, data } = await locator.page().evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return { width: image.width, height: image.height, data: Array.from(data) };
  }, png);
  return decode({ width, height, data: Uint8ClampedArray.from(data) });
}

/// Presses Tab until this has the focus.
export async function tabTo(page, locator) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await locator.evaluate((element) => element === document.activeElement)) {
      const outline = await locator.evaluate((element) => getComputedStyle(element).outlineStyle);
      assert.notEqual(outline, "none", "the focus must be seen");
      return;
    }
  }
  throw new Error(`the keyboard does not get to ${locator}`);
}

/// The path of an event's page, to which its id is redirected.
export const pathOf = async (url, event) => new URL((await fetch(`${url}/events/${event}`)).url).pathname;

/// How many bytes come over the wire for a path, compressed.
export const bytesOf = (url) => new Promise((done, failed) => {
  http.get(url, { headers: { "Accept-Encoding": "br, gzip", "Accept-Language": "en" } }, (response) => {
    let bytes = 0;
    response.on("data", (data) => { bytes += data.length; });
    response.on("end", () => done({ bytes, headers: response.headers }));
  }).on("error", failed);
});
