// What scripts add to a booking's page: its codes in full screen, stepping from ticket to ticket, sharing, and a
// copy for when there is no connection. The page works without them; `app.js` is loaded before.
(() => {
  "use strict";
  const { all, one, text, say, extend } = window.boxoffice;

  // A row of tickets that is swiped: buttons, arrow keys, and which of them is shown.
  function deck(deck) {
    const steps = one("[data-steps]", deck);
    const track = one("[data-track]", deck);
    const slides = [...track.children];
    if (slides.length < 2) return;
    steps.hidden = false;
    let at = 0;
    const go = (index) => slides[index]?.scrollIntoView({ block: "nearest", inline: "center" });
    const show = (index) => {
      at = index;
      one("[data-at]", steps).textContent = slides[at].dataset.count;
      for (const button of all("[data-step]", steps)) {
        button.setAttribute("aria-disabled", String(!slides[at + Number(button.dataset.step)]));
      }
    };
    for (const button of all("[data-step]", steps)) {
      button.addEventListener("click", () => go(at + Number(button.dataset.step)));
    }
    deck.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      // Where nothing is to be swiped, or a text is edited, the key keeps its meaning.
      if (!step || track.scrollWidth <= track.clientWidth || event.target.matches("input")) return;
      event.preventDefault();
      go(at + (document.dir === "rtl" ? -step : step));
    });
    const seen = new IntersectionObserver((entries) => {
      const shown = entries.find((entry) => entry.isIntersecting);
      if (shown) show(slides.indexOf(shown.target));
    }, { root: track, threshold: 0.6 });
    slides.forEach((slide) => seen.observe(slide));
    show(0);
    return () => seen.disconnect();
  }

  // The codes in full screen; the screen stays on meanwhile, where the browser can do that.
  function codes(dialog) {
    let lock;
    const stayAwake = async () => {
      if (dialog.open) lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    };
    const again = () => document.visibilityState === "visible" && stayAwake();
    for (const button of all("[data-show]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        dialog.showModal();
        const wanted = one("[data-track]", dialog).children[button.dataset.show - 1];
        wanted.scrollIntoView({ behavior: "instant", block: "nearest", inline: "center" });
        stayAwake();
      });
    }
    one("[data-close]", dialog).addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => lock?.release());
    document.addEventListener("visibilitychange", again);
    return () => {
      document.removeEventListener("visibilitychange", again);
      lock?.release();
    };
  }

  // Shares the booking's link; where the browser cannot, copies it.
  function shareButton(button) {
    const field = one(button.dataset.share);
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (navigator.share) return navigator.share({ title: document.title, url: field.value }).catch(() => {});
      field.select();
      await navigator.clipboard?.writeText(field.value).then(() => {
        button.textContent = text("script-copied");
        say(button.textContent);
      }, () => {});
    });
  }

  // The worker keeps the pages of confirmed bookings and drops those of others: see `worker.js`.
  async function tell(booking) {
    if (!navigator.serviceWorker || one("[data-offline]:not([hidden])")) return;
    const page = new URL(booking.dataset.booking, location.href);
    const scope = page.pathname.slice(0, page.pathname.lastIndexOf("/") + 1);
    const isConfirmed = "keep" in booking.dataset;
    const known = await navigator.serviceWorker.getRegistration(page.pathname);
    if (!isConfirmed) return known?.active?.postMessage({ drop: page.href });
    const registration = await navigator.serviceWorker.register("/tickets-worker.js", { scope });
    const worker = await running(registration);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data: isKept }) => {
      const note = one("[data-kept]", booking);
      if (note) note.hidden = !isKept;
    };
    worker.postMessage({ keep: page.href }, [port2]);
  }
  function running({ installing, waiting, active }) {
    const worker = installing || waiting || active;
    if (worker.state === "activated") return worker;
    return new Promise((done) => {
      worker.addEventListener("statechange", () => worker.state === "activated" && done(worker));
    });
  }

  extend("[data-deck]", deck);
  extend("[data-codes]", codes);
  extend("[data-share]", shareButton);
  // Without the copy all else works; a browser may forbid it.
  extend("[data-booking]", (booking) => { tell(booking).catch(() => {}); });
})();
