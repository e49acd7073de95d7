// Stands before localstripe and adds what Stripe has and localstripe lacks: idempotency keys, parameters that it refuses
// because it does not know them, lists with the newest first, errors that say which intent they are about, refunds that are
// never more than the charge, and confirmation tokens, for browsers and for the server. Usage: node front.js PYTHON, where localstripe is installed. Prints its address;
// ends with its standard input, and localstripe with it.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const INTENTS = "/v1/payment_intents";
/// What localstripe takes; whatever else Stripe takes is left out.
const KNOWN = [
  [/^\/v1\/payment_intents$/, ["amount", "currency", "customer", "payment_method", "metadata", "payment_method_types", "capture_method", "payment_method_options", "confirm", "off_session"]],
  [/^\/v1\/payment_intents\/\w+\/(confirm|cancel)$/, []],
  [/^\/v1\/payment_intents\/\w+\/capture$/, ["amount_to_capture"]],
  [/^\/v1\/refunds$/, ["charge", "payment_intent", "amount", "metadata"]],
];

const SCRIPT = "/js.stripe.com/v3/";
const FORM = "application/x-www-form-urlencoded";
const here = dirname(fileURLToPath(import.meta.url));

/// Starts localstripe: its address.
async function start(python) {
  const directory = mkdtempSync(join(tmpdir(), "localstripe-"));
  const env = { ...process.env, PYTHONPATH: here, PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(resolve(python), ["-m", "localstripe", "--port", "0", "--from-scratch"], { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (data) => { log = (log + data).slice(-10_000); });
  process.on("exit", () => {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });
  child.once("exit", () => process.exit(1));
  for await (const line of createInterface({ input: child.stdout })) {
    const port = line.match(/http:\S*:(\d+)/)?.[1];
    if (port) {
      child.stdout.resume();
      return `http://127.0.0.1:${port}`;
    }
  }
  throw new Error(`localstripe did not open: ${log}`);
}

const error = (status, fields) => ({ status, body: JSON.stringify({ error: { type: "invalid_request_error", ...fields } }) });

/// What the front knows: localstripe's address, and the answers by idempotency key.
class Front {
  constructor(url) {
    this.url = url;
    this.answers = new Map();
  }

  /// Asks localstripe.
  async ask(method, path, headers = {}, body) {
    const answer = await fetch(this.url + path, { method, headers, body });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  }

  async read(path, headers) {
    return JSON.parse((await this.ask("GET", path, headers)).body);
  }

  async answer({ method, path, headers, body }) {
    const key = headers["idempotency-key"];
    const { pathname } = new URL(path, this.url);
    const authorization = headers.authorization ? { authorization: headers.authorization } : {};
    const passed = { ...authorization, ...(headers.origin ? { origin: headers.origin } : {}) };
    if (method === "GET" && (pathname === INTENTS || pathname === "/v1/refunds")) return this.list(path, authorization);
    if (pathname === SCRIPT) return this.script(path);
    if (pathname === "/v1/confirmation_tokens") return this.token(JSON.parse(body), headers.origin);
    if (method !== "POST" || !pathname.startsWith("/v1/")) {
      return this.ask(method, path, { ...passed, ...(headers["content-type"] ? { "content-type": headers["content-type"] } : {}) }, body || undefined);
    }
    if (!key) return this.post(pathname, path, passed, headers["content-type"], body);
    const known = this.answers.get(key);
    const asked = `${pathname} ${body}`;
    if (known && known.asked !== asked) return error(400, { type: "idempotency_error", message: "Keys for idempotent requests can only be used with the same parameters they were first used with." });
    if (known && !known.answer) return error(409, { code: "idempotency_key_in_use", message: "There is currently another in-progress request using this idempotency key." });
    if (known) return { ...known.answer, replayed: true };
    const entry = { asked };
    this.answers.set(key, entry);
    entry.answer = await this.post(pathname, path, passed, headers["content-type"], body);
    return entry.answer;
  }

  /// localstripe's stand-in for Stripe.js, and what it lacks.
  async script(path) {
    const answer = await this.ask("GET", path);
    return { ...answer, body: `${answer.body}\n${readFileSync(join(here, "shim.js"), "utf8")}` };
  }

  /// A token that a browser makes of a card with the publishable key: localstripe's payment method under another name.
  async token({ key, card }, origin) {
    const fields = Object.entries(card).map(([name, value]) => [`card[${name}]`, value]);
    const headers = { authorization: `Bearer ${key.replace(/^pk_/, "sk_")}`, "content-type": FORM, ...(origin ? { origin } : {}) };
    const answer = await this.ask("POST", "/v1/payment_methods", headers, String(new URLSearchParams([["type", "card"], ...fields])));
    const made = JSON.parse(answer.body);
    return made.id ? { ...answer, body: JSON.stringify({ id: made.id.replace(/^pm_/, "ctoken_"), object: "confirmation_token" }) } : answer;
  }

  async post(pathname, path, headers, type = "", body = "") {
    const known = KNOWN.find(([route]) => route.test(pathname))?.[1];
    if (!known || type.includes("json")) return this.ask("POST", path, { ...headers, "content-type": type }, body);
    const given = new URLSearchParams(body);
    const taken = new URLSearchParams([...given].filter(([name]) => known.concat("expand").includes(name.split("[")[0])));
    const intent = pathname.match(/^(\/v1\/payment_intents\/\w+)\/(\w+)$/);
    if (intent?.[2] === "confirm") await this.choose(intent[1], given, headers);
    const method = taken.get("payment_method");
    if (method) taken.set("payment_method", method.replace(/^ctoken_/, "pm_"));
    if (pathname === "/v1/refunds") {
      const refused = await this.refuse(taken, headers);
      if (refused) return refused;
    }
    const answer = await this.ask("POST", pathname, { ...headers, "content-type": FORM }, String(taken));
    return intent ? this.explain(answer, intent[1], headers) : answer;
  }

  /// localstripe knows no payment method in a confirmation: the intent is given it before.
  async choose(intent, given, headers) {
    const method = (given.get("confirmation_token") ?? given.get("payment_method"))?.replace(/^ctoken_/, "pm_");
    const { status } = await this.read(intent, headers);
    if (!method || !["requires_payment_method", "requires_confirmation"].includes(status)) return;
    await this.ask("POST", intent, { ...headers, "content-type": FORM }, String(new URLSearchParams({ payment_method: method })));
  }

  /// A refund of more than is left.
  async refuse(taken, headers) {
    const intent = taken.get("payment_intent");
    if (!intent) return undefined;
    const { latest_charge: charge, status } = await this.read(`${INTENTS}/${intent}`, headers);
    if (status !== "succeeded") return error(400, { code: "payment_intent_unexpected_state", message: "This PaymentIntent does not have a successful charge to refund." });
    const left = charge.amount - charge.amount_refunded;
    const amount = Number(taken.get("amount") ?? charge.amount);
    if (left === 0) return error(400, { code: "charge_already_refunded", message: `Charge ${charge.id} has already been refunded.` });
    if (amount > left) return error(400, { param: "amount", message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})` });
    return undefined;
  }

  /// Names the intent in an error, as Stripe does.
  async explain(answer, intent, headers) {
    if (answer.status !== 400 && answer.status !== 402) return answer;
    const payment_intent = await this.read(intent, headers);
    const said = JSON.parse(answer.body).error;
    const error = answer.status === 402
      ? { ...said, type: "card_error", decline_code: "generic_decline", payment_intent }
      : { ...said, code: "payment_intent_unexpected_state", payment_intent };
    return { ...answer, body: JSON.stringify({ error }) };
  }

  /// A list, the newest first, of what was created since.
  async list(path, headers) {
    const { pathname, searchParams: asked } = new URL(path, this.url);
    const filter = ["payment_intent", "charge"].filter((name) => asked.has(name)).map((name) => [name, asked.get(name)]);
    const expand = [...asked].filter(([name]) => name.startsWith("expand"));
    const query = new URLSearchParams([["limit", "1000000"], ...filter, ...expand]);
    const answer = await this.ask("GET", `${pathname}?${query}`, headers);
    if (answer.status !== 200) return answer;
    const list = JSON.parse(answer.body);
    const since = Number(asked.get("created[gte]") ?? 0);
    // Those of one second are in the order in which they were created.
    const all = list.data.reverse().sort((one, other) => other.created - one.created).filter((item) => item.created >= since);
    const first = asked.has("starting_after") ? all.findIndex((item) => item.id === asked.get("starting_after")) + 1 : 0;
    const limit = Number(asked.get("limit") ?? 10);
    const body = { ...list, data: all.slice(first, first + limit), has_more: all.length > first + limit };
    return { ...answer, body: JSON.stringify(body) };
  }
}

const front = new Front(await start(process.argv[2]));
const server = http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  try {
    const answer = await front.answer({ method: request.method, path: request.url, headers: request.headers, body });
    const kept = ["content-type", "access-control-allow-origin", "access-control-allow-headers", "access-control-allow-methods"];
    const headers = Object.fromEntries(kept.map((name) => [name, answer.headers?.get(name)]).filter(([, value]) => value));
    response.writeHead(answer.status, { "content-type": "application/json", ...headers, ...(answer.replayed ? { "idempotent-replayed": "true" } : {}) });
    response.end(answer.body);
  } catch (failure) {
    response.writeHead(500, { "content-type": "text/plain" });
    response.end(String(failure));
  }
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
