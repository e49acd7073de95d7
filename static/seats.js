// Choosing seats in the order form: the hall's picture is a view of the checkboxes that the page lists. Seats are chosen
// by touch, mouse and keys, named where they are pointed at, and follow what others take. `order.js` loads this when a
// map is opened, and adds it to its form through `window.boxoffice.maps`.
(() => {
  "use strict";
  const { all, one, element, text, say, parse } = window.boxoffice;
  const { applyRuns, readTier, layOut, placeOf, seatAt, labelOf, rowOf, numberOf, indexOf, neighboursOf, draw, icon } = window.boxoffice.hall;
  const { ticked, labelOf: seatOf, openAtClick, askedOf, setAsked, partyOf, nameOf } = window.boxoffice.order;
  const { show: showIn, addGestures, addMinimap, addTools, addRowNames } = window.boxoffice.zoom;

  // So many tiers come with the one whose map is opened; others as they are asked for.
  const TIERS_MORE = 11;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const valueOf = (tier, index) => tier.code + ":" + rowOf(tier, index) + ":" + numberOf(tier, index);
  const boxOf = (tier, index) => one('input[value="' + valueOf(tier, index) + '"]', tier.element);
  const isChosen = (tier, index) => tier.chosen.has(index);
  const isFree = (tier, index) => tier.letters[index] === "f";

  // Remembers which boxes of a tier are ticked: the drawing asks for every seat.
  function readChosen(tier) {
    tier.chosen = new Set(ticked(tier.element).map((box) => indexOf(tier, seatOf(box))));
  }

  // What a seat is called, and what is to be known of it.
  function namesOf(tier, index) {
    const [row, seat] = [rowOf(tier, index), numberOf(tier, index)];
    const kind = tier.kinds.get(index);
    const state = { h: "map-legend-held", s: "map-legend-sold" }[tier.letters[index]];
    const more = [kind && "map-" + kind, isChosen(tier, index) ? "map-legend-yours" : state].filter(Boolean);
    return [text("script-seat", { tier: tier.name, row, seat, price: tier.price }), ...more.map((id) => text(id))].join(" · ");
  }

  // The checkbox of a free seat; the list shows a part of a large tier only, so one may have to be added.
  function boxFor(tier, index) {
    const box = boxOf(tier, index);
    if (box) return box;
    const elsewhere = one("[data-elsewhere]", tier.element);
    const made = element("label", "", { class: "seat" });
    const input = element("input", "", { type: "checkbox", name: "seat", value: valueOf(tier, index) });
    made.append(input, element("span", labelOf(tier, index)));
    elsewhere.append(made);
    elsewhere.hidden = false;
    return input;
  }

  function toggle(order, { tier, index }) {
    if (!isFree(tier, index)) return say(namesOf(tier, index));
    if (!isChosen(tier, index) && order.totalWith(tier.element) > order.limit) return say(order.limitText);
    const box = boxFor(tier, index);
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    const lonely = box.checked ? " " + one("[data-lonely]", order.hall.section).textContent : "";
    say(namesOf(tier, index) + (box.checked ? "" : " · " + text("script-seat-given-up")) + lonely);
  }

  // Free seats that a choice leaves between others, and that were not alone before.
  function lonelySeats(tier) {
    const neighbours = (index) => neighboursOf(tier, index);
    const isTaken = (index) => index === null || !isFree(tier, index) || isChosen(tier, index);
    const beside = new Set([...tier.chosen].flatMap(neighbours));
    return [...beside].filter((index) => index !== null && !isTaken(index) && neighbours(index).every(isTaken)).sort((a, b) => a - b);
  }

  function sayLonely({ section, tiers }) {
    const lonely = tiers.filter(({ letters }) => letters).flatMap((tier) => lonelySeats(tier).map((index) => labelOf(tier, index)));
    const note = one("[data-lonely]", section);
    const seats = lonely.join(", ").replaceAll("-", "\u2011");
    note.textContent = lonely.length ? text("script-lonely", { count: lonely.length, seats }) : "";
    note.hidden = !lonely.length;
  }

  // The free seat nearest to the cursor in this direction, or the cursor if there is none.
  function nextSeat(hall, cursor, [dx, dy]) {
    const from = placeOf(hall, cursor.tier, cursor.index);
    let [best, least] = [cursor, Infinity];
    for (const tier of hall.tiers.filter(({ letters }) => letters)) {
      // Sideways within the row; of a hall, also to what stands beside it.
      if (tier.plan) {
        for (const [index, spot] of tier.spots.entries()) {
          if (!isFree(tier, index)) continue;
          if (dx && !(cursor.tier.plan && spot.y === cursor.tier.spots[cursor.index].y)) continue;
          const to = placeOf(hall, tier, index);
          const along = dx ? (to.x - from.x) * dx : (to.y - from.y) * dy;
          const distance = along > 1 ? along + 3 * Math.abs(dx ? 0 : to.x - from.x) : Infinity;
          if (distance < least) [best, least] = [{ tier, index }, distance];
        }
        continue;
      }
      if (dx && tier !== cursor.tier) continue;
      const rows = dx ? [from.row, from.row + 1] : [0, tier.rows];
      const [start, end] = rows.map((row) => Math.min(row * tier.perRow, tier.letters.length));
      for (let index = start; index < end; index += 1) {
        if (!isFree(tier, index)) continue;
        const to = placeOf(hall, tier, index);
        const along = dx ? (to.x - from.x) * dx : (to.y + hall.rise(to.x) - from.y - hall.rise(from.x)) * dy;
        const distance = along > 1 ? along + 3 * Math.abs(dx ? 0 : to.x - from.x) : Infinity;
        if (distance < least) [best, least] = [{ tier, index }, distance];
      }
    }
    return best;
  }

  // What names the seat that is pointed at.
  function addBubble(frame, hall, port) {
    const bubble = one("[data-bubble]", frame);
    const hide = () => { bubble.hidden = true; };
    const showAt = ({ tier, index }) => {
      bubble.textContent = namesOf(tier, index);
      bubble.hidden = false;
      const [box, at] = [frame.getBoundingClientRect(), port.onScreen(placeOf(hall, tier, index))];
      const room = box.width - bubble.offsetWidth;
      const [top, away] = [at.clientY - box.top, port.sizeOf() / 2 + 8];
      bubble.style.left = Math.min(Math.max(0, at.clientX - box.left - bubble.offsetWidth / 2), Math.max(0, room)) + "px";
      bubble.style.top = (top > bubble.offsetHeight + away ? top - bubble.offsetHeight - away : top + away) + "px";
    };
    return { hide, showAt };
  }

  // Arrow keys move a cursor over the free seats; space and enter choose.
  function steer(order, hall, area, port, bubble) {
    let cursor = null;
    const mark = (isOn) => cursor && hall.picture.elementOf(cursor.tier, cursor.index)?.classList.toggle("cursor", isOn);
    const start = () => {
      for (const only of [isChosen, isFree]) {
        for (const tier of hall.tiers.filter(({ letters }) => letters)) {
          const index = tier.letters.findIndex((_, at) => only(tier, at));
          if (index >= 0) return { tier, index };
        }
      }
      return null;
    };
    const move = (direction) => {
      const next = cursor ? nextSeat(hall, cursor, direction) : start();
      mark(false);
      if (!next) return;
      cursor = next;
      port.reveal(placeOf(hall, cursor.tier, cursor.index));
      mark(true);
      bubble.showAt(cursor);
      say(namesOf(cursor.tier, cursor.index));
    };
    const zooms = { "+": () => port.step(1.5), "-": () => port.step(1 / 1.5), "0": port.fit, Escape: bubble.hide };
    area.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const isChoice = event.key === " " || event.key === "Enter";
      const direction = ARROWS[event.key];
      if (!direction && !zooms[event.key] && !(isChoice && cursor)) return;
      event.preventDefault();
      if (direction) return move(direction);
      if (!isChoice) return zooms[event.key]();
      toggle(order, cursor);
      mark(true);
      bubble.showAt(cursor);
    });
    area.addEventListener("blur", () => {
      mark(false);
      bubble.hide();
    });
  }

  // A finger or a mouse: names, comes closer where seats are too small to hit, chooses.
  function point(order, hall, area, svg, port, bubble) {
    const found = (event) => seatAt(hall, port.pointOf(event));
    svg.addEventListener("click", (event) => {
      if (area.classList.contains("is-dragged")) return;
      const seat = found(event);
      const code = !seat && event.target.closest("[data-area]")?.dataset.area;
      const tier = code && hall.tiers.find((of) => of.code === code);
      if (tier && !tier.letters) return lead(tier.element);
      if (!port.hits()) return port.closer(event);
      if (!seat) return;
      toggle(order, seat);
      bubble.showAt(seat);
    });
    svg.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch" || event.buttons || svg.classList.contains("is-far")) return;
      const seat = found(event);
      if (seat) bubble.showAt(seat);
      else bubble.hide();
    });
    svg.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && bubble.hide());
    area.addEventListener("scroll", bubble.hide, { passive: true });
  }

  // To the map of a tier that is not loaded, or to the number of its tickets.
  function lead(tier) {
    const to = one("[data-map]", tier) || one(".quantity", tier);
    if (to.matches("[data-map]")) return to.click();
    tier.scrollIntoView({ block: "center" });
    to.focus({ preventScroll: true });
  }

  function showLegend(section, tiers) {
    const marks = tiers.map((tier) => {
      const line = element("li", "", { class: "t" + tier.style });
      line.innerHTML = icon([tier.letters ? "free" + tier.style : "area"]);
      line.append(element("span", tier.name + " · " + tier.price));
      return line;
    });
    one("[data-prices]", section).replaceChildren(...marks);
    for (const line of all("[data-icon]", section)) {
      one("svg", line)?.remove();
      line.insertAdjacentHTML("afterbegin", icon(line.dataset.icon.split(" ")));
      line.hidden = line.dataset.icon.split(" ").some((kind) => ["wheelchair", "companion"].includes(kind))
        && !tiers.some(({ kinds }) => kinds && [...kinds.values()].some((kind) => line.dataset.icon.includes(kind)));
    }
  }

  // Where the hall is drawn; in place of an earlier drawing with all that listens to it.
  function freshArea(frame) {
    const area = one(".map", frame);
    if (!area.firstChild) return area;
    area.replaceWith(area.cloneNode(false));
    return one(".map", frame);
  }

  // Shows the hall with the tiers whose seats are in the page; again when there are more.
  function showHall(order) {
    const section = one("[data-hall]", order.form);
    const loaded = all("[data-seats]", order.form);
    if (!section || !loaded.length) return;
    section.hidden = false;
    // Tiers that share a stock are one part of the hall: that of the first.
    const isFirst = ({ dataset }, at) => !dataset.stockOf || order.tiers.findIndex((of) => of.dataset.stockOf === dataset.stockOf) === at;
    const priceOf = (tier) => order.amount(Number(tier.dataset.price));
    const read = (tier, index) => {
      const others = partyOf(tier).filter((of) => of !== tier).map((of) => nameOf(of) + " · " + priceOf(of));
      const part = readTier(tier, index, order.amount);
      return { ...part, price: [part.price, ...others].join(", ") };
    };
    const tiers = order.tiers.filter(isFirst).map(read);
    for (const tier of tiers) if (tier.letters) readChosen(tier);
    const hall = layOut(tiers);
    const [frame, tools] = [one(".map-frame", section), one("[data-tools]", section)];
    const area = freshArea(frame);
    tools.replaceChildren();
    area.innerHTML = '<svg class="seat-map" aria-hidden="true" focusable="false"></svg>';
    const svg = area.firstChild;
    order.hall = { section, tiers, hall };
    hall.picture = draw(svg, hall, section.dataset.stage, isChosen);
    let told = () => {};
    const port = showIn(area, svg, hall, (view, px, isHeld) => {
      if (!isHeld) hall.picture.show(view, px);
      told(view, px);
    });
    const names = addRowNames(area, hall);
    const buttons = addTools(tools, port);
    const minimap = addMinimap(tools, hall, port);
    told = (view, px) => {
      names(view, px);
      buttons();
      minimap(view);
    };
    order.hall.port = port;
    const bubble = addBubble(frame, hall, port);
    addGestures(area, port);
    point(order, hall, area, svg, port, bubble);
    steer(order, hall, area, port, bubble);
    showLegend(section, tiers);
    port.begin();
    sayLonely(order.hall);
  }

  // Makes the list of a tier's seats that has just come into the page usable.
  function setUp(order, map) {
    const tier = map.closest("[data-tier]");
    // Without scripts seats are ticked without a number.
    setAsked(tier, Math.max(askedOf(tier), ticked(tier).length));
    one(".rows", map).open = false;
    map.addEventListener("change", (event) => {
      if (event.target.name !== "seat") return;
      const shown = order.hall.tiers.find(({ code }) => code === tier.dataset.tier);
      readChosen(shown);
      order.hall.hall.picture.repaint(shown, indexOf(shown, seatOf(event.target)));
      // More seats are more tickets; a seat given up is a ticket given up. What was asked for stays otherwise.
      const seats = ticked(tier).length;
      const asked = event.target.checked ? Math.max(askedOf(tier), seats) : seats;
      setAsked(tier, Math.min(asked, order.limit));
      sayLonely(order.hall);
    });
    all("[data-section]", map).forEach((opener, index) => openAtClick(order, opener, index));
  }

  // Ticks in a new list what was ticked in the old one; returns the seats that are not free any more.
  function keepTicked(old, map) {
    const gone = [];
    for (const box of ticked(old)) {
      const same = one('input[value="' + box.value + '"]', map);
      if (same && !same.disabled) same.checked = true;
      else if (same) gone.push(seatOf(box));
      else {
        const elsewhere = one("[data-elsewhere]", map);
        elsewhere.append(box.closest("label").cloneNode(true));
        one("label:last-child span", elsewhere).textContent = seatOf(box);
        one("label:last-child input", elsewhere).checked = true;
        elsewhere.hidden = false;
      }
    }
    return gone;
  }

  function sayGone(order, tier, gone) {
    const seats = gone.join(", ").replaceAll("-", "\u2011");
    const said = text(ticked(tier).length ? "script-gone-some" : "script-gone-all", { seats });
    const place = one("[data-gone]", order.hall.section);
    const note = one(".problem", place) || element("p", "", { class: "problem" });
    note.textContent = said;
    order.form.addEventListener("change", () => note.remove(), { once: true });
    place.append(note);
    say(said);
  }

  // Loads the lists of seats that a page has, beside or in place of those that are shown.
  async function load(order, url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error("no seats");
    const page = await parse(response);
    const known = all("[data-seats]", order.form).length;
    for (const found of all("[data-seats]", page)) {
      const tier = order.tiers.find((of) => of.dataset.tier === found.dataset.seats);
      const old = one("[data-seats]", tier);
      const map = document.adoptNode(found);
      const gone = old ? keepTicked(old, map) : [];
      if (old) old.replaceWith(map);
      else tier.append(map);
      one("[data-map]", tier)?.parentElement.remove();
      setUp(order, map);
      if (gone.length) sayGone(order, tier, gone);
      order.mapLoaded(tier);
    }
    if (all("[data-seats]", order.form).length !== known || !order.hall) showHall(order);
  }

  // Opens the hall at a tier, or at a part of its list.
  async function open(order, opener, section) {
    // One picture of the hall: all that has numbers comes with it.
    const others = all("[data-map]", order.form).filter((other) => other !== opener && opener.matches("[data-map]")).slice(0, TIERS_MORE);
    const codes = [opener.value, ...others.map((other) => other.value.split(",")[0])];
    const tier = opener.closest("[data-tier]").dataset.tier;
    const url = opener.formAction.split("#")[0] + "?seats=" + encodeURIComponent([...new Set(codes.join(",").split(","))].join(","))
      + (order.form.dataset.query ? "&" + order.form.dataset.query : "");
    await load(order, url);
    const { hall, port, tiers, section: place } = order.hall;
    const map = one(".map", place);
    map.focus({ preventScroll: true });
    const shown = tiers.find(({ code }) => code === tier);
    place.scrollIntoView({ block: "nearest" });
    map.scrollIntoView({ block: "nearest" });
    if (!opener.matches("[data-section]")) return;
    if (!shown.plan) return port.reveal({ x: hall.middle, y: shown.top + shown.sectionRows * (section + 0.5) * 24 });
    const row = shown.plan.rows.find((found) => found.part === section);
    port.reveal(placeOf(hall, shown, row.seats[Math.floor(row.seats.length / 2)]));
  }

  // Shows the seats of a tier as these letters say.
  function show(order, element, letters) {
    const map = one("[data-seats]", element);
    // Whoever has sent the form takes seats: their own.
    if (!map || !order.hall || order.form.dataset.sent) return;
    const { hall, tiers } = order.hall;
    const tier = tiers.find(({ code }) => code === element.dataset.tier);
    if (!tier.letters) return;
    const changed = letters.flatMap((letter, index) => (letter === tier.letters[index] ? [] : [index]));
    tier.letters = letters;
    const gone = all("input[name=seat]", map).flatMap((box) => showBox(tier, box));
    readChosen(tier);
    for (const index of changed) hall.picture.repaint(tier, index);
    if (!changed.length && !gone.length) return;
    hall.picture.recount();
    const size = Number(map.dataset.sectionSeats);
    all("[data-section]", map).forEach((opener, index) => {
      const ofPlan = () => tier.plan.rows.filter((row) => row.part === index).flatMap((row) => row.seats.map((seat) => letters[seat]));
      const seats = tier.plan ? ofPlan() : letters.slice(index * size, (index + 1) * size);
      const free = seats.filter((letter) => letter === "f").length;
      one(".soft", opener).textContent = free ? text("map-free", { count: free }) : text("map-none-free");
    });
    if (gone.length) sayGone(order, element, gone);
    sayLonely(order.hall);
  }

  // Shows in the list whether a seat is free; returns its label if it was chosen and is not.
  function showBox(tier, box) {
    const index = indexOf(tier, seatOf(box));
    const free = isFree(tier, index);
    if (box.disabled !== free) return [];
    const lost = !free && box.checked ? [seatOf(box)] : [];
    // A reader whose focus was there goes on from the map.
    if (!free && box === document.activeElement) one(".map").focus({ preventScroll: true });
    box.disabled = !free;
    if (!free) box.checked = false;
    return lost;
  }

  window.boxoffice.maps = { setUp, showHall, open, applyRuns, show };
})();
