// Pays by Stripe's script on the page of a booking: its element in the form that pays, and what the buyer's bank asks after it.
// Without this file, or without Stripe's, the form leads to Stripe's own page.
(() => {
  "use strict";
  const { one, element, extend, text } = window.boxoffice;
  const root = document.documentElement;

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
    let [stripe, elements, isBusy] = [];
    const swapButtons = (isHere) => {
      [place.hidden, button.hidden, button.disabled] = [!isHere, !isHere, !isHere];
      hosted.hidden = isHere;
    };
    const fail = () => {
      opening.hidden = true;
      swapButtons(false);
      show(text("script-pay-missing"));
    };
    const { amount, currency, capture, back } = place.dataset;
    function mount(library) {
      if (!place.isConnected) return;
      stripe = library;
      elements = stripe.elements({
        mode: "payment", amount: Number(amount), currency, captureMethod: capture, appearance: appearance(),
        excludedPaymentMethodTypes: capture === "automatic" ? DELAYED : [],
      });
      const payment = elements.create("payment");
      payment.on("ready", () => { opening.hidden = true; });
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
    async function send(event) {
      if (event.submitter?.name === "hosted" || token.value) return;
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
    swapButtons(true);
    opening.hidden = false;
    senders.set(form, send);
    dark.addEventListener("change", repaint);
    open(place.dataset).then(mount).catch(fail);
    return () => dark.removeEventListener("change", repaint);
  }

  // What the bank asks, in a window of Stripe's; asked by itself the first time that the page is shown.
  const UNDECIDED = ["api_connection_error", "api_error", "rate_limit_error"];
  function acts(button) {
    const show = showIn(one("#act-problem"));
    const { act: clientSecret, payment, back } = button.dataset;
    let isBusy;
    async function ask() {
      const stripe = await open(button.dataset);
      const { error } = await stripe.handleNextAction({ clientSecret });
      if (!error || !UNDECIDED.includes(error.type)) return location.assign(back);
      show(error.message || text("script-pay-problem"));
    }
    async function start() {
      if (isBusy) return;
      isBusy = true;
      button.setAttribute("aria-disabled", "true");
      show("");
      await ask().catch(() => show(text("script-pay-missing")));
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
