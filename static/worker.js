// A service worker that shows tickets without a connection. It keeps the pages of confirmed bookings that this
// browser has opened, with the files that they load, and nothing else.
//
// What must hold: the network comes first, so a copy is shown only if the shop does not answer in time or fails, and
// says when it was saved; a page of a booking that is not confirmed any more takes its copies away; there are
// PAGES_MAX copies at most, none older than AGE_MAX_MS. Whoever opens any page of the shop has copies that are older
// than RENEW_MS renewed, one after the other: a booking may have been cancelled elsewhere. A new buyer's answer clears
// all: see `shop::buyers`.
"use strict";
const CACHE = "tickets";
const PAGES_MAX = 12;
const AGE_MAX_MS = 90 * 24 * 3600 * 1000;
const FRESH_MS = 60_000;
const RENEW_MS = 10 * 60_000;
const WAIT_MS = 4000;
const SAVED = "x-saved";
const BOOKING = /\/bookings\/[\da-f-]{36}$/;
const KEPT = /<div class="[^"<]*" data-booking="[^"<]*" data-keep>/;
const LOADED = /"(\/static\/[^"<]+)"/g;

const idOf = (url) => new URL(url).pathname.split("/").pop();
const isPage = (request) => BOOKING.test(new URL(request.url).pathname);
const find = (cache, request) => cache.match(request, { ignoreVary: true });
const savedAt = (response) => Number(response.headers.get(SAVED));
const isYoung = (response) => Date.now() - savedAt(response) < AGE_MAX_MS;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) return event.respondWith(file(request));
  if (request.mode !== "navigate" || !isPage(request)) return;
  url.hash = "";
  const answer = fetch(request);
  event.waitUntil(answer.then((response) => note(url.href, response.clone())).catch(() => {}));
  event.respondWith(pageOf(url.href, answer));
});

addEventListener("message", (event) => {
  const { keep, drop } = event.data;
  if (keep) event.waitUntil(open(keep).then((isKept) => event.ports[0].postMessage(isKept)));
  else event.waitUntil(drop ? forget(drop) : renew());
});

// A file's name changes with its content.
async function file(request) {
  return await find(await caches.open(CACHE), request) ?? fetch(request);
}

async function pageOf(url, answer) {
  const late = new Promise((done) => { setTimeout(done, WAIT_MS); });
  const response = await Promise.race([answer, late]).catch(() => undefined);
  if (response && response.status < 500) return response;
  return await copyOf(url) ?? answer;
}

// The page as it was saved, which says so.
async function copyOf(url) {
  const saved = await find(await caches.open(CACHE), url);
  if (!saved || !isYoung(saved)) return undefined;
  const html = await saved.text();
  const locale = html.match(/data-locale="([^"]*)"/)?.[1];
  const at = new Date(savedAt(saved));
  const isToday = at.toDateString() === new Date().toDateString();
  const format = isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  const marked = html
    .replace(/data-now="[^"]*"/, `data-now="${new Date().toISOString()}"`)
    .replace("data-offline hidden", "data-offline")
    .replace("<time data-saved>", `<time datetime="${at.toISOString()}">${at.toLocaleString(locale, format)}`);
  return new Response(marked, { headers: saved.headers });
}

// What an answer means for the copies: it becomes one, or ends them.
async function note(url, response) {
  const cache = await caches.open(CACHE);
  if (response.status === 403 || response.status === 404) await cache.delete(url, { ignoreVary: true });
  if (response.status !== 200) return;
  const html = await response.text();
  if (!KEPT.test(html)) return forget(url);
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  headers.set(SAVED, String(Date.now()));
  for (const path of filesOf(html)) if (!await find(cache, path)) await cache.add(path);
  await cache.put(url, new Response(html, { headers }));
  await prune(cache);
}

// Keeps a page that came without this worker: the first one, and those that follow a form. Whether it is kept.
async function open(url) {
  const cache = await caches.open(CACHE);
  const saved = await find(cache, url);
  if (saved && Date.now() - savedAt(saved) < FRESH_MS) return true;
  await note(url, await fetch(url));
  return Boolean(await find(cache, url));
}

// Asks the shop for the copies that are not new; what it does not answer stays.
async function renew() {
  const cache = await caches.open(CACHE);
  for (const request of (await cache.keys()).filter(isPage).slice(0, PAGES_MAX)) {
    const saved = await find(cache, request);
    if (!saved || Date.now() - savedAt(saved) < RENEW_MS) continue;
    const response = await fetch(request.url).catch(() => undefined);
    if (!response) return;
    await note(request.url, response);
  }
}

// Drops the copies of a booking, in each language.
async function forget(url) {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (isPage(request) && idOf(request.url) === idOf(url)) await cache.delete(request, { ignoreVary: true });
  }
  await prune(cache);
}

// Drops pages that are too old or too many, and files that no page loads.
async function prune(cache) {
  const requests = await cache.keys();
  const pages = await Promise.all(requests.filter(isPage).map(async (request) => {
    const response = await find(cache, request);
    return { request, at: savedAt(response), isYoung: isYoung(response), html: await response.text() };
  }));
  pages.sort((a, b) => b.at - a.at);
  const kept = pages.filter((page) => page.isYoung).slice(0, PAGES_MAX);
  const wanted = new Set(kept.flatMap((page) => [page.request.url, ...filesOf(page.html).map((path) => location.origin + path)]));
  for (const request of requests) {
    if (!wanted.has(request.url)) await cache.delete(request, { ignoreVary: true });
  }
}
function filesOf(html) {
  return [...new Set([...html.matchAll(LOADED)].map(([, path]) => path))];
}
