// What scripts add to every page; each works without them. No framework, nothing from other hosts.
// `order.js` adds to the order form what it needs, through `window.boxoffice`, and loads the scripts of seat maps.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const locale = root.dataset.locale || "en";
  const number = new Intl.NumberFormat(locale);
  const texts = JSON.parse(root.dataset.texts || "{}");
  const plurals = new Intl.PluralRules(root.lang);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  // The server's text with these values in it; `count` selects a plural form and is written as `number`.
  function text(id, values = {}) {
    let found = texts[id];
    if (typeof found === "object") found = found[plurals.select(values.count)] ?? found.other;
    const given = "count" in values ? { number: number.format(values.count), ...values } : values;
    return found.replace(/{(\w+)}/g, (whole, name) => given[name] ?? whole);
  }

  // A new element with this text and these attributes.
  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    return made;
  }

  // Milliseconds by which the server's clock is ahead of the reader's.
  let clockOffset = 0;
  const setClock = (page) => { clockOffset = Date.parse(page.documentElement.dataset.now) - Date.now(); };
  const serverNow = () => Date.now() + clockOffset;

  // On a narrow screen the place where one is may be beyond the edge of its list.
  for (const place of all(".admin-nav [aria-current]")) {
    const nav = place.parentElement;
    const [inner, outer] = [place.getBoundingClientRect(), nav.getBoundingClientRect()];
    if (inner.left < outer.left || inner.right > outer.right) nav.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }

  // Why a form of an organiser's page was refused is read first.
  one(".admin #refusal")?.focus();

  // What a browser refuses to send must be seen, also if its part of the form was closed again.
  addEventListener("invalid", ({ target }) => { for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true; }, true);

  // Announces a text to screen readers, in the page's one live region.
  const say = (text) => { one("#live").textContent = text; };

  const parse = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

  // What went wrong, where its reader goes on: why an order was refused, a field, why a payment did not go through.
  const trouble = () => one("#refusal") || one("[aria-invalid=true]") || one("#declined");

  // Moves the focus to what is new. A page that the reader did not ask for neither scrolls nor takes the focus
  // from outside its main part.
  function focusNew(asked, wasInside) {
    const heading = one("h1");
    heading.tabIndex = -1;
    const problem = trouble();
    // It stands beside the order, far down on a phone.
    if (problem?.matches("#refusal, #declined")) return problem.focus();
    if (asked) scrollTo(0, 0);
    if (problem) problem.focus();
    else if (asked || wasInside) heading.focus({ preventScroll: true });
    if (!asked) say(heading.textContent);
  }

  // Replaces this page's main part by another page's, unless a later visit has begun meanwhile.
  let visits = 0;
  let shown = location.pathname;
  addEventListener("popstate", () => location.pathname === shown || location.reload());
  async function visit(url, options, asked) {
    const turn = ++visits;
    const response = await fetch(url, options);
    const page = await parse(response);
    if (turn !== visits) return;
    const main = one("main", page);
    if (!main) throw new Error("not a page");
    const isElsewhere = response.redirected && new URL(response.url).pathname !== location.pathname;
    // An order leads to its booking, whose page has come already.
    // What it loads from a payment provider its own headers allow, not those of this page.
    if (isElsewhere && (!one("[data-booking]", main) || one("[data-own-policy]", main))) return location.assign(response.url);
    if (isElsewhere) history.pushState(null, "", response.url);
    shown = location.pathname;
    setClock(page);
    const old = one("main");
    const wasInside = old.contains(document.activeElement);
    const typed = one("#card_number", old)?.value;
    const wasTyping = !asked && document.activeElement?.id === "card_number";
    document.title = page.title;
    loadScripts(page);
    old.replaceWith(document.adoptNode(main));
    one(".languages").replaceWith(document.adoptNode(one(".languages", page)));
    enhance();
    // The server never sends a card number back; the reader goes on with the one that was typed.
    const card = one("#card_number");
    if (card && typed) card.value = typed;
    if (card && wasTyping) card.focus();
    else focusNew(asked, wasInside);
  }
  // What the new part needs and this page has not loaded yet.
  function loadScripts(page) {
    const loaded = new Set([...document.scripts].map((script) => script.src));
    for (const { src } of page.scripts) {
      if (!loaded.has(src)) document.head.append(element("script", "", { src }));
    }
  }
  const bookingPath = () => one("[data-booking]")?.dataset.booking;
  // What the reader has sent counts more than a page that nobody asked for.
  const renew = (failed = () => {}) => one("form[data-sent]") || visit(bookingPath() || location.href).catch(failed);

  // `1d 02:03:04`, `2:03`; from eight days on, days alone.
  function timeLeft(seconds) {
    const two = (n) => String(n).padStart(2, "0");
    const days = Math.floor(seconds / 86400);
    if (days > 7) return text("script-days", { count: days });
    const [hours, minutes] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    const isLong = days > 0 || hours > 0;
    const start = (days ? text("script-days-short", { number: number.format(days) }) + " " : "") + (isLong ? two(hours) + ":" : "");
    return start + (isLong ? two(minutes) : minutes) + ":" + two(seconds % 60);
  }

  // A countdown. A timer is not announced by screen readers at every change.
  function countdown(clock) {
    const end = Date.parse(clock.dataset.countdown);
    const digits = element("span", "", { role: "timer" });
    clock.append(element("small", clock.dataset.label), digits);
    let hasWarned = !("warns" in clock.dataset);
    const tick = () => {
      if (!clock.isConnected) return clearInterval(timer);
      const left = Math.max(0, Math.ceil((end - serverNow()) / 1000));
      digits.textContent = timeLeft(left);
      clock.classList.toggle("soon-over", left <= 60);
      clock.hidden = false;
      if (!hasWarned && left <= 60) {
        hasWarned = true;
        say(text("script-last-minute"));
      }
      if (left > 0) return;
      clearInterval(timer);
      // At a random moment, so that not all readers ask at once.
      if (clock.dataset.then) setTimeout(() => showEnd(clock), 300 + Math.random() * 1200);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  // The tickets that the reader holds, in the header of every other page: by the cookies that a booking's page sets,
  // `hold-<booking>=<end>.<tickets>.<event>`; what ends first comes first.
  const HOLD = /(?:^|; )hold-([\da-f-]{36})=(\d+)\.(\d+)\.([\da-f-]{36})/g;
  function holds() {
    const found = [...document.cookie.matchAll(HOLD)];
    const all = found.map(([, id, end, count, event]) => ({ id, count: Number(count), end: end * 1000, event }));
    return all.filter(({ end }) => end > serverNow()).sort((a, b) => a.end - b.end);
  }
  let holdTimer;
  function showHold() {
    clearTimeout(holdTimer);
    const [link, hold] = [one("[data-held]"), holds().find(({ id }) => !location.pathname.endsWith(id))];
    // The pages of organisers have none.
    if (!link) return;
    link.hidden = !hold;
    if (!hold) return;
    const left = Math.ceil((hold.end - serverNow()) / 1000);
    link.textContent = text("script-hold", { count: hold.count, time: timeLeft(left) });
    link.href = `${link.dataset.held}/${hold.id}`;
    link.classList.toggle("soon-over", left <= 60);
    holdTimer = setTimeout(showHold, 1000);
  }
  addEventListener("pageshow", showHold);
  document.addEventListener("visibilitychange", showHold);

  // What follows the end of a countdown; tried again while the server does not answer.
  const AGAIN_MS = 3000;
  function showEnd(clock) {
    if (!clock.isConnected) return;
    setTimeout(() => showEnd(clock), AGAIN_MS);
    renew(() => one("[data-unreachable]") || clock.after(unreachable()));
  }
  const unreachable = () => element(
    "p", text("script-unreachable"), { class: "alert", "data-unreachable": "", role: "alert" },
  );

  // Tickets that this browser keeps are renewed where there is a connection: see `worker.js`.
  async function renewCopies() {
    const [keeper] = await navigator.serviceWorker?.getRegistrations() ?? [];
    keeper?.active?.postMessage({});
  }

  // The reader's own time after the venue's, where they differ.
  function yourTime(time) {
    const at = new Date(time.dateTime);
    const inZone = (timeZone) => at.toLocaleString("en", { timeZone, dateStyle: "short", timeStyle: "short" });
    if (inZone(time.dataset.zone) === inZone(undefined)) return;
    if ("short" in time.dataset) {
      const there = at.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
      return time.after(" " + text("script-where-you-are", { time: there }));
    }
    const fields = {
      weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZoneName: "short",
    };
    const yours = text("script-your-time", { time: at.toLocaleString(locale, fields) });
    const zone = one(".soft, .fact-more", time.parentElement);
    (zone || time).after(element("span", yours, { class: "yours" }));
  }

  // A form is sent once; a reader who comes back to the page can send it again, under its own key.
  function once(form) {
    form.addEventListener("submit", (event) => {
      // It goes elsewhere: to the same page with what was typed so far.
      if (event.submitter?.matches("[formmethod]")) return;
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      one("[data-once]", form).setAttribute("aria-disabled", "true");
      if (!form.matches("[data-swap]")) return;
      event.preventDefault();
      one("[data-lost]")?.remove();
      const body = new URLSearchParams(new FormData(form));
      visit(form.action, { method: "POST", body }, true).catch(() => {
        release(form);
        form.prepend(lostAnswer());
        form.firstChild.scrollIntoView({ block: "center" });
      });
    });
  }
  function release(form) {
    delete form.dataset.sent;
    one("[data-once]", form).removeAttribute("aria-disabled");
  }
  const lostAnswer = () => element("p", text("script-no-answer"), { class: "alert", "data-lost": "", role: "alert" });
  addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  // The card number in groups of digits.
  function cardField(card) {
    card.addEventListener("input", () => {
      if (card.selectionStart !== card.value.length) return;
      card.value = card.value.replace(/\D/g, "").slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
    });
    all("[data-card]").forEach((code) => testCard(code, card));
  }
  // A test card fills in the field at a click.
  function testCard(code, card) {
    const button = element("button", code.textContent, { type: "button" });
    button.addEventListener("click", () => {
      card.value = button.textContent;
      card.focus();
    });
    code.replaceChildren(button);
  }

  // A payment that the bank answers later: asks until the answer is there, or the hold has ended.
  function awaitPayment(waiting) {
    const same = `[data-poll=${waiting.dataset.poll}]`;
    const timer = setInterval(async () => {
      if (!waiting.isConnected) return clearInterval(timer);
      const response = await fetch(bookingPath()).catch(() => null);
      if (!response?.ok || one(same, await parse(response))) return;
      clearInterval(timer);
      renew();
    }, 1500);
  }

  // Copies a field's text; where that is not allowed, selects it for the reader to copy.
  async function copy(event) {
    const field = one(event.currentTarget.dataset.copy);
    field.select();
    await navigator.clipboard?.writeText(field.value).then(() => say(text("script-copied")), () => {});
  }

  // Buttons that work with scripts only are hidden without them.
  function scriptButton(selector, act) {
    for (const button of all(selector)) {
      button.hidden = false;
      button.addEventListener("click", act);
    }
  }

  // What other files add to elements of the page: each may return a function that undoes it.
  const extensions = [];
  let undo = [];
  const apply = ({ selector, setUp }) => { undo.push(...all(selector).map(setUp).filter(Boolean)); };
  function extend(selector, setUp) {
    const extension = { selector, setUp };
    extensions.push(extension);
    apply(extension);
  }

  // Adds everything to a page, or to the main part that has replaced another.
  function enhance() {
    undo.forEach((act) => act());
    undo = [];
    all("[data-countdown]").forEach(countdown);
    all("time[data-zone]").forEach(yourTime);
    all("form:has([data-once])").forEach(once);
    scriptButton("[data-print]", () => print());
    scriptButton("[data-reload]", () => location.reload());
    scriptButton("[data-copy]", copy);
    all("#card_number").forEach(cardField);
    all("[data-poll]").forEach(awaitPayment);
    showHold();
    // A field says so itself.
    if (trouble()?.matches("#refusal, #declined")) trouble().focus();
    extensions.forEach(apply);
  }

  window.boxoffice = { locale, number, all, one, element, text, say, parse, extend, holds, serverNow };
  setClock(document);
  enhance();
  // A page from the browser's history has an old clock.
  const isFromHistory = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (isFromHistory && one("[data-countdown]")) renew();
  // A browser that forbids it keeps none.
  renewCopies().catch(() => {});
})();
