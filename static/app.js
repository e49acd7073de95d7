// What scripts add; every page works without them. No framework, no other file.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const locale = root.dataset.locale || "en";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  // The server's clock: how far the reader's is from it.
  const ahead = Date.parse(root.dataset.now) - Date.now();
  const serverNow = () => Date.now() + ahead;

  // Countdowns. Screen readers are told at the minute, not at every second.
  function countdown(clock) {
    const end = Date.parse(clock.dataset.countdown);
    const label = document.createElement("small");
    label.textContent = clock.closest(".hold") ? "Time left to pay" : "Opens in";
    const digits = document.createElement("span");
    digits.setAttribute("role", "timer");
    clock.append(label, digits);
    const two = (n) => String(n).padStart(2, "0");
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - serverNow()) / 1000));
      const [d, h, m, s] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
      digits.textContent = (d ? d + "d " : "") + (d || h ? two(h) + ":" : "") + (d || h ? two(m) : m) + ":" + two(s);
      clock.classList.toggle("soon-over", left <= 60);
      clock.hidden = false;
      if (left > 0) return;
      clearInterval(timer);
      // Not all readers in the same instant; and a hold's end is recorded within two seconds.
      if (clock.dataset.then === "reload") setTimeout(() => location.reload(), 500 + Math.random() * 1500);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }
  all("[data-countdown]").forEach(countdown);

  // The reader's own time beside the venue's, where they differ.
  for (const time of all("time[data-zone]")) {
    const at = new Date(time.dateTime);
    const wall = (zone) => at.toLocaleString("en", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    if (wall(time.dataset.zone) === wall(undefined)) continue;
    const mine = document.createElement("span");
    mine.className = "yours";
    mine.textContent = at.toLocaleString(locale, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZoneName: "short" }) + ", your time";
    const zone = one(".soft, .fact-more", time.parentElement);
    (zone || time).after(mine);
  }

  // A form is sent once; back from the next page it can be sent again, under its own key.
  for (const form of all("form:has([data-once])")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      one("[data-once]", form).setAttribute("aria-disabled", "true");
    });
  }
  addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) {
      delete form.dataset.sent;
      one("[data-once]", form).removeAttribute("aria-disabled");
    }
  });

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const button of all("[data-reload]")) {
    button.hidden = false;
    button.addEventListener("click", () => location.reload());
  }
  one("#refusal")?.focus();

  // The order form: steppers, the sum, seats, live counts.
  const order = one("#order");
  if (order) {
    const limit = Number(order.dataset.limit);
    const money = new Intl.NumberFormat(locale, { style: "currency", currency: order.dataset.currency });
    const amount = (minor) => money.format(minor / 10 ** Number(order.dataset.exponent));
    const number = new Intl.NumberFormat(locale);
    const tiers = all("[data-tier]", order);
    const picked = (tier) => all("input[name=seat]:checked", tier).length;
    const quantityOf = (tier) => picked(tier) || Number(one(".quantity", tier).value);
    const taken = () => tiers.reduce((sum, tier) => sum + quantityOf(tier), 0);

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
        const seats = all("input[name=seat]:checked", tier).map((box) => box.value.split(":")[1]);
        const what = document.createElement("span");
        what.textContent = number.format(quantity) + " × " + one("h3", tier).textContent + (seats.length ? " (" + seats.join(", ") + ")" : "");
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
    }

    for (const tier of tiers) {
      const select = one(".quantity", tier);
      const stepper = document.createElement("div");
      stepper.className = "stepper";
      const name = one("h3", tier).textContent;
      const button = (sign, label, by) => {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = sign;
        made.setAttribute("aria-label", label + " " + name);
        made.addEventListener("click", () => {
          select.value = String(Number(select.value) + by);
          refresh();
          if (made.disabled) select.focus();
        });
        return made;
      };
      select.replaceWith(stepper);
      stepper.append(button("−", "One less", -1), select, button("+", "One more", 1));
    }
    order.addEventListener("change", refresh);

    // Seats: the drawing and the list are one choice.
    const show = (box) => {
      const tier = box.closest("[data-tier]");
      const seat = one('[data-seat="' + box.value.split(":")[1] + '"]', tier);
      seat?.classList.toggle("chosen", box.checked);
    };
    const dressMap = (map) => {
      const tier = map.closest("[data-tier]");
      all("input[name=seat]:checked", map).forEach(show);
      one(".rows", map).open = false;
      one(".seat-map", map).addEventListener("click", (event) => {
        const label = event.target.dataset.seat;
        const box = label && one('input[value="' + tier.dataset.tier + ":" + label + '"]', map);
        if (!box || (!box.checked && taken() + (picked(tier) ? 1 : 1 - quantityOf(tier)) > limit)) return;
        box.checked = !box.checked;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      });
      map.addEventListener("change", (event) => {
        if (event.target.name !== "seat") return;
        show(event.target);
        one(".quantity", tier).value = String(Math.min(picked(tier), limit));
      });
      const area = one(".map", map);
      area.scrollLeft = (area.scrollWidth - area.clientWidth) / 2;
    };
    all(".seats", order).forEach(dressMap);
    for (const link of all("[data-map]", order)) {
      link.addEventListener("click", async (event) => {
        event.preventDefault();
        const response = await fetch(link.href).catch(() => null);
        if (!response?.ok) return location.assign(link.href);
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const tier = link.closest("[data-tier]");
        const map = one('[data-seats="' + tier.dataset.tier + '"]', page);
        if (!map) return;
        tier.append(document.adoptNode(map));
        link.parentElement.remove();
        dressMap(map);
        one(".map", map).focus({ preventScroll: true });
        refresh();
      });
    }

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
      for (const part of [tier, one("[data-left]", tier)]) {
        part.classList.remove("open", "few", "held", "sold");
        part.classList.add(state);
      }
      const left = one("[data-left]", tier);
      if (left.textContent !== text) left.textContent = text;
      const percent = (part) => Math.floor((part * 100) / count.capacity);
      one(".bar-sold", tier).setAttribute("width", percent(count.sold));
      one(".bar-held", tier).setAttribute("x", percent(count.sold));
      one(".bar-held", tier).setAttribute("width", percent(count.held));
      for (const option of one(".quantity", tier).options) {
        option.disabled = Number(option.value) > count.available && !option.selected;
      }
    };
    let etag = "";
    const poll = async () => {
      if (document.hidden) return;
      const response = await fetch(order.dataset.live, { headers: etag ? { "If-None-Match": etag } : {} }).catch(() => null);
      if (!response?.ok) return;
      etag = response.headers.get("ETag") || "";
      (await response.json()).tiers.forEach(apply);
      refresh();
    };
    setInterval(poll, 4000);
    refresh();
  }

  // Paying: digits in groups, test cards at a click.
  const card = one("#card_number");
  if (card) {
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
  const waiting = one("[data-poll]");
  if (waiting) {
    const booking = one("[data-booking]");
    setInterval(async () => {
      const response = await fetch(booking.dataset.booking).catch(() => null);
      const now = response?.ok ? await response.json() : null;
      if (now && (now.status !== "pending" || now.payment?.status !== "processing")) location.reload();
    }, 2000);
  }
})();
