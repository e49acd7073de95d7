// Moving about in the picture of a hall: it scrolls as everything does, and comes closer by two fingers, by buttons and
// by a tap; a small picture beside it shows which part is seen. What is drawn is in `hall.js`.
(() => {
  "use strict";
  const { one, element, text } = window.boxoffice;
  const { button } = window.boxoffice.order;
  const { PITCH, outline, rowBox, rowsIn } = window.boxoffice.hall;

  const isCoarse = () => matchMedia("(pointer: coarse)").matches;
  // The size of a seat in pixels: that a finger hits, that a mouse hits, at first at most, at most.
  const [FINGER_PX, MOUSE_PX, START_PX, MOST_PX] = [46, 15, 34, 72];
  const STEP = 1.5;
  // A hall that is at most so many times as wide as the screen begins with seats that a finger hits.
  const WIDE = 2.2;
  // The width of a row's letters.
  const NAME_PX = 26;
  // Pixels by which a mouse drags instead of clicking.
  const DRAG_PX = 5;

  const between = (least, value, most) => Math.min(Math.max(value, least), most);

  // Where things are: what of the drawing is seen in `area`, which scrolls, and where on the screen a point of it is.
  function frameOf(area, svg, hall) {
    const frame = { scale: 1 };
    const drawing = () => svg.getBoundingClientRect();
    // What is seen, in units of the drawing.
    frame.view = () => {
      const [shown, outer] = [drawing(), area.getBoundingClientRect()];
      const [left, top] = [(outer.left - shown.left) / frame.scale, (outer.top - shown.top) / frame.scale];
      return { left, top, right: left + area.clientWidth / frame.scale, bottom: top + area.clientHeight / frame.scale };
    };
    frame.pointOf = ({ clientX, clientY }) => {
      const { left, top } = drawing();
      return { x: (clientX - left) / frame.scale, y: (clientY - top) / frame.scale };
    };
    frame.onScreen = ({ x, y }) => {
      const { left, top } = drawing();
      return { clientX: left + x * frame.scale, clientY: top + y * frame.scale };
    };
    frame.middle = () => {
      const { left, top } = area.getBoundingClientRect();
      return { clientX: left + area.clientWidth / 2, clientY: top + area.clientHeight / 2 };
    };
    // Scrolls until a point of the drawing is at a place of the screen.
    frame.move = (point, to) => {
      const now = frame.onScreen(point);
      area.scrollBy(now.clientX - to.clientX, now.clientY - to.clientY);
    };
    frame.draw = (scale) => {
      frame.scale = scale;
      svg.setAttribute("width", hall.width * scale);
      svg.setAttribute("height", hall.height * scale);
      svg.style.setProperty("--unit", 1 / scale);
    };
    frame.isWhole = () => area.scrollWidth <= area.clientWidth + 1 && area.scrollHeight <= area.clientHeight + 1;
    return frame;
  }

  // Makes `area` show `hall` in `svg`. `seen` is called with what is seen, the size of a seat, and whether fingers are
  // on the drawing: they move what is drawn already, because what replaces it would not get their events.
  function show(area, svg, hall, seen) {
    const frame = frameOf(area, svg, hall);
    const { view, onScreen, pointOf, middle, isWhole } = frame;
    const most = MOST_PX / PITCH;
    const heightMax = () => between(240, innerHeight * 0.6, 760);
    const fitting = () => Math.min((area.clientWidth || 1) / hall.width, heightMax() / hall.height, START_PX / PITCH);
    const sizeOf = () => frame.scale * PITCH;
    const isFit = () => frame.scale <= fitting() * 1.01;
    let [isHeld, wasFit] = [false, true];
    const report = () => {
      wasFit = isFit();
      seen(view(), sizeOf(), isHeld);
    };
    const hold = (held) => {
      isHeld = held;
      if (!held) report();
    };
    // Draws so large; what was at this place of the screen stays there.
    function scaleTo(wanted, at = middle()) {
      const point = pointOf(at);
      frame.draw(between(Math.min(fitting(), most), wanted, most));
      frame.move(point, at);
      report();
    }
    function fit() {
      // The frame keeps its height while one comes closer, so that the page below does not move.
      area.style.height = Math.ceil(between(200, hall.height * fitting(), heightMax())) + "px";
      scaleTo(fitting());
    }
    const hits = () => sizeOf() >= (isCoarse() ? 44 : MOUSE_PX);
    const closer = (at) => scaleTo((isCoarse() ? FINGER_PX : START_PX) / PITCH, at);
    function begin() {
      fit();
      if (!isCoarse() || hits() || (hall.width * FINGER_PX) / PITCH > area.clientWidth * WIDE) return;
      area.style.height = Math.ceil(heightMax()) + "px";
      closer();
      area.scrollTo((area.scrollWidth - area.clientWidth) / 2, 0);
      area.style.height = Math.ceil(Math.min(heightMax(), area.scrollHeight)) + "px";
      report();
    }
    // Scrolls as little as is needed to see a point, with seats large enough to be told apart.
    function reveal(point) {
      if (sizeOf() < MOUSE_PX) scaleTo(START_PX / PITCH, onScreen(point));
      const [edges, room] = [view(), PITCH * 1.5];
      const by = (low, value, high) => (Math.min(0, value - room - low) + Math.max(0, value + room - high)) * frame.scale;
      area.scrollBy(by(edges.left, point.x, edges.right), by(edges.top, point.y, edges.bottom));
    }
    area.addEventListener("scroll", report, { passive: true });
    followWidth(area, () => isFit() || wasFit, { begin, fit, report });
    const step = (by, at) => scaleTo(frame.scale * by, at);
    const [centre, isAtMost] = [(point) => frame.move(point, middle()), () => frame.scale >= most * 0.99];
    return { hold, step, fit, begin, isFit, isWhole, isAtMost, sizeOf, hits, closer, centre, reveal, pointOf, onScreen };
  }

  // A whole hall stays whole when the window changes.
  function followWidth(area, isWhole, { begin, fit, report }) {
    let width = 0;
    new ResizeObserver(() => {
      if (area.clientWidth === width || !area.clientWidth) return;
      if (!width) begin();
      else if (isWhole()) fit();
      else report();
      width = area.clientWidth;
    }).observe(area);
  }

  // Two fingers come closer; a mouse drags. One finger scrolls as it does anywhere.
  function addGestures(area, port) {
    const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    const middle = ([a, b]) => ({ clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 });
    let last = 0;
    const count = ({ touches }) => {
      last = touches.length === 2 ? spread(touches) : 0;
      port.hold(touches.length === 2);
    };
    for (const name of ["touchstart", "touchend", "touchcancel"]) area.addEventListener(name, count, { passive: true });
    area.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 2 || !last) return;
      event.preventDefault();
      const now = spread(event.touches);
      port.step(now / last, middle(event.touches));
      last = now;
    }, { passive: false });
    area.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      port.step(Math.exp(-event.deltaY / 200), event);
    }, { passive: false });
    addDragging(area);
  }

  function addDragging(area) {
    let from = null;
    const drag = (event) => {
      if (!from.moved && Math.hypot(event.clientX - from.x, event.clientY - from.y) < DRAG_PX) return;
      from.moved = true;
      area.classList.add("is-dragged");
      area.scrollTo(from.left + from.x - event.clientX, from.top + from.y - event.clientY);
    };
    const end = () => {
      removeEventListener("pointermove", drag);
      removeEventListener("pointerup", end);
      // The click that ends dragging chooses nothing.
      setTimeout(() => area.classList.remove("is-dragged"));
    };
    area.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button) return;
      from = { x: event.clientX, y: event.clientY, left: area.scrollLeft, top: area.scrollTop, moved: false };
      addEventListener("pointermove", drag);
      addEventListener("pointerup", end);
    });
  }

  // The whole hall, small, with a frame around what is seen of it, which can be moved.
  function addMinimap(place, hall, port) {
    const small = element("div", "", { class: "minimap", "aria-hidden": "true" });
    small.innerHTML = '<svg viewBox="0 0 ' + hall.width + " " + hall.height + '">' + outline(hall) + '<rect class="seen"/></svg>';
    const [svg, frame] = [small.firstChild, one(".seen", small)];
    const move = (event) => {
      const box = svg.getBoundingClientRect();
      const part = (value, start, size) => (value - start) / size;
      port.centre({ x: part(event.clientX, box.left, box.width) * hall.width, y: part(event.clientY, box.top, box.height) * hall.height });
    };
    small.addEventListener("pointerdown", (event) => {
      small.setPointerCapture(event.pointerId);
      move(event);
    });
    small.addEventListener("pointermove", (event) => event.buttons && move(event));
    place.prepend(small);
    return ({ left, top, right, bottom }) => {
      small.hidden = port.isWhole();
      const [x, y] = [Math.max(0, left), Math.max(0, top)];
      const size = { x, y, width: Math.min(hall.width, right) - x, height: Math.min(hall.height, bottom) - y };
      for (const [name, value] of Object.entries(size)) frame.setAttribute(name, Math.max(0, value));
    };
  }

  function addTools(place, port) {
    const tools = [
      button("−", text("script-map-smaller"), () => port.step(1 / STEP)),
      button("+", text("script-map-larger"), () => port.step(STEP)),
      button("", text("script-map-whole"), () => port.fit()),
    ];
    tools[2].innerHTML = '<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">'
      + '<path class="whole" d="M2 7V2h5M13 2h5v5M18 13v5h-5M7 18H2v-5"/></svg>';
    place.append(...tools);
    return () => {
      tools[0].disabled = tools[2].disabled = port.isFit();
      tools[1].disabled = port.isAtMost();
    };
  }

  // The letters of rows, which stay at the edge while the seats move: each sticks within the strip of its row.
  function addRowNames(area, hall) {
    const names = element("div", "", { class: "row-names", "aria-hidden": "true" });
    area.prepend(names);
    return (view, px) => {
      const scale = px / PITCH;
      names.hidden = px < 11;
      if (names.hidden) return;
      const strips = [];
      for (const tier of hall.tiers.filter(({ letters }) => letters)) {
        for (const row of rowsIn(hall, tier, view)) strips.push(rowBox(hall, tier, row, view));
      }
      while (names.children.length < strips.length) names.append(element("span", ""));
      while (names.children.length > strips.length) names.lastChild.remove();
      const inset = Math.max(0, (area.clientWidth - hall.width * scale) / 2);
      strips.forEach(({ name, left: from, y, width }, at) => {
        const strip = names.children[at];
        const left = Math.max(0, from * scale + inset - NAME_PX);
        strip.style.left = left + "px";
        strip.style.width = (from + width) * scale + inset - left + "px";
        strip.style.top = y * scale + "px";
        if (!strip.firstChild?.tagName) strip.replaceChildren(element("b", ""));
        strip.firstChild.textContent = name;
        strip.firstChild.style.height = px + "px";
        strip.dataset.row = name;
      });
    };
  }

  window.boxoffice.zoom = { show, addGestures, addMinimap, addTools, addRowNames };
})();
