// What scripts add; every page works without them. No framework, no other file.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const locale = root.dataset.locale || "en";
  const number = new Intl.NumberFormat(locale);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  // The server's clock: how far the reader's is from it.
  let ahead = Date.parse(root.dataset.now) - Date.now();
  const serverNow = () => Date.now() + ahead;

  // What screen readers are told without being asked; the page's one live region.
  const say = (text) => { one("#live").textContent = text; };

  const parse = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

  // Puts another page's main part in place of this one's. Focus goes to what is new; what the reader
  // did not ask for neither scrolls nor takes the focus from outside.
  async function visit(url, options, asked) {
    const response = await fetch(url, options);
    const page = await parse(response);
    const main = one("main", page);
    if (!main) throw new Error("not a page");
    if (response.redirected && new URL(response.url).pathname !== location.pathname) return location.assign(response.url);
    ahead = Date.parse(page.documentElement.dataset.now) - Date.now();
    const old = one("main");
    const inside = old.contains(document.activeElement);
    const typed = one("#card_number", old)?.value;
    document.title = page.title;
    old.replaceWith(document.adoptNode(main));
    enhance();
    // A slip of one digit is not typed anew; the server never sends a card number back.
    const card = one("#card_number[aria-invalid]");
    if (card && typed) card.value = typed;
    const heading = one("h1");
    heading.tabIndex = -1;
    const first = one("[role=alert], [aria-invalid=true]");
    if (asked) scrollTo(0, 0);
    if (first?.matches("[aria-invalid]")) first.focus();
    else if (asked || inside) heading.focus({ preventScroll: true });
    if (!asked) say(heading.textContent);
  }
  const booking = () => one("[data-booking]")?.dataset.booking;
  const renew = () => visit(booking()?.slice("/api".length) || location.href).catch(() => {});

  // Countdowns. Screen readers are not told of every second.
  function countdown(clock) {
    const end = Date.parse(clock.dataset.countdown);
    const label = document.createElement("small");
    label.textContent = clock.closest(".hold") ? "Time left to pay" : "Opens in";
    const digits = document.createElement("span");
    digits.setAttribute("role", "timer");
    clock.append(label, digits);
    const two = (n) => String(n).padStart(2, "0");
    const tick = () => {
      if (!clock.isConnected) return clearInterval(timer);
      const left = Math.max(0, Math.ceil((end - serverNow()) / 1000));
      const [d, h, m, s] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
      digits.textContent = d > 7 ? number.format(d) + " days" : (d ? d + "d " : "") + (d || h ? two(h) + ":" : "") + (d || h ? two(m) : m) + ":" + two(s);
      clock.classList.toggle("soon-over", left <= 60);
      clock.hidden = false;
      if (left > 0) return;
      clearInterval(timer);
      // Not all readers in the same instant.
      if (clock.dataset.then) setTimeout(() => clock.isConnected && renew(), 300 + Math.random() * 1200);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  // The reader's own time beside the venue's, where they differ.
  function yourTime(time) {
    const at = new Date(time.dateTime);
    const wall = (zone) => at.toLocaleString("en", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    if (wall(time.dataset.zone) === wall(undefined)) return;
    const mine = document.createElement("span");
    mine.className = "yours";
    mine.textContent = at.toLocaleString(locale, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZoneName: "short" }) + ", your time";
    const zone = one(".soft, .fact-more", time.parentElement);
    (zone || time).after(mine);
  }

  // A form is sent once; back from the next page it can be sent again, under its own key.
  function once(form) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      one("[data-once]", form).setAttribute("aria-disabled", "true");
      if (!form.matches("[data-swap]")) return;
      event.preventDefault();
      one("[data-lost]")?.remove();
      visit(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }, true).catch(() => {
        release(form);
        const lost = document.createElement("p");
        lost.className = "alert";
        lost.dataset.lost = "";
        lost.setAttribute("role", "alert");
        lost.textContent = "No answer came: the connection may be down. Try again; the same form is never carried out twice.";
        form.prepend(lost);
      });
    });
  }
  function release(form) {
    delete form.dataset.sent;
    one("[data-once]", form).removeAttribute("aria-disabled");
  }
  addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  // The order form: steppers, the sum, seats, live counts. Answers what stops it.
  function orderForm(order) {
    const limit = Number(order.dataset.limit);
    const money = new Intl.NumberFormat(locale, { style: "currency", currency: order.dataset.currency });
    const amount = (minor) => money.format(minor / 10 ** Number(order.dataset.exponent));
    const tiers = all("[data-tier]", order);
    const nameOf = (tier) => one("h3", tier).textContent;
    const ticked = (within) => all("input[name=seat]:checked", within);
    const picked = (tier) => ticked(tier).length;
    const quantityOf = (tier) => picked(tier) || Number(one(".quantity", tier).value);
    const taken = () => tiers.reduce((sum, tier) => sum + quantityOf(tier), 0);
    const labelOf = (box) => box.value.split(":").slice(1).join("-");

    function refresh() {
      const lines = [];
      let sum = 0;
      const total = taken();
      for (const tier of tiers) {
        const select = one(".quantity", tier);
        const chosen = picked(tier);
        const quantity = quantityOf(tier);
        tier.classList.toggle("picked", quantity > 0);
        const [less, more] = all(".stepper button", tier);
        const next = [...select.options].find((option) => Number(option.value) === quantity + 1);
        less.disabled = chosen > 0 || quantity === 0;
        more.disabled = chosen > 0 || !next || next.disabled || total >= limit;
        if (quantity === 0) continue;
        const cost = quantity * Number(tier.dataset.price);
        sum += cost;
        const line = document.createElement("p");
        line.className = "line";
        const seats = ticked(tier).map(labelOf);
        const what = document.createElement("span");
        what.textContent = number.format(quantity) + " × " + nameOf(tier) + (seats.length ? " (" + seats.join(", ") + ")" : "");
        const price = document.createElement("span");
        price.textContent = amount(cost);
        line.append(what, price);
        lines.push(line);
      }
      const box = one("[data-summary]", order);
      if (!refresh.hint) refresh.hint = [...box.childNodes];
      box.replaceChildren(...(lines.length ? lines : refresh.hint));
      one(".sum", order).hidden = false;
      one("[data-sum]", order).textContent = amount(sum);
      one("[data-what]", order).textContent = lines.map((line) => line.firstChild.textContent).join(", ");
      const book = one("[data-once]", order);
      book.textContent = total ? "Book" : "Choose tickets";
      book.classList.toggle("quiet", !total);
      book.classList.toggle("primary", total > 0);
    }
    refresh.hint = null;

    const button = (text, label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.setAttribute("aria-label", label);
      made.addEventListener("click", () => act(made));
      return made;
    };
    for (const tier of tiers) {
      const select = one(".quantity", tier);
      const stepper = document.createElement("div");
      stepper.className = "stepper";
      const step = (by) => (made) => {
        select.value = String(Number(select.value) + by);
        refresh();
        if (made.disabled) select.focus();
      };
      select.replaceWith(stepper);
      stepper.append(button("−", "One less " + nameOf(tier), step(-1)), select, button("+", "One more " + nameOf(tier), step(1)));
    }
    order.addEventListener("change", refresh);

    // Seats: the drawing and the list are one choice.
    const boxOf = (map, label) => all("input[name=seat]", map).find((box) => labelOf(box) === label);
    const show = (map, box) => one('[data-seat="' + labelOf(box) + '"]', map)?.classList.toggle("chosen", box.checked);
    function toggle(map, label) {
      const box = boxOf(map, label);
      const tier = map.closest("[data-tier]");
      if (!box) return;
      if (!box.checked && taken() + (picked(tier) ? 1 : 1 - quantityOf(tier)) > limit) return say("At most " + number.format(limit) + " tickets in one booking");
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      say(label + (box.checked ? " chosen" : " not chosen"));
    }
    // Arrow keys go from free seat to free seat; space and enter choose.
    function steer(map, area) {
      let cursor = null;
      const at = (seat) => [Number(seat.getAttribute("x")), Number(seat.getAttribute("y"))];
      const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      const go = ([dx, dy]) => {
        const seats = all("[data-seat]", area);
        if (!cursor?.isConnected) return one(".chosen[data-seat]", area) || seats[0];
        const [x, y] = at(cursor);
        const far = (seat) => {
          const [ax, ay] = at(seat).map((value, axis) => value - [x, y][axis]);
          const along = ax * dx + ay * dy;
          const aside = Math.abs(dx ? ay : ax);
          return along > 0 && (dy || aside === 0) ? along + 3 * aside : Infinity;
        };
        return seats.reduce((best, seat) => (far(seat) < far(best) ? seat : best), cursor);
      };
      area.addEventListener("keydown", (event) => {
        const choose = event.key === " " || event.key === "Enter";
        if (!keys[event.key] && !(choose && cursor)) return;
        event.preventDefault();
        if (choose) return toggle(map, cursor.dataset.seat);
        const next = go(keys[event.key]);
        cursor?.classList.remove("cursor");
        if (!next) return;
        cursor = next;
        cursor.classList.add("cursor");
        cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
        say(cursor.dataset.seat + (cursor.matches(".chosen") ? " chosen" : ""));
      });
      area.addEventListener("blur", () => cursor?.classList.remove("cursor"));
    }
    function zoomable(map, area) {
      const drawing = one(".seat-map", area);
      const natural = Number(drawing.getAttribute("width"));
      const zoom = (by) => () => {
        const middle = (area.scrollLeft + area.clientWidth / 2) / area.scrollWidth;
        const width = Math.min(Math.max(Number(drawing.getAttribute("width")) * by, natural / 3), natural * 2);
        drawing.setAttribute("width", width);
        area.scrollLeft = middle * area.scrollWidth - area.clientWidth / 2;
      };
      const tools = document.createElement("div");
      tools.className = "map-tools";
      const name = " " + nameOf(map.closest("[data-tier]")) + " seat map";
      tools.append(button("−", "Smaller" + name, zoom(0.75)), button("+", "Larger" + name, zoom(1 / 0.75)));
      area.after(tools);
      // As a whole if its seats are still big enough then to hit.
      const smallest = natural * (matchMedia("(pointer: fine)").matches ? 0.55 : 0.75);
      drawing.setAttribute("width", Math.min(natural, Math.max(area.clientWidth, smallest)));
    }
    function dressMap(map) {
      const tier = map.closest("[data-tier]");
      const area = one(".map", map);
      ticked(map).forEach((box) => show(map, box));
      one(".rows", map).open = false;
      one(".seat-map", map).addEventListener("click", (event) => toggle(map, event.target.dataset.seat));
      map.addEventListener("change", (event) => {
        if (event.target.name !== "seat") return;
        show(map, event.target);
        one(".quantity", tier).value = String(Math.min(picked(tier), limit));
      });
      steer(map, area);
      zoomable(map, area);
      all("[data-section]", map).forEach((button) => loads(button, tier));
      area.scrollLeft = (area.scrollWidth - area.clientWidth) / 2;
    }
    // The seat map of a tier as it is now; what was ticked stays ticked unless it is gone.
    async function load(tier, url) {
      const page = await parse(await fetch(url));
      const map = one('[data-seats="' + tier.dataset.tier + '"]', page);
      const old = one(".seats", tier);
      const gone = [];
      for (const box of old ? ticked(old) : []) {
        const again = boxOf(map, labelOf(box));
        const here = one('[data-row="' + box.value.split(":")[1] + '"]', map);
        if (again) again.checked = true;
        else if (here) gone.push(labelOf(box));
        else {
          const elsewhere = one("[data-elsewhere]", map);
          elsewhere.append(box.closest("label").cloneNode(true));
          one("label:last-child span", elsewhere).textContent = labelOf(box);
          elsewhere.hidden = false;
        }
      }
      const kept = old && [".map", ".seat-map", ".rows"].map((part) => one(part, old));
      const focus = old?.contains(document.activeElement) && (document.activeElement.value || document.activeElement.className || "map");
      const state = kept && [kept[0].scrollLeft, kept[0].scrollTop, kept[1].getAttribute("width"), kept[2].open];
      if (old) old.replaceWith(document.adoptNode(map));
      else tier.append(document.adoptNode(map));
      dressMap(map);
      if (state) {
        one(".seat-map", map).setAttribute("width", state[2]);
        one(".rows", map).open = state[3];
        Object.assign(one(".map", map), { scrollLeft: state[0], scrollTop: state[1] });
      }
      if (focus) (all("input[name=seat]", map).find((box) => box.value === focus) || one(".map", map)).focus({ preventScroll: true });
      if (gone.length) {
        const note = one(".problem", tier) || document.createElement("p");
        note.className = "problem";
        note.textContent = "Just taken by somebody else: " + gone.join(", ").replaceAll("-", "\u2011") + ". Pick others, or book and we choose the best that are free.";
        tier.addEventListener("change", () => note.remove(), { once: true });
        map.before(note);
        say(note.textContent);
      }
      refresh();
    }
    function loads(button, tier) {
      const url = button.formAction.split("#")[0] + "?seats=" + encodeURIComponent(button.value);
      button.addEventListener("click", (event) => {
        event.preventDefault();
        const first = button.matches("[data-map]");
        load(tier, url).then(() => {
          if (first) button.parentElement.remove();
          one(".map", tier).focus({ preventScroll: true });
        }, () => location.assign(url));
      });
    }
    all(".seats", order).forEach(dressMap);
    all("[data-map]", order).forEach((button) => loads(button, button.closest("[data-tier]")));

    // Counts, while somebody looks.
    const words = (count) => {
      if (count.available > 10) return ["open", number.format(count.available) + " left"];
      if (count.available > 0) return ["few", "Only " + number.format(count.available) + " left"];
      return count.held > 0 ? ["held", "All held by others, some may come back"] : ["sold", "Sold out"];
    };
    const apply = (count) => {
      const tier = tiers.find((tier) => tier.dataset.tier === count.tier);
      if (!tier) return;
      const [state, text] = words(count);
      // Only what changes a decision is worth saying.
      if (!tier.classList.contains(state)) news.set(nameOf(tier), text);
      for (const part of [tier, one("[data-left]", tier)]) {
        part.classList.remove("open", "few", "held", "sold");
        part.classList.add(state);
      }
      const left = one("[data-left]", tier);
      const changed = left.textContent !== text;
      if (changed) left.textContent = text;
      const percent = (part) => Math.floor((part * 100) / count.capacity);
      one(".bar-sold", tier).setAttribute("width", percent(count.sold));
      one(".bar-held", tier).setAttribute("x", percent(count.sold));
      one(".bar-held", tier).setAttribute("width", percent(count.held));
      for (const option of one(".quantity", tier).options) {
        option.disabled = Number(option.value) > count.available && !option.selected;
      }
      const map = one(".seats", tier);
      if (changed && map) stale.set(tier, order.getAttribute("action").replace(/\/bookings$/, "") + "?seats=" + one("[name=maps]", map).value);
    };
    const update = (counts) => {
      counts.tiers.forEach(apply);
      refresh();
    };
    const news = new Map();
    const stale = new Map();
    // News at most every eight seconds, seat maps at most every three, however fast the counts change.
    const speaker = setInterval(() => {
      if (news.size) say([...news].map(([name, text]) => name + ": " + text).join(". "));
      news.clear();
    }, 8000);
    const renewer = setInterval(() => {
      stale.forEach((url, tier) => load(tier, url).catch(() => {}));
      stale.clear();
    }, 3000);

    let source = null;
    let poller = null;
    let etag = "";
    const poll = async () => {
      const response = await fetch(order.dataset.live, { headers: etag ? { "If-None-Match": etag } : {} }).catch(() => null);
      if (!response?.ok) return;
      etag = response.headers.get("ETag") || "";
      update(await response.json());
    };
    const stop = () => {
      source?.close();
      clearInterval(poller);
      source = poller = null;
    };
    const watch = () => {
      stop();
      if (document.hidden) return;
      source = new EventSource(order.dataset.live + "/stream");
      source.addEventListener("availability", (event) => update(JSON.parse(event.data)));
      source.addEventListener("error", () => {
        // The browser comes back by itself unless it was refused: too many are watching.
        if (source?.readyState !== EventSource.CLOSED) return;
        stop();
        poller = setInterval(poll, 4000);
      });
    };
    const events = { visibilitychange: watch, pagehide: stop, pageshow: (event) => event.persisted && watch() };
    for (const [name, act] of Object.entries(events)) addEventListener(name, act);
    watch();
    refresh();
    return () => {
      stop();
      clearInterval(speaker);
      clearInterval(renewer);
      for (const [name, act] of Object.entries(events)) removeEventListener(name, act);
    };
  }

  // Paying: digits in groups, test cards at a click.
  function cardField(card) {
    card.addEventListener("input", () => {
      if (card.selectionStart !== card.value.length) return;
      card.value = card.value.replace(/\D/g, "").slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
    });
    for (const code of all("[data-card]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = code.textContent;
      button.addEventListener("click", () => { card.value = code.textContent; card.focus(); });
      code.replaceChildren(button);
    }
  }

  // A payment that the bank answers later.
  function wait(waiting) {
    const timer = setInterval(async () => {
      if (!waiting.isConnected) return clearInterval(timer);
      const response = await fetch(booking()).catch(() => null);
      const now = response?.ok ? await response.json() : null;
      if (!now || (now.status === "pending" && now.payment?.status === "processing")) return;
      clearInterval(timer);
      renew();
    }, 1500);
  }

  let leave = () => {};
  function enhance() {
    leave();
    leave = () => {};
    all("[data-countdown]").forEach(countdown);
    all("time[data-zone]").forEach(yourTime);
    all("form:has([data-once])").forEach(once);
    for (const [name, act] of [["print", () => print()], ["reload", () => location.reload()]]) {
      for (const button of all("[data-" + name + "]")) {
        button.hidden = false;
        button.addEventListener("click", act);
      }
    }
    one("#refusal")?.focus();
    const [order, card, waiting] = ["#order", "#card_number", "[data-poll]"].map((selector) => one(selector));
    if (order) leave = orderForm(order);
    if (card) cardField(card);
    if (waiting) wait(waiting);
  }
  enhance();
  // A page that the browser had kept tells an old time.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward" && one("[data-countdown]")) renew();
})();
