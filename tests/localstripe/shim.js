// What localstripe's stand-in for Stripe.js lacks: the Payment Element's way with confirmation tokens. It is sent behind
// localstripe's script, as one with it. https://docs.stripe.com/js/confirmation_tokens

(() => {
  const known = window.Stripe;
  const base = new URL(document.currentScript.src).origin;
  const invalid = (message) => ({ error: { type: "validation_error", code: "incomplete_number", message } });

  window.Stripe = (key) => {
    const stripe = known(key);
    return {
      ...stripe,

      elements: (options = {}) => {
        const elements = stripe.elements(options);
        const create = elements.create.bind(elements);
        return Object.assign(elements, {
          create: (type, more) => decorated(create(type, more)),
          update: () => {},
          submit: async () => (elements._cardElement?.value?.card.number ? {} : invalid("Your card number is incomplete.")),
        });
      },

      createConfirmationToken: async ({ elements }) => {
        const value = elements._cardElement?.value;
        if (!value) return invalid("Your card number is incomplete.");
        const answer = await fetch(`${base}/v1/confirmation_tokens`, { method: "POST", body: JSON.stringify({ key, card: value.card }) });
        const token = await answer.json();
        return token.error ? { error: token.error } : { confirmationToken: token };
      },

      handleNextAction: async ({ clientSecret }) => {
        const { error, paymentIntent } = await stripe.confirmCardPayment(clientSecret);
        const failure = error ?? paymentIntent?.last_payment_error;
        return failure ? { error: { type: "card_error", ...failure } } : { paymentIntent };
      },
    };
  };

  /// An element that says when it is there and whether it is complete, and whose fields have names.
  function decorated(element) {
    const { mount } = element;
    element.mount = (where) => {
      mount.call(element, where);
      for (const [name, input] of Object.entries(element._inputs)) {
        input.setAttribute("aria-label", name);
        input.addEventListener("input", () => tell("change", { complete: Boolean(element.value?.card.cvc), empty: false }));
      }
      setTimeout(() => tell("ready", {}));
    };
    const handlers = {};
    const tell = (event, details) => (handlers[event] ?? []).forEach((handler) => handler({ elementType: "payment", ...details }));
    return Object.assign(element, {
      on: (event, handler) => {
        (handlers[event] ??= []).push(handler);
        return element;
      },
      update: () => {},
      focus: () => element._inputs.number.focus(),
    });
  }
})();
