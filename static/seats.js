// Seat maps of the order form: they load in place, are steered by touch, mouse and keys, and follow what others
// take. `order.js` adds them to its form through `window.boxoffice.maps`.
(() => {
  "use strict";
  const { all, one, element, text, say, parse } = window.boxoffice;

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const CLASSES = { f: "free", h: "held", s: "sold" };

  const nameOf = (tier) => one("h3", tier).textContent;
  const ticked = (within) => all("input[name=seat]:checked", within);
  const labelOf = (box) => box.value.split(":").slice(1).join("-");

  function button(sign, label, act) {
    const made = element("button", sign, { type: "button", "aria-label": label });
    made.addEventListener("click", () => act(made));
    return made;
  }

  // The drawing and the list are two views of the same checkboxes: of the free seats.
  const boxOf = (map, label) => all("input[name=seat]", map).find((box) => labelOf(box) === label);
  const markSeat = (map, box) =>
    one('[data-seat="' + labelOf(box) + '"]', map)?.classList.toggle("chosen", box.checked);

  function toggleSeat(order, map, label) {
    const box = boxOf(map, label);
    if (!box) return;
    if (!box.checked && order.totalWith(map.closest("[data-tier]")) > order.limit) return say(order.limitText);
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    say(label + (box.checked ? " chosen" : " not chosen"));
  }

  const at = (seat) => {
    const { e, f } = seat.transform.baseVal[0].matrix;
    return [e, f];
  };

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
      const seats = all(".free[data-seat]", area);
      // A seat that was taken meanwhile is still where the cursor stands.
      const next = cursor ? nextSeat(seats, cursor, direction) : one(".chosen[data-seat]", area) || seats[0];
      cursor?.classList.remove("cursor");
      if (!next?.isConnected) return;
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
    const of = { tier: nameOf(map.closest("[data-tier]")) };
    const tools = element("div", "", { class: "map-tools" });
    tools.append(
      button("−", text("script-map-smaller", of), zoom(0.75)),
      button("+", text("script-map-larger", of), zoom(1 / 0.75)),
    );
    area.after(tools);
    // The whole map if its seats are then still large enough to hit.
    const smallest = natural * (matchMedia("(pointer: fine)").matches ? 0.55 : 0.75);
    drawing.setAttribute("width", Math.min(natural, Math.max(area.clientWidth, smallest)));
  }

  // Makes a seat map that has just come into the page usable.
  function setUp(order, map) {
    const tier = map.closest("[data-tier]");
    const area = one(".map", map);
    ticked(map).forEach((box) => markSeat(map, box));
    // Without scripts seats are ticked without a number.
    one(".quantity", tier).value = String(Math.max(one(".quantity", tier).value, ticked(tier).length));
    one(".rows", map).open = false;
    one(".seat-map", map).addEventListener("click", (event) => toggleSeat(order, map, event.target.dataset.seat));
    map.addEventListener("change", (event) => {
      if (event.target.name !== "seat") return;
      markSeat(map, event.target);
      // More seats are more tickets; a seat given up is a ticket given up. What was asked for stays otherwise.
      const [select, seats] = [one(".quantity", tier), ticked(tier).length];
      const asked = event.target.checked ? Math.max(select.value, seats) : seats;
      select.value = String(Math.min(asked, order.limit));
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

  function sayGone(tier, map, gone) {
    const seats = gone.join(", ").replaceAll("-", "\u2011");
    const said = text(ticked(map).length ? "script-gone-some" : "script-gone-all", { seats });
    const note = one(".problem", tier) || element("p", "", { class: "problem" });
    note.textContent = said;
    tier.addEventListener("change", () => note.remove(), { once: true });
    map.before(note);
    say(said);
  }

  // Loads a tier's seat map, in place of the one that is shown.
  async function load(order, tier, url) {
    const page = await parse(await fetch(url));
    const map = one('[data-seats="' + tier.dataset.tier + '"]', page);
    const old = one(".seats", tier);
    const gone = old ? keepTicked(old, map) : [];
    if (old) old.replaceWith(document.adoptNode(map));
    else tier.append(document.adoptNode(map));
    setUp(order, map);
    if (gone.length) sayGone(tier, map, gone);
    order.mapLoaded(tier);
  }

  // A button that opens a map, or another part of it, without leaving the page.
  function loadAtClick(order, opener, tier) {
    const url = opener.formAction.split("#")[0] + "?seats=" + encodeURIComponent(opener.value);
    const show = () => {
      if (opener.matches("[data-map]")) opener.parentElement.remove();
      const map = one(".map", tier);
      map.focus({ preventScroll: true });
      map.scrollIntoView({ block: "nearest" });
    };
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      load(order, tier, url).then(show, () => location.assign(url));
    });
  }

  // The letters of a tier's seats after runs such as `-4h2`: four stay as they are, two are held.
  function applyRuns(letters, runs) {
    const changed = [...letters];
    let at = 0;
    for (const [, letter, count] of runs.matchAll(/([fhs-])(\d*)/g)) {
      for (const end = at + Number(count || 1); at < end; at += 1) if (letter !== "-") changed[at] = letter;
    }
    return changed;
  }

  // The index among the letters of a seat such as `AB-7`.
  function indexOf(map, label) {
    const [letters, seat] = label.split("-");
    const row = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
    return (row - 1) * Number(map.dataset.rowSeats) + Number(seat) - 1;
  }

  // Draws a seat in another state, as the legend shows it.
  function redraw(map, shape, state) {
    const made = one(".legend ." + state + ":not(.chosen)", map).cloneNode();
    made.setAttribute("transform", shape.getAttribute("transform"));
    made.dataset.seat = shape.dataset.seat;
    shape.replaceWith(made);
  }

  // Lists a seat that has become free, in its place.
  function addBox(map, label) {
    const [row, seat] = label.split("-");
    const list = one('[data-boxes="' + row + '"]', map);
    const made = element("label", "", { class: "seat" });
    const value = [map.dataset.seats, row, seat].join(":");
    made.append(element("input", "", { type: "checkbox", name: "seat", value }), element("span", seat));
    const next = all("label", list).find((other) => Number(other.textContent) > Number(seat));
    list.insertBefore(made, next || null);
    list.hidden = false;
  }

  // Removes a seat from the list; returns its label if it was ticked.
  function removeBox(map, box) {
    const [list, label] = [box.closest("fieldset"), labelOf(box)];
    const lost = box.checked ? [label] : [];
    // A reader whose focus was there goes on from the map.
    if (box === document.activeElement) one(".map", map).focus({ preventScroll: true });
    box.closest("label").remove();
    list.hidden = !one("input", list);
    return lost;
  }

  // Shows the seats of a tier as these letters say.
  function show(order, tier, letters) {
    const map = one(".seats", tier);
    // Whoever has sent the form takes seats: their own.
    if (!map || order.form.dataset.sent) return;
    const isFree = (label) => letters[indexOf(map, label)] === "f";
    for (const shape of all(".seat-map [data-seat]", map)) {
      const [label, state] = [shape.dataset.seat, CLASSES[letters[indexOf(map, shape.dataset.seat)]]];
      if (!state || shape.classList.contains(state)) continue;
      redraw(map, shape, state);
      if (state === "free") addBox(map, label);
    }
    const taken = all("input[name=seat]", map).filter((box) => !isFree(labelOf(box)));
    const gone = taken.flatMap((box) => removeBox(map, box));
    const size = Number(map.dataset.sectionSeats);
    all("[data-section]", map).forEach((opener, index) => {
      const free = letters.slice(index * size, (index + 1) * size).filter((letter) => letter === "f").length;
      one(".soft", opener).textContent = free ? text("map-free", { count: free }) : text("map-none-free");
    });
    if (gone.length) sayGone(tier, map, gone);
  }

  window.boxoffice.maps = { nameOf, ticked, labelOf, button, setUp, loadAtClick, applyRuns, show };
})();
