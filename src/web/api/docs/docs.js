// Shows the OpenAPI document by Swagger UI, against this server: its examples name an event that is on sale here, and
// one button makes whoever reads it a buyer.

/** The document, with an event of this server instead of the examples' one. */
async function load() {
  const [text, here] = await Promise.all([
    fetch('/api/openapi.json').then((answer) => answer.text()),
    fetch('/api/events?limit=1').then((answer) => answer.json()).catch(() => ({})),
  ]);
  const plain = JSON.parse(text);
  const order = plain.paths['/api/bookings'].post.requestBody.content['application/json'];
  const event = here.events?.[0];
  if (!event || !order.example) return plain;
  const known = JSON.parse(text.replaceAll(order.example.event_id, event.id));
  const media = known.paths['/api/bookings'].post.requestBody.content['application/json'];
  media.example = { event_id: event.id, items: [{ tier: event.tiers[0].tier, quantity: 1 }] };
  return known;
}

/** A key that nobody has used: the example's would be a replay the second time. */
function freshen(spec) {
  for (const methods of Object.values(spec.paths)) {
    for (const operation of Object.values(methods)) {
      for (const parameter of operation.parameters ?? []) {
        if (parameter.name === 'Idempotency-Key') parameter.example = newKey();
      }
    }
  }
  return spec;
}

/** `randomUUID` is only there with https and on this machine. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Swagger UI has a class for it, and looks at no preference. */
function followColours() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', follow);
  follow();
}

async function start() {
  followColours();
  const ui = SwaggerUIBundle({
    spec: freshen(await load()),
    domNode: document.getElementById('docs'),
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 3,
    displayRequestDuration: true,
    persistAuthorization: false,
    tryItOutEnabled: false,
    // Another host would be asked to judge the document.
    validatorUrl: null,
  });
  const button = document.getElementById('become');
  button.hidden = false;
  button.addEventListener('click', async () => {
    const answer = await fetch('/api/buyers', { method: 'POST' });
    const buyer = await answer.json();
    const who = document.getElementById('who');
    if (!answer.ok) {
      who.textContent = buyer.detail;
      return;
    }
    ui.preauthorizeApiKey('buyerToken', buyer.token);
    who.textContent = `You are buyer ${buyer.buyer_id}.`;
  });
}

start();
