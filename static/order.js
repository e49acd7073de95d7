// What scripts add to the order form: steppers, the sum, seat maps that load in place, live counts.
// Thresholds and the texts of a tier's stock come from the form's data attributes: the server has them.
(() => {
  "use strict";
  const { locale, number, all, one, element, say, parse, extend } = window.boxoffice;

  // However fast the counts change: announcements and seat maps at most this often, and how often to poll.
  const [ANNOUNCE_MS, MAP_MS, POLL_MS] = [8000, 3000, 4000];
  const STATES = ["open", "few", "held", "sold"];
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  // Quantities and seats.
  const nameOf = (tier) => one("h3", tier).textContent;
  const ticked = (within) => all("input[name=seat]:checked", within);
  const labelOf = (box) => box.value.split(":").slice(1).join("-");
  const quantityOf = (tier) => ticked(tier).length || Number(one(".quantity", tier).value);
  const totalOf = (order) => order.tiers.reduce((sum, tier) => sum + quantityOf(tier), 0);

  function button(text, label, act) {
    const made = element("button", text, { type: "button", "aria-label": label });
    made.addEventListener("click", () => act(made));
    return made;
  }

  // Minor units as an amount in the event's currency.
  function amounts({ currency, exponent }) {
    const money = new Intl.NumberFormat(locale, { style: "currency", currency });
    return (minor) => money.format(minor / 10 ** Number(exponent));
  }

  // What is read from the form once.
  function readOrder(form) {
    return {
      form,
      tiers: all("[data-tier]", form),
      limit: Number(form.dataset.limit),
      limitText: one("[data-limit-text]", form).textContent,
      amount: amounts(form.dataset),
      hint: [...one("[data-summary]", form).childNodes],
      bookText: one("[data-once]", form).textContent,
    };
  }

  // Shows everything that follows from what is chosen.
  function refresh(order) {
    const total = totalOf(order);
    order.tiers.forEach((tier) => refreshTier(order, tier, total));
    const chosen = order.tiers.filter((tier) => quantityOf(tier) > 0);
    showSummary(order, chosen);
    const book = one("[data-once]", order.form);
    book.textContent = total ? order.bookText : book.dataset.empty;
    book.classList.toggle("quiet", !total);
    book.classList.toggle("primary", total > 0);
  }

  function refreshTier(order, tier, total) {
    const quantity = quantityOf(tier);
    const hasSeats = ticked(tier).length > 0;
    tier.classList.toggle("picked", quantity > 0);
    const [less, more] = all(".stepper button", tier);
    const next = [...one(".quantity", tier).options].find((option) => Number(option.value) === quantity + 1);
    less.disabled = hasSeats || quantity === 0;
    more.disabled = hasSeats || !next || next.disabled || total >= order.limit;
  }

  const costOf = (tier) => quantityOf(tier) * Number(tier.dataset.price);

  function summaryLine(order, tier) {
    const seats = ticked(tier).map(labelOf);
    const names = seats.length ? " (" + seats.join(", ") + ")" : "";
    const line = element("p", "", { class: "line" });
    line.append(
      element("span", number.format(quantityOf(tier)) + " × " + nameOf(tier) + names),
      element("span", order.amount(costOf(tier))),
    );
    return line;
  }

  function showSummary(order, chosen) {
    const lines = chosen.map((tier) => summaryLine(order, tier));
    one("[data-summary]", order.form).replaceChildren(...(lines.length ? lines : order.hint));
    one(".sum", order.form).hidden = false;
    const sum = chosen.reduce((total, tier) => total + costOf(tier), 0);
    one("[data-sum]", order.form).textContent = order.amount(sum);
    one("[data-what]", order.form).textContent = lines.map((line) => line.firstChild.textContent).join(", ");
  }

  // Buttons for one ticket less and one more, around the select.
  function addStepper(order, tier) {
    const select = one(".quantity", tier);
    const step = (by) => (made) => {
      select.value = String(Number(select.value) + by);
      refresh(order);
      if (made.disabled) select.focus();
    };
    const stepper = element("div", "", { class: "stepper" });
    select.replaceWith(stepper);
    const [less, more] = ["One less ", "One more "].map((label) => label + nameOf(tier));
    stepper.append(button("−", less, step(-1)), select, button("+", more, step(1)));
  }

  // The drawing and the list are two views of the same checkboxes.
  const boxOf = (map, label) => all("input[name=seat]", map).find((box) => labelOf(box) === label);
  const markSeat = (map, box) =>
    one('[data-seat="' + labelOf(box) + '"]', map)?.classList.toggle("chosen", box.checked);

  function toggleSeat(order, map, label) {
    const box = boxOf(map, label);
    if (!box) return;
    const tier = map.closest("[data-tier]");
    // The first named seat replaces the tier's quantity.
    const added = ticked(tier).length ? 1 : 1 - quantityOf(tier);
    if (!box.checked && totalOf(order) + added > order.limit) return say(order.limitText);
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    say(label + (box.checked ? " chosen" : " not chosen"));
  }

  const at = (seat) => [Number(seat.getAttribute("x")), Number(seat.getAttribute("y"))];

  // The free seat nearest to the cursor in this direction, or the cursor if there is none.
  function nextSeat(seats, cursor, [dx, dy]) {
    const [x, y] = at(cursor);
    const distance = (seat) => {
      const [right, down] = [at(seat)[0] - x, at(seat)[1] - y];
      const along = right * dx + down * dy;
      const aside = Math.abs(dx ? down : right);
      return along > 0 && (dy || aside === 0) ? along + 3 * aside : Infinity;
    };
    return seats.reduce((best, seat) => (distance(seat) < distance(best) ? seat : best), cursor);
  }

  // Arrow keys move a cursor over the free seats; space and enter choose.
  function steer(order, map, area) {
    let cursor = null;
    const move = (direction) => {
      const seats = all("[data-seat]", area);
      const next = cursor?.isConnected
        ? nextSeat(seats, cursor, direction)
        : one(".chosen[data-seat]", area) || seats[0];
      cursor?.classList.remove("cursor");
      if (!next) return;
      cursor = next;
      cursor.classList.add("cursor");
      cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
      say(cursor.dataset.seat + (cursor.matches(".chosen") ? " chosen" : ""));
    };
    area.addEventListener("keydown", (event) => {
      const isChoice = event.key === " " || event.key === "Enter";
      const direction = ARROWS[event.key];
      if (!direction && !(isChoice && cursor)) return;
      event.preventDefault();
      if (isChoice) toggleSeat(order, map, cursor.dataset.seat);
      else move(direction);
    });
    area.addEventListener("blur", () => cursor?.classList.remove("cursor"));
  }

  // Buttons that show the drawing smaller and larger around its middle.
  function addZoom(map, area) {
    const drawing = one(".seat-map", area);
    const natural = Number(drawing.getAttribute("width"));
    const zoom = (by) => () => {
      const middle = (area.scrollLeft + area.clientWidth / 2) / area.scrollWidth;
      const width = Number(drawing.getAttribute("width")) * by;
      drawing.setAttribute("width", Math.min(Math.max(width, natural / 3), natural * 2));
      area.scrollLeft = middle * area.scrollWidth - area.clientWidth / 2;
    };
    const name = nameOf(map.closest("[data-tier]")) + " seat map";
    const tools = element("div", "", { class: "map-tools" });
    tools.append(button("−", "Smaller " + name, zoom(0.75)), button("+", "Larger " + name, zoom(1 / 0.75)));
    area.after(tools);
    // The whole map if its seats are then still large enough to hit.
    const smallest = natural * (matchMedia("(pointer: fine)").matches ? 0.55 : 0.75);
    drawing.setAttribute("width", Math.min(natural, Math.max(area.clientWidth, smallest)));
  }

  // Makes a seat map that has just come into the page usable.
  function setUpMap(order, map) {
    const tier = map.closest("[data-tier]");
    const area = one(".map", map);
    ticked(map).forEach((box) => markSeat(map, box));
    one(".rows", map).open = false;
    one(".seat-map", map).addEventListener("click", (event) => toggleSeat(order, map, event.target.dataset.seat));
    map.addEventListener("change", (event) => {
      if (event.target.name !== "seat") return;
      markSeat(map, event.target);
      one(".quantity", tier).value = String(Math.min(ticked(tier).length, order.limit));
    });
    steer(order, map, area);
    addZoom(map, area);
    all("[data-section]", map).forEach((opener) => loadAtClick(order, opener, tier));
    area.scrollLeft = (area.scrollWidth - area.clientWidth) / 2;
  }

  // Ticks in a new map what was ticked in the old one; returns the seats that are not free any more.
  function keepTicked(old, map) {
    const gone = [];
    for (const box of ticked(old)) {
      const same = boxOf(map, labelOf(box));
      const isRowShown = one('[data-row="' + box.value.split(":")[1] + '"]', map);
      if (same) same.checked = true;
      else if (isRowShown) gone.push(labelOf(box));
      else keepElsewhere(map, box);
    }
    return gone;
  }

  // A ticked seat of a row that the new map does not show.
  function keepElsewhere(map, box) {
    const elsewhere = one("[data-elsewhere]", map);
    elsewhere.append(box.closest("label").cloneNode(true));
    one("label:last-child span", elsewhere).textContent = labelOf(box);
    elsewhere.hidden = false;
  }

  // How a map is shown: its scroll position, its size, whether its list is open, and where the focus is in it.
  function viewOf(map) {
    const area = one(".map", map);
    const focused = map.contains(document.activeElement) ? document.activeElement : null;
    return {
      scroll: { scrollLeft: area.scrollLeft, scrollTop: area.scrollTop },
      width: one(".seat-map", map).getAttribute("width"),
      isListOpen: one(".rows", map).open,
      focus: focused && (focused.value || focused.className || "map"),
    };
  }

  function restoreView(map, view) {
    one(".seat-map", map).setAttribute("width", view.width);
    one(".rows", map).open = view.isListOpen;
    Object.assign(one(".map", map), view.scroll);
    if (!view.focus) return;
    const box = all("input[name=seat]", map).find((found) => found.value === view.focus);
    (box || one(".map", map)).focus({ preventScroll: true });
  }

  function sayGone(tier, map, gone) {
    const seats = gone.join(", ").replaceAll("-", "\u2011");
    const text = "Just taken by somebody else: " + seats
      + ". Pick others, or book and we choose the best that are free.";
    const note = one(".problem", tier) || element("p", "", { class: "problem" });
    note.textContent = text;
    tier.addEventListener("change", () => note.remove(), { once: true });
    map.before(note);
    say(text);
  }

  // Loads a tier's seat map as it is now, in place of the one that is shown.
  async function loadMap(order, tier, url) {
    const page = await parse(await fetch(url));
    const map = one('[data-seats="' + tier.dataset.tier + '"]', page);
    const old = one(".seats", tier);
    const gone = old ? keepTicked(old, map) : [];
    const view = old && viewOf(old);
    if (old) old.replaceWith(document.adoptNode(map));
    else tier.append(document.adoptNode(map));
    setUpMap(order, map);
    if (view) restoreView(map, view);
    if (gone.length) sayGone(tier, map, gone);
    refresh(order);
  }

  // A button that opens a map, or another part of it, without leaving the page.
  function loadAtClick(order, opener, tier) {
    const url = opener.formAction.split("#")[0] + "?seats=" + encodeURIComponent(opener.value);
    const show = () => {
      if (opener.matches("[data-map]")) opener.parentElement.remove();
      one(".map", tier).focus({ preventScroll: true });
    };
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      loadMap(order, tier, url).then(show, () => location.assign(url));
    });
  }

  // The state of a tier with these counts, and the server's text for it.
  function stockOf(form, { available, held }) {
    let state = held > 0 ? "held" : "sold";
    if (available > 0) state = available > Number(form.dataset.few) ? "open" : "few";
    return [state, form.getAttribute("data-text-" + state).replace("{}", number.format(available))];
  }

  function showStock(tier, state, text) {
    const left = one("[data-left]", tier);
    for (const part of [tier, left]) {
      part.classList.remove(...STATES);
      part.classList.add(state);
    }
    if (left.textContent !== text) left.textContent = text;
  }

  function showBar(tier, { capacity, sold, held }) {
    const percent = (part) => Math.floor((part * 100) / capacity);
    one(".bar-sold", tier).setAttribute("width", percent(sold));
    one(".bar-held", tier).setAttribute("x", percent(sold));
    one(".bar-held", tier).setAttribute("width", percent(held));
  }

  function showCount(order, changes, count) {
    const tier = order.tiers.find((found) => found.dataset.tier === count.tier);
    if (!tier) return;
    const [state, text] = stockOf(order.form, count);
    const map = one(".seats", tier);
    // Only another state changes what a reader may decide.
    if (!tier.classList.contains(state)) changes.announced.set(nameOf(tier), text);
    if (map && one("[data-left]", tier).textContent !== text) changes.maps.set(tier, mapUrl(order, map));
    showStock(tier, state, text);
    showBar(tier, count);
    for (const option of one(".quantity", tier).options) {
      option.disabled = Number(option.value) > count.available && !option.selected;
    }
  }
  const mapUrl = (order, map) =>
    order.form.getAttribute("action").replace(/\/bookings$/, "") + "?seats=" + one("[name=maps]", map).value;

  // Announces changed states and loads changed maps, each at intervals; returns what ends it.
  function publish(order, changes) {
    const announcer = setInterval(() => {
      const texts = [...changes.announced].map(([name, text]) => name + ": " + text);
      if (texts.length) say(texts.join(". "));
      changes.announced.clear();
    }, ANNOUNCE_MS);
    const loader = setInterval(() => {
      changes.maps.forEach((url, tier) => loadMap(order, tier, url).catch(() => {}));
      changes.maps.clear();
    }, MAP_MS);
    return () => [announcer, loader].forEach(clearInterval);
  }

  // Asks for the counts at intervals; returns what ends it.
  function poll(url, update) {
    let etag = "";
    const timer = setInterval(async () => {
      const headers = etag ? { "If-None-Match": etag } : {};
      const response = await fetch(url, { headers }).catch(() => null);
      if (!response?.ok) return;
      etag = response.headers.get("ETag") || "";
      update(await response.json());
    }, POLL_MS);
    return () => clearInterval(timer);
  }

  // Streams the counts, or polls where too many are watching; returns what ends it.
  function listen(url, update) {
    const source = new EventSource(url + "/stream");
    let stop = () => source.close();
    source.addEventListener("availability", (event) => update(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      // The browser reconnects by itself unless the server refused.
      if (source.readyState === EventSource.CLOSED) stop = poll(url, update);
    });
    return () => stop();
  }

  // Follows the counts while the page is seen; returns what ends it.
  function follow(order) {
    const changes = { announced: new Map(), maps: new Map() };
    const update = (counts) => {
      counts.tiers.forEach((count) => showCount(order, changes, count));
      refresh(order);
    };
    let stop = () => {};
    const pause = () => {
      stop();
      stop = () => {};
    };
    const start = () => {
      pause();
      if (!document.hidden) stop = listen(order.form.dataset.live, update);
    };
    const events = { visibilitychange: start, pagehide: pause, pageshow: (event) => event.persisted && start() };
    for (const [name, act] of Object.entries(events)) addEventListener(name, act);
    const endPublishing = publish(order, changes);
    start();
    return () => {
      pause();
      endPublishing();
      for (const [name, act] of Object.entries(events)) removeEventListener(name, act);
    };
  }

  extend("#order", (form) => {
    const order = readOrder(form);
    order.tiers.forEach((tier) => addStepper(order, tier));
    form.addEventListener("change", () => refresh(order));
    all(".seats", form).forEach((map) => setUpMap(order, map));
    all("[data-map]", form).forEach((opener) => loadAtClick(order, opener, opener.closest("[data-tier]")));
    const end = follow(order);
    refresh(order);
    return end;
  });
})();
