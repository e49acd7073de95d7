// Pays by Stripe's script on the page of a booking: its element in the form that pays, and what the buyer's bank asks after it.
// Without this file, or without Stripe's, the form leads to Stripe's own page.
(() => {
  "use strict";
  const { one, element, extend, text } = window.boxoffice;
  const root = document.documentElement;

  // After so long without an answer the page goes on without it.
  const LATE_MS = 10_000;

  // Stripe's script with the account's key, loaded once; tried again where it did not arrive.
  let opened;
  function open({ script, key }) {
    opened ??= new Promise((done, failed) => {
      const library = element("script", "", { src: script });
      library.addEventListener("load", done);
      library.addEventListener("error", failed);
      document.head.append(library);
    }).then(() => window.Stripe(key, { locale: root.lang }));
    opened.catch(() => { opened = undefined; });
    return opened;
  }

  // The shop's colours, as they are now.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function appearance() {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      theme: dark.matches ? "night" : "stripe",
      variables: {
        colorPrimary: colour("accent"),
        colorBackground: colour("card"),
        colorText: colour("ink"),
        colorTextSecondary: colour("soft"),
        colorDanger: colour("accent-ink"),
        borderRadius: colour("radius"),
        fontFamily: "system-ui, sans-serif",
      },
    };
  }

  const showIn = (problem) => (message) => {
    problem.textContent = message;
    problem.hidden = !message;
  };

  // Decided after hours or days, when the hold is over: the server leaves them out, too. Where money is reserved at first, Stripe
  // does so by itself.
  const DELAYED = [
    "acss_debit", "au_becs_debit", "bacs_debit", "boleto", "customer_balance", "konbini", "multibanco", "nz_bank_account",
    "oxxo", "sepa_debit", "sofort", "us_bank_account",
  ];

  // What is done before a form is sent: before `app.js` sends it.
  const senders = new WeakMap();
  addEventListener("submit", (event) => senders.get(event.target)?.(event), true);

  // The element, in place of the button that leads to Stripe's page.
  function pays(place) {
    const form = place.closest("form");
    const [button, hosted, opening] = [one("[data-pays]", form), one(".hosted", form), one("[data-opening]", form)];
    const show = showIn(one("#pay-problem", form));
    const token = form.elements.payment_method;
    const leads = one("[name=hosted]", hosted);
    let [stripe, elements, isBusy, hasFailed, late] = [];
    const swapButtons = (isHere) => { [place.hidden, button.hidden, hosted.hidden] = [!isHere, !isHere, isHere]; };
    const wait = () => {
      clearTimeout(late);
      late = setTimeout(fail, LATE_MS);
      if (hasFailed) show("");
      opening.hidden = false;
      swapButtons(true);
    };
    const fail = () => {
      clearTimeout(late);
      hasFailed = true;
      [opening.hidden, button.disabled] = [true, true];
      swapButtons(false);
      show(text("script-pay-missing"));
    };
    // One that comes late still replaces the way to Stripe's page, unless that is taken already.
    const isReady = () => {
      clearTimeout(late);
      if (hasFailed) show("");
      [opening.hidden, button.disabled] = [true, false];
      place.classList.add("ready");
      swapButtons(true);
    };
    const { amount, currency, capture, back } = place.dataset;
    function mount(library) {
      if (!place.isConnected || isLeaving()) return;
      wait();
      stripe = library;
      elements = stripe.elements({
        mode: "payment", amount: Number(amount), currency, captureMethod: capture, appearance: appearance(),
        excludedPaymentMethodTypes: capture === "automatic" ? DELAYED : [],
      });
      const payment = elements.create("payment");
      payment.on("ready", () => isLeaving() || isReady());
      payment.on("loaderror", fail);
      // What was typed before is not sent after it was changed.
      payment.on("change", () => { token.value = ""; });
      payment.mount(place);
    }
    async function makeToken() {
      const { error } = await elements.submit();
      if (error) return show(error.message || text("script-pay-problem"));
      const params = { return_url: new URL(back, location.href).href };
      const made = await stripe.createConfirmationToken({ elements, params });
      if (made.error) return show(made.error.message || text("script-pay-problem"));
      token.value = made.confirmationToken.id;
    }
    // The way to Stripe's page is taken once, and open again if it leads nowhere, or for who comes back.
    const isLeaving = () => leads.hasAttribute("aria-disabled");
    const stay = () => leads.removeAttribute("aria-disabled");
    function goThere(event) {
      if (isLeaving()) return event.preventDefault();
      leads.setAttribute("aria-disabled", "true");
      setTimeout(stay, LATE_MS);
    }
    async function send(event) {
      if (event.submitter === leads) return goThere(event);
      if (token.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (isBusy || !elements) return;
      isBusy = true;
      button.setAttribute("aria-disabled", "true");
      show("");
      await makeToken().catch(() => show(text("script-pay-problem")));
      isBusy = false;
      button.removeAttribute("aria-disabled");
      if (token.value && form.isConnected) form.requestSubmit(button);
    }
    const repaint = () => elements?.update({ appearance: appearance() });
    wait();
    senders.set(form, send);
    dark.addEventListener("change", repaint);
    addEventListener("pageshow", stay);
    open(place.dataset).then(mount).catch(fail);
    return () => {
      clearTimeout(late);
      dark.removeEventListener("change", repaint);
      removeEventListener("pageshow", stay);
    };
  }

  // What the bank asks, in a window of Stripe's; asked by itself the first time that the page is shown.
  const inTime = (work) => Promise.race([work, new Promise((_, failed) => { setTimeout(failed, LATE_MS); })]);
  const UNDECIDED = ["api_connection_error", "api_error", "rate_limit_error"];
  function acts(button) {
    const show = showIn(one("#act-problem"));
    const { act: clientSecret, payment, back } = button.dataset;
    let isBusy;
    async function ask() {
      const stripe = await inTime(open(button.dataset)).catch(() => undefined);
      if (!stripe) return show(text("script-act-missing"));
      const { error } = await stripe.handleNextAction({ clientSecret });
      if (!error || !UNDECIDED.includes(error.type)) return location.assign(back);
      show(error.message || text("script-pay-problem"));
    }
    async function start() {
      if (isBusy) return;
      isBusy = true;
      button.setAttribute("aria-disabled", "true");
      show("");
      await ask().catch(() => show(text("script-pay-problem")));
      isBusy = false;
      button.removeAttribute("aria-disabled");
    }
    button.hidden = false;
    button.addEventListener("click", start);
    if (isFirst(payment)) start();
  }
  function isFirst(payment) {
    try {
      const before = sessionStorage.getItem("asked");
      sessionStorage.setItem("asked", payment);
      return before !== payment;
    } catch {
      return false;
    }
  }

  extend("[data-element]", pays);
  extend("[data-act]", acts);
})();
