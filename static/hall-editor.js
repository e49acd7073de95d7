// The drawing of a hall that an organiser writes: it is made of the form's text as buyers will see it, and what is done to
// it is written into that text. Saving and checking are the form's. Drawing is in `hall.js`, moving about in `zoom.js`.
(() => {
  "use strict";
  const { all, one, element, text, say } = window.boxoffice;
  const { readPlan, layOut, draw } = window.boxoffice.hall;
  const { show: showIn, addGestures, addTools, addMinimap, addRowNames } = window.boxoffice.zoom;

  const form = one("[data-hall-form]");
  if (!form) return;

  const UNDO_MAX = 200;
  // Cells of a row at most, as the server has it.
  const CELLS_MAX = 250;
  const TOOLS = [["s", "script-hall-seat"], ["_", "script-hall-gap"], ["w", "script-hall-wheelchair"], ["c", "script-hall-companion"]];
  const KEYS = { s: "s", g: "_", w: "w", c: "c", delete: "_", backspace: "_" };
  const ARROWS = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] };
  const KINDS = { w: "wheelchair", c: "companion" };

  // `4 _ 12 w` as letters; null of what is none.
  function readCells(written) {
    const cells = [];
    for (const [, count, letter, other] of written.matchAll(/(\d*)([swc_]?)([^\s,\dswc_]?)[\s,]*/g)) {
      if (other) return null;
      if (count || letter) cells.push(...Array(Math.min(Number(count || 1), CELLS_MAX)).fill(letter || "s"));
    }
    while (cells.at(-1) === "_") cells.pop();
    return cells.length && cells.length <= CELLS_MAX ? cells : null;
  }

  function writeCells(cells) {
    const written = [];
    for (let at = 0; at < cells.length;) {
      let end = at;
      while (cells[end] === cells[at]) end += 1;
      const count = end - at;
      written.push(cells[at] === "s" ? String(count) : (count > 1 ? count : "") + cells[at]);
      at = end;
    }
    return written.join(" ");
  }

  // The numbers of a row's seats; 1, 2, 3 of what makes no sense, which the server says.
  function readNumbers(written, count) {
    const numbers = [];
    for (const part of written.split(",").filter((it) => it.trim())) {
      const [range, step] = part.split("/");
      const [first, last] = range.split("-").map(Number);
      const [by, end] = [Math.max(1, Number(step || 1)), last ?? first];
      for (let n = first; (first <= end ? n <= end : n >= end) && numbers.length <= CELLS_MAX; n += first <= end ? by : -by) numbers.push(n);
    }
    return numbers.length === count && numbers.every(Number.isInteger) ? numbers : Array.from({ length: count }, (_, at) => at + 1);
  }

  const lengthOf = (written) => Math.round(Number(String(written || "0").replace(",", ".")) * 2) || 0;

  function readRow(line) {
    const [label, rest] = [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1)];
    const [seats, ...options] = rest.split("|").map((part) => part.trim());
    const cells = line.includes(":") && label ? readCells(seats) : null;
    if (!cells) return null;
    const said = Object.fromEntries(options.map((option) => [option.split(/\s+/)[0], option.replace(/^\S+\s*/, "")]));
    return { label, cells, options: said };
  }

  const writeRow = ({ label, cells, options }) =>
    [label + ": " + writeCells(cells), ...Object.entries(options).map(([name, value]) => name + " " + value)].join(" | ");

  // Seats that are counted from the right are counted so again when there are more or fewer.
  function countAgain(row) {
    const count = row.cells.filter((cell) => cell !== "_").length;
    if (/^\d+\s*-\s*1$/.test(row.options.numbers || "")) row.options.numbers = count + "-1";
  }

  // The form's sections, with a row for each line; null where a line is none.
  const readForm = () => all("[data-section-form]", form).map((box) => {
    const no = box.dataset.sectionForm;
    const field = (name) => one("[name=" + name + "-" + no + "]", box);
    const area = field("rows");
    const rows = area.value.split("\n").map((line) => (line.trim() ? readRow(line) : null));
    let next = 0;
    for (const row of rows.filter(Boolean)) {
      row.x = lengthOf(field("x").value) + lengthOf(row.options.x);
      row.up = row.options.y === undefined ? next : lengthOf(row.options.y);
      row.y = lengthOf(field("y").value) + row.up;
      next = row.up + 2;
    }
    return { name: field("name").value.trim() || "?", area, rows };
  });

  function stageOf() {
    const [name, x, y, width, height] = ["name", "x", "y", "width", "height"].map((part) => one("[name=stage-" + part + "]", form).value.trim());
    return width && height ? { name, x: lengthOf(x), y: lengthOf(y), width: lengthOf(width), height: lengthOf(height) } : null;
  }

  // A tier for each section, as the buyers' map has them.
  function tiersOf(sections, stage) {
    return sections.flatMap((section, at) => {
      const kinds = new Map();
      let seat = 0;
      const rows = section.rows.filter(Boolean).map((row) => {
        const seats = [];
        for (const cell of row.cells.filter((it) => it !== "_")) {
          if (KINDS[cell]) kinds.set(seat, KINDS[cell]);
          seats.push(seat);
          seat += 1;
        }
        const numbers = readNumbers(row.options.numbers || "", seats.length);
        return { label: row.label, section: 0, x: row.x, y: row.y, cells: row.cells.join(""), numbers, seats, part: 0 };
      });
      if (!seat) return [];
      const tier = { code: "s" + at, style: (at % 6) + 1, name: section.name, price: "", kinds, letters: Array(seat).fill("f") };
      return [readPlan(tier, { stage, sections: [section.name], rows })];
    });
  }

  const drawing = one("[data-drawing]", form);
  const area = one(".map", drawing);
  area.innerHTML = '<svg class="seat-map" aria-hidden="true" focusable="false"></svg>';
  const svg = area.firstChild;
  const hall = {};
  const past = [];
  let [sections, tool, cursor, picture, port] = [[], "s", null, null, null];

  // Cells by their place, with one behind each row.
  let grid = new Map();
  const cellsOf = (row) => [...row.cells, "+"];
  function readGrid() {
    grid = new Map();
    sections.forEach((section, s) => section.rows.forEach((row, r) => {
      if (row) cellsOf(row).forEach((cell, step) => grid.set(row.x + 2 * step + "," + row.y, { s, r, step, cell }));
    }));
  }

  const placeOf = ({ s, r, step }) => {
    const row = sections[s].rows[r];
    return { x: hall.toX(row.x + 2 * step + 1), y: hall.toY(row.y + 1) };
  };

  // What is no seat: gaps, and where a seat can be added.
  function holes() {
    const marks = [...grid.values()].filter(({ cell }) => cell === "_" || cell === "+").map((found) => {
      const { x, y } = placeOf(found);
      const sign = found.cell === "+" ? "M-4 0H4M0-4V4" : "M-2 0H2";
      return '<path class="hole" transform="translate(' + x + " " + y + ')" d="' + sign + '"/>';
    });
    const at = cursor && placeOf(cursor);
    const mark = at ? '<path class="cell-cursor" transform="translate(' + at.x + " " + at.y + ')" d="M-12-12h24v24h-24z"/>' : "";
    return marks.join("") + mark;
  }

  function redraw() {
    sections = readForm();
    const tiers = tiersOf(sections, stageOf());
    drawing.hidden = !tiers.length;
    if (!tiers.length) return;
    Object.assign(hall, layOut(tiers));
    // Room for what can be added at the ends of rows.
    hall.width += 24;
    readGrid();
    if (cursor && !sections[cursor.s]?.rows[cursor.r]) cursor = null;
    picture = draw(svg, hall, form.dataset.stage, () => false);
    svg.insertAdjacentHTML("beforeend", '<g class="holes">' + holes() + "</g>");
    if (port) port.step(1);
    count(tiers);
  }

  function count(tiers) {
    const seats = tiers.reduce((sum, { letters }) => sum + letters.length, 0);
    one("[data-count]", drawing).textContent = text("script-hall-count", { count: seats });
  }

  const remember = () => {
    past.push(all("textarea", form).map((box) => box.value));
    if (past.length > UNDO_MAX) past.shift();
    undo.disabled = false;
  };

  function write(section) {
    const lines = section.area.value.split("\n");
    section.area.value = section.rows.map((row, at) => (row ? writeRow(row) : lines[at] ?? "")).join("\n");
  }

  // Makes a cell of a row into something.
  function put({ s, r, step }, cell) {
    const [section, row] = [sections[s], sections[s].rows[r]];
    if (row.cells.length >= CELLS_MAX && step >= row.cells.length) return;
    const cells = [...row.cells];
    cells[step] = cell;
    while (cells.at(-1) === "_") cells.pop();
    // A row keeps at least one seat.
    if (!cells.some((it) => it !== "_")) return;
    remember();
    row.cells = cells;
    countAgain(row);
    write(section);
    redraw();
    tell();
  }

  function tell() {
    if (!cursor) return;
    const { s, r, step } = cursor;
    const row = sections[s].rows[r];
    const name = TOOLS.find(([letter]) => letter === row.cells[step])?.[1] || "script-hall-longer";
    say(text("script-hall-cell", { section: sections[s].name, row: row.label, what: text(name) }));
  }

  function select(found) {
    cursor = found;
    one(".holes", svg).innerHTML = holes();
    port.reveal(placeOf(cursor));
  }

  function at(event) {
    const { x, y } = port.pointOf(event);
    const [left, top] = [Math.floor(hall.fromX(x)), Math.floor(hall.fromY(y))];
    for (const place of [[left, top], [left - 1, top], [left, top - 1], [left - 1, top - 1]]) {
      const found = grid.get(place.join(","));
      if (found) return found;
    }
    return null;
  }

  // The nearest cell in a direction.
  function next([dx, dy]) {
    const { s, r, step } = cursor;
    const row = sections[s].rows[r];
    const from = { x: row.x + 2 * step, y: row.y };
    let [best, least] = [cursor, Infinity];
    for (const [place, found] of grid) {
      const [x, y] = place.split(",").map(Number);
      const [along, aside] = dx ? [(x - from.x) * dx, Math.abs(y - from.y) * 8] : [(y - from.y) * dy, Math.abs(x - from.x)];
      const distance = along > 0 ? along + 3 * aside : Infinity;
      if (distance < least) [best, least] = [found, distance];
    }
    return best;
  }

  // The label behind this one: B behind A, 8 behind 7.
  function labelBehind(label) {
    if (/^\d+$/.test(label)) return String(Number(label) + 1);
    const last = label.at(-1);
    if (/[a-yA-Y]/.test(last)) return label.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);
    return label + (last === "Z" ? "A" : "2");
  }

  function addRow() {
    const place = cursor || [...grid.values()].at(-1);
    const section = sections[place.s];
    // Behind the last, so that no seats are in each other's way.
    let last = section.rows.length - 1;
    while (!section.rows[last]) last -= 1;
    const { label, cells, options } = section.rows[last];
    const { y, best, ...others } = options;
    remember();
    section.rows.splice(last + 1, 0, { label: labelBehind(label), cells: [...cells], options: { ...others } });
    write(section);
    redraw();
    select({ s: place.s, r: last + 1, step: 0 });
    tell();
  }

  function removeRow() {
    if (!cursor) return;
    const section = sections[cursor.s];
    if (section.rows.filter(Boolean).length < 2) return;
    // What is behind it stays where it is.
    const behind = section.rows.slice(cursor.r + 1).find(Boolean);
    if (behind && behind.options.y === undefined) behind.options.y = String(behind.up / 2);
    remember();
    section.rows.splice(cursor.r, 1);
    cursor = null;
    section.area.value = section.rows.filter(Boolean).map(writeRow).join("\n");
    redraw();
  }

  function goBack() {
    const texts = past.pop();
    if (!texts) return;
    all("textarea", form).forEach((box, at) => { box.value = texts[at]; });
    undo.disabled = !past.length;
    redraw();
    say(text("script-hall-undone"));
  }

  function tools() {
    const bar = one("[data-edit]", drawing);
    const buttons = TOOLS.map(([letter, id]) => {
      const made = element("button", text(id), { type: "button", class: "button quiet small", "aria-pressed": String(letter === tool) });
      made.addEventListener("click", () => {
        tool = letter;
        buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === made)));
      });
      return made;
    });
    const action = (id, does) => {
      const made = element("button", text(id), { type: "button", class: "button quiet small" });
      made.addEventListener("click", does);
      return made;
    };
    const back = action("script-hall-undo", goBack);
    back.disabled = true;
    bar.append(...buttons, action("script-hall-add-row", addRow), action("script-hall-remove-row", removeRow), back,
      element("span", "", { class: "soft", "data-count": "" }));
    return back;
  }

  const undo = tools();
  redraw();
  if (drawing.hidden) {
    form.addEventListener("change", () => location.hash || redraw());
    return;
  }
  let told = () => {};
  port = showIn(area, svg, hall, (view, px, isHeld) => {
    if (!isHeld) picture.show(view, px);
    told(view, px);
  });
  const [names, place] = [addRowNames(area, hall), one("[data-tools]", drawing)];
  const buttons = addTools(place, port);
  const minimap = addMinimap(place, hall, port);
  told = (view, px) => {
    names(view, px);
    buttons();
    minimap(view);
  };
  addGestures(area, port);
  svg.addEventListener("click", (event) => {
    if (area.classList.contains("is-dragged")) return;
    const found = at(event);
    if (!port.hits()) return port.closer(event);
    if (!found) return;
    select(found);
    put(found, found.cell === tool ? (tool === "s" ? "_" : "s") : tool);
  });
  area.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === "z") {
      event.preventDefault();
      return goBack();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [arrow, cell] = [ARROWS[key], key === " " || key === "enter" ? tool : KEYS[key]];
    if (!arrow && !cell) return;
    event.preventDefault();
    if (!cursor) return select(grid.values().next().value), tell();
    if (cell) return put(cursor, cell);
    select(next(arrow));
    tell();
  });
  form.addEventListener("input", (event) => event.target.matches("textarea, .hall-place input") && redraw());
  port.begin();
})();
