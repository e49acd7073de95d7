// What scripts add to the order form: steppers, the sum, live counts, seat maps that show what others take.
// Thresholds come from the form's data attributes, texts from the page: the server has them. The scripts of seat maps are
// loaded when the first map is opened: most visits open none.
(() => {
  "use strict";
  const { locale, number, all, one, element, text, say, extend, holds, serverNow } = window.boxoffice;

  // However fast the counts change: announcements at most this often, and how often to poll.
  const [ANNOUNCE_MS, POLL_MS] = [8000, 4000];
  const STATES = ["open", "few", "held", "sold"];

  const nameOf = (tier) => one("h3", tier).textContent;
  const ticked = (within) => all("input[name=seat]:checked", within);
  const labelOf = (box) => box.value.split(":").slice(1).join("-");

  function button(sign, label, act) {
    const made = element("button", sign, { type: "button", "aria-label": label });
    made.addEventListener("click", () => act(made));
    return made;
  }

  // Quantities and seats.
  const quantityOf = (tier) => Number(one(".quantity", tier).value);
  // Tiers that share a stock are one party: their seats are chosen on one map, and each is a ticket of one of them.
  const partyOf = (tier) => (tier.dataset.stockOf ? all('[data-tier][data-stock-of="' + tier.dataset.stockOf + '"]', tier.parentElement) : [tier]);
  const askedOf = (tier) => partyOf(tier).reduce((sum, of) => sum + quantityOf(of), 0);
  const seatsOf = (tier) => partyOf(tier).flatMap(ticked);
  // Seats that are still to be chosen: somebody else has taken one, or the number was set before the seats.
  const missingOf = (tier) => ticked(tier).length && askedOf(tier) - ticked(tier).length;
  const totalOf = (order) => order.tiers.reduce((sum, tier) => sum + quantityOf(tier), 0);

  // Minor units as an amount in the event's currency.
  function amounts({ currency, exponent }) {
    const money = new Intl.NumberFormat(locale, { style: "currency", currency });
    // From right to left "R$" would be shown as "$R" without a mark; the server sets it too.
    const mark = (amount) => (document.dir === "rtl" ? amount.replace(/([a-z])\$/gi, "$1$$\u200e") : amount);
    return (minor) => mark(money.format(minor / 10 ** Number(exponent)));
  }

  // What is read from the form once, and what seat maps need of it.
  function readOrder(form) {
    const order = {
      form,
      tiers: all("[data-tier]", form),
      // The letters of the seats of each tier that is followed.
      seats: new Map(),
      limit: Number(form.dataset.limit),
      limitText: text("script-limit", { count: Number(form.dataset.limit) }),
      amount: amounts(form.dataset),
      hint: [...one("[data-summary]", form).childNodes],
      bookText: one("[data-once]", form).textContent,
      // The tickets in all with one more seat of a tier; its quantity counts until there are as many seats.
      totalWith: (tier) => totalOf(order) + (ticked(tier).length < askedOf(tier) ? 0 : 1),
    };
    return order;
  }

  // Shows everything that follows from what is chosen.
  function refresh(order) {
    const total = totalOf(order);
    order.tiers.forEach((tier) => refreshTier(order, tier, total));
    const chosen = order.tiers.filter((tier) => quantityOf(tier) > 0);
    showSummary(order, chosen);
    const missing = order.tiers.reduce((sum, tier) => sum + missingOf(tier), 0);
    const book = one("[data-once]", order.form);
    book.textContent = total ? order.bookText : text("order-choose-tickets");
    if (missing) book.textContent = text("order-choose-more-seats", { count: missing });
    const isWhole = total > 0 && !missing;
    book.classList.toggle("quiet", !isWhole);
    book.classList.toggle("primary", isWhole);
    // What is missing comes first: see `lead`.
    book.formNoValidate = !isWhole;
    showNothingLeft(order, total);
  }

  // Where no ticket is to be had there is nothing to press, until one comes back.
  function showNothingLeft(order, total) {
    const note = one("[data-none]", order.form);
    const all = (...states) => order.tiers.every((tier) => states.some((state) => tier.classList.contains(state)));
    const state = total || !all("sold", "held") ? "" : all("sold") ? "sold" : "held";
    note.textContent = state && text("order-all-" + state);
    note.hidden = !state;
    for (const part of [one(".sum", order.form), one("[data-once]", order.form)]) part.hidden = Boolean(state);
  }

  // An order that is not complete leads to what is missing instead of being sent.
  function lead(order, event) {
    if (event.submitter?.matches("[formmethod]")) return;
    const incomplete = order.tiers.find((tier) => missingOf(tier) > 0);
    if (totalOf(order) && !incomplete) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const tier = incomplete || order.tiers.find((found) => !one(".stepper button:last-child", found).disabled);
    if (!tier) return;
    tier.scrollIntoView({ block: "center" });
    const map = incomplete && one(".map", order.form);
    map?.scrollIntoView({ block: "center" });
    (map || one(".quantity", tier)).focus({ preventScroll: true });
    say(one("[data-once]", order.form).textContent);
  }

  function refreshTier(order, tier, total) {
    const quantity = quantityOf(tier);
    const seats = ticked(tier).length;
    tier.was = quantity;
    tier.classList.toggle("picked", quantity > 0);
    const [less, more] = all(".stepper button", tier);
    const next = [...one(".quantity", tier).options].find((option) => Number(option.value) === quantity + 1);
    // One that has its seats on another's map takes tickets from that one, and gives them back to it.
    const map = !seats && partyOf(tier).find((of) => ticked(of).length);
    less.disabled = quantity <= (seats && partyOf(tier).length === 1 ? seats : 0) || (seats && askedOf(tier) <= seats);
    more.disabled = seats > 0 || !next || next.disabled || (map ? quantityOf(map) < 1 : total >= order.limit);
  }

  // More or fewer tickets of a tier whose seats are chosen on another's map are fewer or more of that one.
  function shift(tier) {
    const map = partyOf(tier).find((of) => ticked(of).length);
    if (!map || map === tier) return;
    const [select, from] = [one(".quantity", tier), one(".quantity", map)];
    const by = Math.min(Number(select.value) - tier.was, Number(from.value));
    select.value = String(tier.was + by);
    from.value = String(Number(from.value) - by);
  }

  // As many tickets of a party as this, those of the tier with the map first.
  function setAsked(tier, tickets) {
    const others = partyOf(tier).filter((of) => of !== tier).map((of) => one(".quantity", of));
    let left = Math.max(0, tickets);
    for (const select of others) {
      select.value = String(Math.min(Number(select.value), left));
      left -= Number(select.value);
    }
    one(".quantity", tier).value = String(left);
  }

  // The seats of a tier: the first of its party's are those of the tier with the map.
  function dealtTo(tier) {
    const map = partyOf(tier).find((of) => ticked(of).length);
    if (!map) return [];
    let at = 0;
    for (const of of [map, ...partyOf(tier).filter((other) => other !== map)]) {
      const to = at + quantityOf(of);
      if (of === tier) return seatsOf(tier).slice(at, to);
      at = to;
    }
    return [];
  }

  // With fees and taxes a price is not always a multiple: then the page has what each number of tickets costs.
  const sumOf = ({ dataset: { sums, price } }, quantity) => Number(sums?.split(" ")[quantity] ?? quantity * Number(price));
  const costOf = (tier) => sumOf(tier, quantityOf(tier));

  function summaryLine(order, tier) {
    const seats = dealtTo(tier).map(labelOf);
    const names = seats.length ? " (" + seats.join(", ") + ")" : "";
    let quantity = number.format(quantityOf(tier));
    if (missingOf(tier) > 0) quantity = text("script-part-of", { part: number.format(seats.length), whole: quantity });
    const line = element("p", "", { class: "line" });
    line.append(
      element("span", quantity + " × " + nameOf(tier) + names),
      element("span", order.amount(costOf(tier))),
    );
    return line;
  }

  function showSummary(order, chosen) {
    const lines = chosen.map((tier) => summaryLine(order, tier));
    one("[data-summary]", order.form).replaceChildren(...(lines.length ? lines : order.hint));
    let sum = chosen.reduce((total, tier) => total + costOf(tier), 0);
    // The page names them.
    if (sum) sum += Number(order.form.dataset.orderFees || 0);
    one("[data-sum]", order.form).textContent = order.amount(sum);
    one("[data-what]", order.form).textContent = lines.map((line) => line.firstChild.textContent).join(", ");
  }

  // Buttons for one ticket less and one more, around the select.
  function addStepper(order, tier) {
    const select = one(".quantity", tier);
    const step = (by) => (made) => {
      // A tier may be sold from so many tickets on: between none and these there is no option.
      select.selectedIndex += by;
      shift(tier);
      refresh(order);
      if (made.disabled) select.focus();
    };
    const stepper = element("div", "", { class: "stepper" });
    select.replaceWith(stepper);
    const [less, more] = ["script-one-less", "script-one-more"].map((id) => text(id, { tier: nameOf(tier) }));
    stepper.append(button("−", less, step(-1)), select, button("+", more, step(1)));
  }

  // Asks what becomes of the tickets of this event that the reader holds already. The server has asked if it knew.
  function askAboutHolds(order) {
    const place = one("[data-holds]", order.form);
    if (!place || (place.firstElementChild && !place.timer)) return;
    clearTimeout(place.timer);
    const held = holds().filter(({ event }) => event === order.form.dataset.event);
    const chosen = one(":checked", place)?.value;
    place.replaceChildren();
    place.hidden = !held.length;
    if (place.hidden) return;
    const choice = (value, said) => {
      const [label, radio] = [element("label", ""), element("input", "", { type: "radio", name: "replaces", value, required: "" })];
      radio.checked = value === chosen;
      label.append(radio, element("span", said));
      return label;
    };
    const count = held.reduce((sum, hold) => sum + hold.count, 0);
    const question = element("fieldset", "", { class: "notice holds" });
    question.append(element("legend", text("own-holds", { count })), choice("none", text("own-holds-keep", { count })));
    for (const hold of held) question.append(choice(hold.id, text("own-holds-replace", hold)));
    place.append(question);
    place.timer = setTimeout(askAboutHolds, Math.max(0, held[0].end - serverNow()), order);
  }

  // The state of a tier with these counts, and the server's text for it.
  function stockOf(form, { available, held }) {
    let state = held > 0 ? "held" : "sold";
    if (available > 0) state = available > Number(form.dataset.few) ? "open" : "few";
    return [state, text("stock-" + state, { number: number.format(available) })];
  }

  function showStock(tier, state, stock) {
    const left = one("[data-left]", tier);
    for (const part of [tier, left]) {
      part.classList.remove(...STATES);
      part.classList.add(state);
    }
    if (left.textContent !== stock) left.textContent = stock;
  }

  function showBar(tier, { capacity, sold, held }) {
    const percent = (part) => Math.floor((part * 100) / capacity);
    one(".bar-sold", tier).setAttribute("width", percent(sold));
    one(".bar-held", tier).setAttribute("x", percent(sold));
    one(".bar-held", tier).setAttribute("width", percent(held));
  }

  function showCount(order, changed, count) {
    const tier = order.tiers.find((found) => found.dataset.tier === count.tier);
    if (!tier) return;
    const [state, stock] = stockOf(order.form, count);
    // Only another state changes what a reader may decide.
    if (!tier.classList.contains(state)) changed.set(nameOf(tier), stock);
    showStock(tier, state, stock);
    showBar(tier, count);
    for (const option of one(".quantity", tier).options) {
      option.disabled = Number(option.value) > count.available && !option.selected;
    }
  }

  // What is left of all tiers, at the top of the page: where nothing is, there is no way to the tickets.
  function showTop(order, { tiers }) {
    // Tiers that share a stock have the same tickets.
    const stocks = tiers.filter(({ shares }) => !shares);
    const sum = (of) => stocks.reduce((all, tier) => all + tier[of], 0);
    const [left, few, badge] = [sum("available"), Number(order.form.dataset.fewOfAll), one("[data-stock]")];
    const state = left > few ? "open" : left ? "few" : sum("held") ? "held" : "sold";
    one("[data-way]").hidden = !left;
    badge.classList.remove(...STATES);
    badge.classList.add(state);
    badge.textContent = state === "open" ? "" : text("stock-" + state, { number: number.format(left) });
    badge.hidden = state === "open";
  }

  // Announces changed states at intervals; returns what ends it.
  function announce(changed) {
    const announcer = setInterval(() => {
      const texts = [...changed].map(([name, stock]) => name + ": " + stock);
      if (texts.length) say(texts.join(". "));
      changed.clear();
    }, ANNOUNCE_MS);
    return () => clearInterval(announcer);
  }

  // The codes of the tiers whose seat maps are open.
  const openMaps = (order) => (maps ? all("[data-seats]", order.form).map((map) => map.dataset.seats) : []);

  function showSeats(order, code, runs) {
    const letters = maps.applyRuns(order.seats.get(code) || [], runs);
    order.seats.set(code, letters);
    maps.show(order, order.tiers.find((tier) => tier.dataset.tier === code), letters);
    refresh(order);
  }

  // Says that the counts may be old, for as long as the server is not reached.
  function showReached(order, isReached) {
    const note = one("[data-unreached]", order.form);
    if (isReached) return note?.remove();
    if (note || order.form.dataset.sent) return;
    const unreached = text("script-counts-unreached");
    one("#tickets", order.form).after(element("p", unreached, { class: "notice", "data-unreached": "", role: "status" }));
  }

  // The scripts of seat maps: fetched at once into the browser's cache, then run, because each needs those before it.
  // What failed is asked for again by the next who opens a map.
  let maps, loading;
  const run = (src) => new Promise((done, failed) => {
    const script = element("script", "", { src });
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  async function loadScripts(sources) {
    await Promise.all(sources.map(async (src) => (await fetch(src)).blob()));
    for (const src of sources) await run(src);
    maps = window.boxoffice.maps;
  }
  function loadMaps({ form }) {
    loading ??= loadScripts(form.dataset.mapScripts.split(" ")).catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  // A button that opens the hall, or another part of a list, without leaving the page.
  function openAtClick(order, opener, section = 0) {
    const url = opener.formAction.split("#")[0] + "?seats=" + encodeURIComponent(opener.value) + (order.form.dataset.query ? "&" + order.form.dataset.query : "");
    opener.addEventListener("click", async (event) => {
      event.preventDefault();
      if (opener.ariaBusy) return;
      opener.ariaBusy = "true";
      one("[data-unopened]", order.form)?.remove();
      say(text("script-map-opening"));
      try {
        await loadMaps(order);
        await maps.open(order, opener, section);
        say("");
      } catch {
        sayUnopened(opener.closest("[data-tier]"), url);
      }
      opener.ariaBusy = null;
    });
  }
  // The list of seats is a page of its own, which needs no map.
  function sayUnopened(tier, href) {
    tier.append(element("p", text("script-map-failed") + " ", { class: "problem", "data-unopened": "", role: "alert" }));
    tier.lastChild.append(element("a", text("script-map-list"), { href }));
  }

  // The maps that the page has already come with.
  async function showMaps(order) {
    const open = all("[data-seats]", order.form);
    if (!open.length) return;
    // Without the drawing the list is there.
    await loadMaps(order).catch(() => {});
    if (!maps || !order.form.isConnected) return;
    open.forEach((map) => maps.setUp(order, map));
    maps.showHall(order);
    open.forEach((map) => order.mapLoaded(map.closest("[data-tier]")));
  }

  // Asks for the counts and the open maps at intervals; returns what ends it.
  function poll(order, update) {
    const tags = new Map();
    const ask = async (url, show) => {
      const tag = tags.get(url);
      const response = await fetch(url, { headers: tag ? { "If-None-Match": tag } : {} }).catch(() => null);
      showReached(order, response?.ok || response?.status === 304);
      if (!response?.ok) return;
      tags.set(url, response.headers.get("ETag") || "");
      show(await response.json());
    };
    const { live, seatsUrl, query = "" } = order.form.dataset;
    const timer = setInterval(() => {
      ask(live + (query && "?" + query), update);
      for (const code of openMaps(order)) {
        const show = ({ rows }) => showSeats(order, code, rows.map(({ seats }) => seats).join(""));
        ask(seatsUrl + "?tier=" + encodeURIComponent(code) + (query && "&" + query), show);
      }
    }, POLL_MS);
    return () => clearInterval(timer);
  }

  // Streams the counts and the open maps, or polls where too many are watching; returns what ends it.
  function listen(order, update) {
    // What a promo code unlocks is in no stream: all share it.
    if (order.form.dataset.query) return poll(order, update);
    const codes = openMaps(order);
    const source = new EventSource(order.form.dataset.live + "/stream" + (codes.length ? "?seats=" + codes.join(",") : ""));
    let stop = () => source.close();
    source.addEventListener("open", () => showReached(order, true));
    source.addEventListener("availability", (event) => update(JSON.parse(event.data)));
    source.addEventListener("seats", (event) => {
      const { tier, seats } = JSON.parse(event.data);
      showSeats(order, tier, seats);
    });
    source.addEventListener("error", () => {
      // The browser reconnects by itself unless the server refused.
      if (source.readyState === EventSource.CLOSED) stop = poll(order, update);
      else showReached(order, false);
    });
    return () => stop();
  }

  // Follows the counts and the open maps while the page is seen; returns what ends it.
  function follow(order) {
    const changed = new Map();
    const update = (counts) => {
      counts.tiers.forEach((count) => showCount(order, changed, count));
      showTop(order, counts);
      refresh(order);
    };
    let stop = () => {};
    const pause = () => {
      stop();
      stop = () => {};
    };
    const start = () => {
      pause();
      if (!document.hidden) stop = listen(order, update);
    };
    // A map that was loaded may be older than what is known of its seats already.
    order.mapLoaded = (tier) => {
      const code = tier.dataset.tier;
      if (order.seats.has(code)) showSeats(order, code, "");
      else start();
      refresh(order);
    };
    const restart = () => { askAboutHolds(order); start(); };
    const events = { visibilitychange: restart, pagehide: pause, pageshow: (event) => event.persisted && restart() };
    for (const [name, act] of Object.entries(events)) addEventListener(name, act);
    const endAnnouncing = announce(changed);
    start();
    return () => {
      pause();
      endAnnouncing();
      for (const [name, act] of Object.entries(events)) removeEventListener(name, act);
    };
  }

  window.boxoffice.order = { ticked, labelOf, button, openAtClick, askedOf, setAsked, partyOf, nameOf };
  extend("#order", (form) => {
    const order = readOrder(form);
    order.tiers.forEach((tier) => addStepper(order, tier));
    form.addEventListener("change", (event) => {
      // Seats are unticked one by one: not by choosing a smaller number.
      const tier = event.target.matches(".quantity") && event.target.closest("[data-tier]");
      if (tier && partyOf(tier).length === 1) event.target.value = String(Math.max(event.target.value, ticked(tier).length));
      else if (tier) {
        shift(tier);
        const seats = ticked(tier).length;
        if (seats && askedOf(tier) < seats) setAsked(tier, seats);
      }
      refresh(order);
    });
    form.addEventListener("submit", (event) => lead(order, event), true);
    all("[data-map]", form).forEach((opener) => openAtClick(order, opener));
    const end = follow(order);
    refresh(order);
    showMaps(order);
    askAboutHolds(order);
    return end;
  });
})();
