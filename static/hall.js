// The picture of a hall: where the stage, the tiers and their seats are, and drawing them. Which seats are chosen and
// what is done with them is in `seats.js`, moving about and coming closer in `zoom.js`.
(() => {
  "use strict";
  const { one, text, number } = window.boxoffice;

  // Lengths are in units of the drawing: between the middles of neighbouring seats, across an aisle, at the edges.
  const [PITCH, AISLE, MARGIN] = [24, 18, 38];
  const HALF = PITCH / 2;
  // More seats than these are drawn where they are looked at only, and as sections from afar.
  const SEATS_MAX = 1000;
  // From this size of a seat on, in pixels, single seats are drawn; from the other on with their numbers.
  const [NEAR_PX, NUMBERS_PX] = [13, 26];
  // A section that is so wide says of what it has so many.
  const WORDS_PX = 70;
  // Tiers differ in colour and in shape.
  const STYLES = 6;
  const SHAPES = {
    free1: "M-9-5a4 4 0 0 1 4-4H5a4 4 0 0 1 4 4V5a4 4 0 0 1-4 4H-5a4 4 0 0 1-4-4z",
    free2: "M-9 0a9 9 0 1 1 18 0a9 9 0 1 1-18 0z",
    free3: "M-9 9V0a9 9 0 0 1 18 0v9z",
    free4: "M-9-4l5-5h8l5 5v8l-5 5h-8l-5-5z",
    free5: "M0-10l9 5V5l-9 5-9-5V-5z",
    free6: "M-9-9H9v9A9 9 0 0 1-9 0z",
    held: "M-5 0a5 5 0 1 1 10 0a5 5 0 1 1-10 0z",
    sold: "m-4-4 8 8m0-8-8 8",
    tick: "m-5 0 3.5 4 6.5-8",
    area: "M-9-6H9V6H-9z",
  };
  const STATES = { f: "free", h: "held", s: "sold" };
  // Marks of kinds are in the page: its list of seats has them, too.
  const pathOf = (name) => SHAPES[name] || one("#kind-" + name + " path").getAttribute("d");
  const shape = (name) => '<path class="' + name + '" d="' + pathOf(name) + '"/>';
  const escape = (words) => words.replace(/[&<]/g, (letter) => (letter === "&" ? "&amp;" : "&lt;"));

  const lettersOf = (row) => {
    let letters = "";
    for (let rest = row; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
    return letters;
  };

  // The letters of seats after runs such as `-4h2`: four stay as they are, two are held.
  function applyRuns(letters, runs) {
    const changed = [...letters];
    let at = 0;
    for (const [, letter, count] of runs.matchAll(/([fhs-])(\d*)/g)) {
      for (const end = at + Number(count || 1); at < end; at += 1) if (letter !== "-") changed[at] = letter;
    }
    return changed;
  }

  // A tier as its element in the form says it; its seats, if its map has been loaded.
  function readTier(element, index, amount) {
    const map = one("[data-seats]", element);
    const tier = {
      element, code: element.dataset.tier, style: (index % STYLES) + 1, letters: null,
      name: one("h3", element).textContent, price: amount(Number(element.dataset.price)),
    };
    if (!map) return tier;
    const numbers = (list) => list.split(" ").filter(Boolean).map(Number);
    const { blocks, runs, wheelchair, companion, sectionSeats, plan } = map.dataset;
    tier.letters = applyRuns([], runs);
    tier.kinds = new Map([[wheelchair, "wheelchair"], [companion, "companion"]]
      .flatMap(([seats, kind]) => numbers(seats).map((seat) => [seat - 1, kind])));
    if (plan) return readPlan(tier, JSON.parse(plan));
    tier.blocks = numbers(blocks);
    tier.perRow = tier.blocks.reduce((sum, width) => sum + width, 0);
    tier.rows = Math.ceil(tier.letters.length / tier.perRow);
    tier.rowWidth = tier.perRow * PITCH + (tier.blocks.length - 1) * AISLE;
    tier.sectionRows = Number(sectionSeats) / tier.perRow;
    return tier;
  }

  // A tier whose seats are a part of a hall: where each is, in halves of a seat from the left and the front of the hall.
  function readPlan(tier, plan) {
    tier.plan = plan;
    tier.spots = [];
    tier.grid = new Map();
    tier.byLabel = new Map();
    plan.rows.forEach((row, at) => {
      let seat = 0;
      [...row.cells].forEach((cell, step) => {
        if (cell === "_") return;
        const [index, number] = [row.seats[seat], row.numbers[seat]];
        const x = row.x + 2 * step;
        tier.spots[index] = { x, y: row.y, row: at, order: seat, number };
        tier.grid.set(x + "," + row.y, index);
        tier.byLabel.set(row.label + "-" + number, index);
        seat += 1;
      });
    });
    // What is drawn as one: a section's rows in which the tier has seats.
    tier.parts = plan.sections.map((name, section) => {
      const spots = tier.spots.filter((spot) => plan.rows[spot.row].section === section);
      const [xs, ys] = [spots.map(({ x }) => x), spots.map(({ y }) => y)];
      return { name, section, left: Math.min(...xs), right: Math.max(...xs) + 2, top: Math.min(...ys), bottom: Math.max(...ys) + 2 };
    }).filter(({ left }) => Number.isFinite(left));
    return tier;
  }

  // Where the seats of halls and their stage are.
  function boundsOf(tiers) {
    const parts = tiers.flatMap((tier) => tier.parts);
    if (!parts.length) return null;
    const stage = tiers.map(({ plan }) => plan.stage).find(Boolean);
    const all = stage ? [...parts, { left: stage.x, right: stage.x + stage.width, top: stage.y, bottom: stage.y + stage.height }] : parts;
    const [least, most] = [(name) => Math.min(...all.map((part) => part[name])), (name) => Math.max(...all.map((part) => part[name]))];
    return { stage, left: least("left"), right: most("right"), top: least("top"), bottom: most("bottom") };
  }

  // Says where each tier is: the first at the stage, what has no numbers or is not loaded as an area.
  function layOut(tiers) {
    const drawn = boundsOf(tiers.filter(({ plan }) => plan));
    const widest = Math.max(260, drawn ? (drawn.right - drawn.left) * HALF : 0, ...tiers.map((tier) => tier.rowWidth || 0));
    const hall = { tiers, width: widest + 2 * MARGIN, middle: widest / 2 + MARGIN };
    // Rows bend towards the stage: a parabola, which a quadratic curve draws exactly. The rows of a hall are as they are.
    const bend = drawn ? 0 : (widest * 0.08) / hall.middle ** 2;
    hall.rise = (x) => bend * (x - hall.middle) ** 2;
    hall.gap = Math.max(50, widest * 0.075);
    hall.stage = drawn?.stage ? 0 : Math.max(46, widest * 0.08);
    let y = hall.stage + 12;
    if (drawn) {
      const left = hall.middle - ((drawn.right - drawn.left) * HALF) / 2;
      const top = y + PITCH * 1.5;
      hall.toX = (x) => left + (x - drawn.left) * HALF;
      hall.toY = (at) => top + (at - drawn.top) * HALF;
      hall.fromX = (x) => (x - left) / HALF + drawn.left;
      hall.fromY = (at) => (at - top) / HALF + drawn.top;
      hall.stagePart = drawn.stage;
      y = hall.toY(drawn.bottom);
    }
    for (const tier of tiers) {
      if (tier.plan) {
        tier.rows = tier.plan.rows.length;
        [tier.top, tier.bottom] = [hall.toY(Math.min(...tier.parts.map(({ top }) => top))), hall.toY(Math.max(...tier.parts.map(({ bottom }) => bottom)))];
        tier.left = hall.toX(Math.min(...tier.parts.map(({ left }) => left)));
        tier.rowWidth = hall.toX(Math.max(...tier.parts.map(({ right }) => right))) - tier.left;
        tier.starts = [];
        continue;
      }
      y += hall.gap;
      tier.top = y;
      y += tier.letters ? tier.rows * PITCH : Math.max(64, widest * 0.1);
      tier.bottom = y;
      tier.left = hall.middle - (tier.rowWidth || widest) / 2;
      tier.starts = [];
      let [seat, x] = [0, tier.left];
      for (const width of tier.blocks || []) {
        tier.starts.push({ seat, x, width });
        seat += width;
        x += width * PITCH + AISLE;
      }
    }
    hall.height = y + 14;
    hall.seats = tiers.reduce((sum, tier) => sum + (tier.letters?.length || 0), 0);
    return hall;
  }

  const blockOf = (tier, column) => tier.starts.findLast((block) => block.seat <= column);

  // The middle of a seat, counted from 0.
  function placeOf(hall, tier, index) {
    if (tier.plan) {
      const { x, y, row, order } = tier.spots[index];
      return { x: hall.toX(x + 1), y: hall.toY(y + 1), row, column: order };
    }
    const [row, column] = [Math.floor(index / tier.perRow), index % tier.perRow];
    const block = blockOf(tier, column);
    const x = block.x + (column - block.seat + 0.5) * PITCH;
    return { x, y: tier.top + (row + 0.5) * PITCH - hall.rise(x), row, column };
  }

  // The seat at a point of the drawing, if there is one.
  function seatAt(hall, { x, y }) {
    for (const tier of hall.tiers.filter(({ plan }) => plan)) {
      const [left, top] = [Math.floor(hall.fromX(x)), Math.floor(hall.fromY(y))];
      for (const place of [[left, top], [left - 1, top], [left, top - 1], [left - 1, top - 1]]) {
        const index = tier.grid.get(place.join(","));
        if (index !== undefined) return { tier, index };
      }
    }
    const flat = y + hall.rise(x);
    const tier = hall.tiers.find((found) => found.letters && !found.plan && flat >= found.top && flat < found.bottom);
    const block = tier?.starts.findLast((found) => x >= found.x);
    if (!block || x >= block.x + block.width * PITCH) return null;
    const index = Math.floor((flat - tier.top) / PITCH) * tier.perRow + block.seat + Math.floor((x - block.x) / PITCH);
    return index < tier.letters.length ? { tier, index } : null;
  }

  // Of a hall a row may be called anything; the number of a seat is behind the last hyphen.
  const rowOf = (tier, index) => (tier.plan ? tier.plan.rows[tier.spots[index].row].label : lettersOf(Math.floor(index / tier.perRow) + 1));
  const numberOf = (tier, index) => (tier.plan ? tier.spots[index].number : (index % tier.perRow) + 1);
  const labelOf = (tier, index) => rowOf(tier, index) + "-" + numberOf(tier, index);
  // The index among a tier's seats of one such as `AB-7`.
  function indexOf(tier, label) {
    if (tier.plan) return tier.byLabel.get(label);
    const [letters, seat] = label.split("-");
    const row = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
    return (row - 1) * tier.perRow + Number(seat) - 1;
  }
  // The seats to the left and to the right; null where an aisle, a gap or the end is.
  function neighboursOf(tier, index) {
    if (tier.plan) {
      const { x, y } = tier.spots[index];
      return [x - 2, x + 2].map((beside) => tier.grid.get(beside + "," + y) ?? null)
        .map((found) => (found !== null && tier.spots[found].row === tier.spots[index].row ? found : null));
    }
    const column = index % tier.perRow;
    const { seat, width } = blockOf(tier, column);
    const isLast = index + 1 >= tier.letters.length;
    return [column > seat ? index - 1 : null, column + 1 < seat + width && !isLast ? index + 1 : null];
  }
  // Where a row is, and what stands beside it.
  function rowBox(hall, tier, row, view) {
    if (tier.plan) {
      const { x, y, cells, label, section } = tier.plan.rows[row];
      const isMore = tier.plan.sections.length > 1;
      const left = hall.toX(x + 2 * cells.search(/[^_]/));
      const name = isMore ? label.slice(tier.plan.sections[section].length + 1) : label;
      return { name, left, y: hall.toY(y + 1), width: hall.toX(x + 2 * cells.length) - left };
    }
    const x = Math.max(tier.left - PITCH / 2, view.left);
    return { name: lettersOf(row + 1), left: tier.left, y: tier.top + (row + 0.5) * PITCH - hall.rise(x), width: tier.rowWidth };
  }
  // The rows of a tier that may be seen.
  function rowsIn(hall, tier, view) {
    if (tier.plan) {
      const isSeen = ({ y }) => hall.toY(y) > view.top - PITCH && hall.toY(y) < view.bottom;
      return tier.plan.rows.flatMap((row, at) => (isSeen(row) ? [at] : []));
    }
    const first = Math.max(0, Math.floor((view.top - tier.top) / PITCH) - 1);
    const last = Math.min(tier.rows, Math.ceil((view.bottom + hall.rise(0) - tier.top) / PITCH) + 1);
    return Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  }

  // A curved band between two heights and two sides.
  function band(hall, left, right, top, bottom) {
    const control = (y) => y - ((left - hall.middle) * (right - hall.middle) * hall.rise(0)) / hall.middle ** 2;
    const at = (x, y) => x + " " + (y - hall.rise(x));
    const middle = (left + right) / 2;
    return "M" + at(left, top) + "Q" + middle + " " + control(top) + " " + at(right, top) + "L" + at(right, bottom)
      + "Q" + middle + " " + control(bottom) + " " + at(left, bottom) + "Z";
  }

  const words = (name, x, y, said) => '<text class="' + name + '" x="' + x + '" y="' + y + '">' + escape(said) + "</text>";

  // The sections of a tier in a hall, with their names where there is room before them.
  function outlineOfPlan(hall, tier, stage) {
    return tier.parts.flatMap(({ name, left, right, top, bottom }) => {
      const edges = [hall.toX(left) - 3, hall.toX(right) + 3, hall.toY(top) - 3, hall.toY(bottom) + 3];
      const box = '<path class="block t' + tier.style + '" data-area="' + escape(tier.code) + '" d="' + band(hall, ...edges) + '"/>';
      const middle = (left + right) / 2;
      const isInWay = (spot) => spot && spot.y < top && spot.y > top - 4 && Math.abs(spot.x + 1 - middle) < name.length * 0.7 + 1;
      const own = hall.stagePart;
      const isStageInWay = own && own.y < top && own.y + own.height > top - 2 && own.x < middle + 3 && own.x + own.width > middle - 3;
      const hasRoom = !isStageInWay && !hall.tiers.some((other) => other.plan && other.spots.some(isInWay));
      return stage && hasRoom ? [box, words("tier-text", hall.toX(middle), edges[2] - 12, name)] : [box];
    });
  }

  // The stage, the areas and the blocks: what does not change while seats are sold.
  function outline(hall, stage) {
    const side = hall.width * 0.22;
    const own = hall.stagePart;
    const edges = own
      ? [hall.toX(own.x), hall.toX(own.x + own.width), hall.toY(own.y), hall.toY(own.y + own.height)]
      : [hall.middle - side, hall.middle + side, 8 + hall.rise(hall.middle - side), hall.stage];
    const parts = ['<path class="stage" d="' + band(hall, ...edges) + '"/>'];
    if (stage) parts.push(words("stage-text", (edges[0] + edges[1]) / 2, (edges[2] + edges[3]) / 2, own?.name || stage));
    for (const tier of hall.tiers) {
      if (tier.plan) {
        parts.push(...outlineOfPlan(hall, tier, stage));
        continue;
      }
      const title = tier.name + " · " + tier.price;
      const blocks = tier.letters ? tier.starts.map(({ x, width }) => [x - 3, x + width * PITCH + 3]) : [[MARGIN, hall.width - MARGIN]];
      for (const [left, right] of blocks) {
        const edges = tier.letters ? [tier.top - 3, tier.bottom + 3] : [tier.top, tier.bottom];
        const name = (tier.letters ? "block" : "area") + " t" + tier.style;
        parts.push('<path class="' + name + '" data-area="' + tier.code + '" d="' + band(hall, left, right, ...edges) + '"/>');
      }
      if (!stage) continue;
      if (tier.letters) parts.push(words("tier-text", hall.middle, tier.top - hall.gap * 0.36, title));
      else parts.push(words("area-text", hall.middle, (tier.top + tier.bottom) / 2, title));
    }
    return parts.join("");
  }

  // Sections, each with how many of its seats are free: what is seen of a large hall from afar.
  function sections(hall, scale) {
    const parts = [];
    const tell = (tier, [left, right, top, bottom], free, all) => {
      const share = (free / all) * 0.4 + (free ? 0.12 : 0);
      const middle = (left + right) / 2;
      const shown = '" fill-opacity="' + share.toFixed(2) + '" d="' + band(hall, left, right, top, bottom) + '"/>';
      parts.push('<path class="section t' + tier.style + shown);
      const said = free && (right - left) * scale > WORDS_PX ? text("map-free", { count: free }) : number.format(free);
      parts.push(words("section-text", middle, (top + bottom) / 2 - hall.rise(middle), said));
    };
    for (const tier of hall.tiers.filter(({ plan }) => plan)) {
      for (const { section, left, right, top, bottom } of tier.parts) {
        const seats = tier.plan.rows.filter((row) => row.section === section).flatMap((row) => row.seats);
        const free = seats.filter((seat) => tier.letters[seat] === "f").length;
        tell(tier, [hall.toX(left), hall.toX(right), hall.toY(top), hall.toY(bottom)], free, seats.length);
      }
    }
    for (const tier of hall.tiers.filter(({ letters, plan }) => letters && !plan)) {
      for (let row = 0; row < tier.rows; row += tier.sectionRows) {
        const end = Math.min(row + tier.sectionRows, tier.rows);
        for (const { seat, x, width } of tier.starts) {
          let free = 0;
          for (let r = row; r < end; r += 1) {
            for (let i = r * tier.perRow + seat; i < r * tier.perRow + seat + width; i += 1) free += tier.letters[i] === "f";
          }
          const [top, bottom] = [tier.top + row * PITCH + 3, tier.top + end * PITCH - 3];
          tell(tier, [x, x + width * PITCH, top, bottom], free, (end - row) * width);
        }
      }
    }
    return parts.join("");
  }

  const keyOf = (tier, index) => tier.code + ":" + index;

  // The inside of a seat's element.
  function insideOf(tier, index, isChosen) {
    const state = STATES[tier.letters[index]];
    const kind = tier.kinds.get(index);
    const cell = '<path class="cell" d="M-12-12h24v24h-24z"/>';
    if (state !== "free") return cell + shape(state);
    const mark = isChosen ? shape("tick") : kind ? shape(kind) : words("seat-number", 0, 4, String(numberOf(tier, index)));
    return cell + shape("free" + tier.style) + mark;
  }
  const classOf = (tier, index, isChosen) =>
    ["s", STATES[tier.letters[index]], "t" + tier.style, tier.kinds.get(index), isChosen && "chosen"].filter(Boolean).join(" ");

  // Draws a hall into a `svg`; `isChosen` says it of a seat. Answers what keeps the drawing up to date.
  function draw(svg, hall, stage, isChosen) {
    svg.setAttribute("viewBox", "0 0 " + hall.width + " " + hall.height);
    svg.innerHTML = outline(hall, stage) + '<g class="sections"></g><g class="near"></g>';
    const [far, near] = [one(".sections", svg), one(".near", svg)];
    const isLarge = hall.seats > SEATS_MAX;
    // What is drawn of the seats; at which size sections were.
    let drawn = null;
    let counted = 0;
    let elements = new Map();
    const markup = (tier, index) => {
      const { x, y } = placeOf(hall, tier, index);
      const chosen = isChosen(tier, index);
      return '<g class="' + classOf(tier, index, chosen) + '" data-of="' + tier.code + '" data-seat="' + labelOf(tier, index)
        + '" transform="translate(' + x + " " + Math.round(y * 10) / 10 + ')">' + insideOf(tier, index, chosen) + "</g>";
    };
    // The seats of a tier within a view, or all.
    function* within(tier, view) {
      if (tier.plan) {
        for (let index = 0; index < tier.letters.length; index += 1) {
          const { x, y } = placeOf(hall, tier, index);
          if (!view || (x >= view.left && x <= view.right && y >= view.top - PITCH && y <= view.bottom + PITCH)) yield index;
        }
        return;
      }
      const rise = hall.rise(0);
      const first = view ? Math.max(0, Math.floor((view.top - tier.top) / PITCH)) : 0;
      const last = view ? Math.min(tier.rows, Math.ceil((view.bottom + rise - tier.top) / PITCH)) : tier.rows;
      for (let row = first; row < last; row += 1) {
        for (let column = 0; column < tier.perRow; column += 1) {
          const index = row * tier.perRow + column;
          if (index >= tier.letters.length) break;
          const x = placeOf(hall, tier, index).x;
          if (!view || (x >= view.left && x <= view.right)) yield index;
        }
      }
    }
    function drawSeats(view) {
      const seats = hall.tiers.filter(({ letters }) => letters).flatMap((tier) => [...within(tier, view)].map((index) => [tier, index]));
      near.innerHTML = seats.map(([tier, index]) => markup(tier, index)).join("");
      elements = new Map(seats.map(([tier, index], at) => [keyOf(tier, index), near.children[at]]));
    }
    const holds = (view) =>
      drawn.left <= view.left && drawn.right >= view.right && drawn.top <= view.top && drawn.bottom >= view.bottom;
    const covers = (view) => drawn && (!isLarge || holds(view));
    return {
      // Draws what is seen in this view, with seats of so many pixels.
      show(view, px) {
        const isFar = isLarge && px < NEAR_PX;
        svg.classList.toggle("is-far", isFar);
        svg.classList.toggle("is-close", px >= NUMBERS_PX);
        if (isFar) {
          if (px !== counted) far.innerHTML = sections(hall, px / PITCH);
          counted = px;
        } else if (!covers(view)) {
          const [x, y] = [(view.right - view.left) / 2, (view.bottom - view.top) / 2];
          drawn = { left: view.left - x, right: view.right + x, top: view.top - y, bottom: view.bottom + y };
          drawSeats(isLarge ? drawn : null);
        }
      },
      // Draws a seat again, if it is drawn.
      repaint(tier, index) {
        const element = elements.get(keyOf(tier, index));
        if (!element) return;
        const [chosen, isCursor] = [isChosen(tier, index), element.classList.contains("cursor")];
        element.setAttribute("class", classOf(tier, index, chosen) + (isCursor ? " cursor" : ""));
        element.innerHTML = insideOf(tier, index, chosen);
      },
      // The counts of sections have changed.
      recount() {
        if (counted) far.innerHTML = sections(hall, counted / PITCH);
      },
      elementOf: (tier, index) => elements.get(keyOf(tier, index)),
    };
  }

  // A shape of the legend.
  const icon = (names) => '<svg width="20" height="20" viewBox="-12 -12 24 24" aria-hidden="true">' + names.map(shape).join("") + "</svg>";

  window.boxoffice.hall = {
    PITCH, applyRuns, readTier, readPlan, layOut, placeOf, seatAt, labelOf, rowOf, numberOf, indexOf, neighboursOf, rowBox, rowsIn, outline, draw, icon,
  };
})();
