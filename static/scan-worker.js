// A service worker that opens the scanner without a connection: it keeps the scanner's pages that this browser has opened,
// with the files that they load, and nothing else. Lists and scans are kept by `scan-store.js`.
//
// What must hold: the network comes first, so a copy is shown only if the server does not answer in time; a page is kept
// only if it was answered as the scanner; there are PAGES_MAX pages at most.
"use strict";
const CACHE = "scanner";
const PAGES_MAX = 6;
const WAIT_MS = 4000;
const LOADED = /"(\/static\/[^"<]+)"|&#34;(\/static\/[^&]+)&#34;/g;
const PAGE = /\/scan\/[\da-f-]{36}$/;

const isPage = (url) => PAGE.test(url.pathname) && url.searchParams.has("gate");
// What was scanned last is not part of the page.
function keyOf(href) {
  const url = new URL(href);
  return `${url.origin}${url.pathname}?gate=${url.searchParams.get("gate")}`;
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) return event.respondWith(file(request));
  if (request.mode === "navigate" && isPage(url)) event.respondWith(page(request));
});

addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});

async function file(request) {
  const kept = await (await caches.open(CACHE)).match(request, { ignoreVary: true });
  return kept ?? fetch(request);
}

async function page(request) {
  const answer = fetch(request);
  const late = new Promise((yes) => { setTimeout(yes, WAIT_MS); });
  const first = await Promise.race([answer.catch(() => undefined), late]);
  if (first && first.status < 500) return first;
  const kept = await (await caches.open(CACHE)).match(keyOf(request.url), { ignoreVary: true });
  return kept ?? first ?? answer;
}

// Fetches the page and its files anew, and keeps them.
async function keep(href) {
  const url = new URL(href);
  if (!isPage(url)) return;
  const response = await fetch(keyOf(href)).catch(() => undefined);
  if (!response?.ok || response.redirected) return;
  const html = await response.clone().text();
  if (!html.includes("data-scan=")) return;
  const cache = await caches.open(CACHE);
  await cache.put(keyOf(href), response);
  const files = new Set([...html.matchAll(LOADED)].map(([, plain, quoted]) => plain ?? quoted));
  // The fonts are those of the stylesheet.
  for (const path of files) {
    if (!(await cache.match(path, { ignoreVary: true }))) await cache.add(path).catch(() => {});
  }
  const pages = (await cache.keys()).filter((request) => PAGE.test(new URL(request.url).pathname));
  for (const old of pages.slice(0, Math.max(0, pages.length - PAGES_MAX))) await cache.delete(old, { ignoreVary: true });
}
