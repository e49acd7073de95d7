// The scanner: camera, reader and typing; one answer in a colour, a word, a sound. The page works without it, as a form.
//
// What must hold: no scan is lost. Each is queued on the device, then sent; if no answer comes in time it is decided by
// the list on the device, and goes up later with its own time. `scan-store.js` is loaded before.
(() => {
  "use strict";
  const { all, one, element } = window.boxoffice;
  const root = one("[data-scan]");
  if (!root) return;
  const settings = JSON.parse(root.dataset.scan);
  const { texts, path, gate } = settings;
  const store = window.scanStore;
  const WAIT_MS = 3000;
  const RETRY_MS = 5000;
  const REFRESH_MS = 60_000;
  // The camera sees a code for as long as it is held there.
  const SAME_CODE_MS = 4000;
  const BATCH = 100;
  const DRAWING = "2d";
  const number = new Intl.NumberFormat(document.documentElement.dataset.locale);
  const clock = new Intl.DateTimeFormat(document.documentElement.dataset.locale, { hour: "2-digit", minute: "2-digit", timeZone: settings.zone });
  const text = (id, values = {}) => texts[id].replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);
  const word = (result) => text(`scan-${result.replaceAll("_", "-")}`);
  const time = (at) => clock.format(new Date(at));
  const guests = new store.Guests(settings);
  const json = { Accept: "application/json", "Content-Type": "application/json" };
  let isOnline = navigator.onLine;
  let isSignedOut = false;
  let isReady = false;
  let counts = "";

  // Sound and vibration: what came of it is known without looking.
  let audio;
  const wake = () => { audio ??= window.AudioContext && new AudioContext(); audio?.resume?.(); };
  function sound(kind) {
    navigator.vibrate?.({ good: 80, warn: [80, 60, 80], bad: [250, 80, 250] }[kind]);
    if (!audio) return;
    const tones = { good: [[880, 0], [1320, .1]], warn: [[660, 0], [660, .18]], bad: [[180, 0], [140, .2]] }[kind];
    for (const [frequency, after] of tones) {
      const [tone, volume, at] = [audio.createOscillator(), audio.createGain(), audio.currentTime + after];
      tone.type = kind === "bad" ? "sawtooth" : "sine";
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(.25, at);
      volume.gain.exponentialRampToValueAtTime(.001, at + (kind === "bad" ? .3 : .12));
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + .35);
    }
  }

  const kindOf = (result) => ({ admitted: "good", exited: "good", conflict: "warn", undone: "warn" }[result] ?? "bad");

  function linesOf(answer) {
    const { ticket } = answer;
    return [
      answer.conflict && word(answer.conflict),
      answer.since && text("scan-since", { time: time(answer.since), gate: answer.since_gate || settings.gateName }),
      answer.other_event && `${answer.other_event.name}, ${new Date(answer.other_event.starts_at).toLocaleString(document.documentElement.lang)}`,
      answer.gates?.length && text("scan-go-to", { gates: answer.gates.join(", ") }),
      ticket?.name,
      ticket && `${ticket.tier_name} · ${ticket.seat}`,
      ...(answer.answers ?? []).map((told) => `${told.label} · ${{ yes: text("answers-yes"), no: text("answers-no") }[told.answer] ?? told.answer}`),
      answer.isLocal && text("scan-decided-here"),
    ].filter(Boolean);
  }

  function show(answer) {
    const part = one("[data-result]");
    const kind = kindOf(answer.result);
    part.className = `scan-result ${kind}`;
    part.replaceChildren(element("p", word(answer.result), { class: "scan-word" }), ...linesOf(answer).map((line) => element("p", line)));
    all("[data-plain]", root).forEach((plain) => plain.remove());
    sound(kind);
    log(answer);
  }

  // The last scans; those that let somebody in or out can be taken back.
  function log(answer) {
    one("[data-log-part]").hidden = false;
    const row = element("li", "");
    const said = element("div", "");
    said.append(element("strong", word(answer.result)), ` · ${time(answer.scanned_at)}`, element("br", ""));
    said.append(element("span", [answer.ticket?.name, answer.ticket?.seat].filter(Boolean).join(" · "), { class: "soft" }));
    row.append(said);
    if (["admitted", "exited"].includes(answer.result)) {
      const button = element("button", text("scan-undo"), { type: "button", class: "button quiet small" });
      button.append(element("span", ` ${answer.ticket?.name || ""} ${answer.ticket?.seat || ""}`, { class: "visually-hidden" }));
      button.addEventListener("click", () => undo(answer, row, button));
      row.append(button);
    }
    const list = one("[data-log]");
    list.prepend(row);
    [...list.children].slice(20).forEach((old) => old.remove());
  }

  async function undo(answer, row, button) {
    button.disabled = true;
    await flush();
    const response = await fetch(`${path}/scans/${answer.id}/undo`, { method: "POST", headers: { Accept: "application/json" } }).catch(() => undefined);
    button.disabled = false;
    if (!response?.ok) return window.boxoffice.say(text("scan-undo-failed")), button.after(element("span", text("scan-undo-failed"), { class: "soft" }));
    if (answer.ticket) await guests.forget(answer.ticket.ticket);
    one("strong", row).textContent = text("scan-undone");
    button.remove();
    show({ ...answer, result: "undone", isLocal: false });
    one("[data-log]").firstElementChild.remove();
    count();
  }

  // What the list on the device says.
  async function decide(scan) {
    const row = await guests.find(scan);
    if (!row) return { result: guests.size ? "unknown" : "not_recorded" };
    const { ticket } = row;
    const found = { ticket };
    if (settings.tiers && !settings.tiers.includes(ticket.tier)) return { ...found, result: "not_this_gate" };
    const state = guests.state(row);
    const isIn = state && !state.left;
    if (scan.kind === "exit") return { ...found, result: isIn ? "exited" : "not_in" };
    if (isIn || (state && !settings.reentry)) return { ...found, result: "already_in", since: state.since, since_gate: state.gateName };
    return { ...found, result: "admitted" };
  }

  // Remembers what an answer means for who is in.
  async function learn(answer) {
    const ticket = answer.ticket?.ticket;
    if (!ticket) return;
    if (answer.result === "admitted") await guests.note(ticket, { since: answer.scanned_at, gateName: answer.gate });
    if (answer.result === "already_in" && answer.since) await guests.note(ticket, { since: answer.since, gateName: answer.since_gate });
    if (answer.result === "exited") {
      const state = guests.inside.get(ticket);
      await guests.note(ticket, { since: state?.since ?? answer.since ?? answer.scanned_at, gateName: answer.gate, left: answer.scanned_at });
    }
  }

  async function post(scans, wait) {
    const bodies = scans.map(({ seq, path, at, seen, ...scan }) => scan);
    const response = await fetch(`${scans[0].path}/scans`, {
      method: "POST", headers: json, body: JSON.stringify({ scans: bodies }), signal: AbortSignal.timeout(wait), redirect: "manual",
    });
    isSignedOut = [0, 401, 403].includes(response.status);
    if (!response.ok) throw Object.assign(new Error("refused"), { status: response.status });
    return (await response.json()).scans;
  }

  async function scan(what) {
    wake();
    const kind = one("[name=kind]:checked", root)?.value ?? "entry";
    const made = { ...what, id: crypto.randomUUID(), gate_id: gate, kind, scanned_at: new Date().toISOString(), path };
    made.seq = await store.enqueue(made);
    sending.add(made.seq);
    try {
      if (!isOnline) throw new Error("offline");
      const [answer] = await post([made], WAIT_MS);
      await settle(made, answer);
      show(answer.scan ?? { ...made, result: "not_recorded" });
      count();
    } catch (error) {
      if (!error.status) isOnline = false;
      const decided = { ...made, ...(await decide(made)), gate: settings.gateName, isLocal: true };
      await store.enqueue({ ...made, let_in: decided.result === "admitted", seen: decided.ticket && { ticket: decided.ticket.ticket } });
      await learn(decided);
      show(decided);
    } finally {
      sending.delete(made.seq);
    }
    state();
  }

  // The server has answered a scan: it leaves the queue. What must be looked at stays among the notes.
  async function settle(scan, { scan: answer, refused }) {
    if (answer) await learn(answer);
    if (!answer || answer.result === "conflict") {
      await store.keepNote({ ...scan, ...answer, id: scan.id, path: scan.path, refused: refused ?? null });
      await notes();
    }
    await store.sent(scan.seq);
  }

  // Sends what waits, the oldest first.
  const sending = new Set();
  let isFlushing = false;
  async function flush() {
    if (isFlushing) return;
    isFlushing = true;
    try {
      for (;;) {
        const waiting = (await store.queue()).filter(({ seq }) => !sending.has(seq));
        const batch = waiting.filter((scan) => scan.path === waiting[0].path).slice(0, BATCH);
        if (!batch.length) break;
        await send(batch);
      }
      isOnline = true;
    } catch (error) {
      isOnline = Boolean(error.status);
    } finally {
      isFlushing = false;
    }
    await state();
  }

  async function send(batch) {
    let answers;
    try {
      answers = await post(batch, 30_000);
    } catch (error) {
      if (![404, 413, 422].includes(error.status)) throw error;
      // One of them is wrong: the others must not wait for it.
      if (batch.length > 1) {
        for (const scan of batch) await send([scan]);
        return;
      }
      answers = [{ scan: null, refused: String(error.status) }];
    }
    for (const [at, scan] of batch.entries()) await settle(scan, answers[at]);
  }

  async function notes() {
    const found = (await store.notes()).filter((note) => note.path === path);
    one("[data-conflicts-part]").hidden = !found.length;
    one("[data-conflicts]").replaceChildren(...found.map((note) => {
      const row = element("li", "");
      const said = element("div", "");
      said.append(element("strong", note.refused ? text("scan-not-recorded") : word(note.conflict)), ` · ${time(note.scanned_at)}`, element("br", ""));
      said.append(element("span", [note.ticket?.name, note.ticket?.seat, note.since && text("scan-since", { time: time(note.since), gate: note.since_gate })].filter(Boolean).join(" · "), { class: "soft" }));
      const button = element("button", "✓", { type: "button", class: "button quiet small", "aria-label": `✓ ${note.ticket?.seat ?? ""}` });
      button.addEventListener("click", () => store.dropNote(note.id).then(notes));
      row.append(said, button);
      return row;
    }));
  }

  // Whether there is a connection, how many scans wait, and how many are in.
  async function state() {
    const waiting = (await store.queue()).length;
    const part = one("[data-state]");
    part.hidden = false;
    part.className = `scan-state ${isOnline && !isSignedOut ? "online" : "offline"}`;
    const count = number.format(waiting);
    const connection = isSignedOut ? text("scan-signed-out", { number: count }) : isOnline ? text("scan-online") : text("scan-offline", { number: count });
    const list = guests.size ? text("scan-list-ready", { number: number.format(guests.size) }) : isReady ? "" : text("scan-list-none");
    part.replaceChildren(...[connection, counts, list].filter(Boolean).map((line) => element("span", line)));
  }

  async function count() {
    const response = await fetch(`${path}/counts`, { headers: { Accept: "application/json" } }).catch(() => undefined);
    if (!response?.ok) return;
    const { lists } = await response.json();
    const own = lists.find((list) => list.id === settings.list);
    counts = own ? text("scan-counts", { inside: number.format(own.inside), sold: number.format(own.sold) }) : "";
    state();
  }

  async function refresh() {
    await flush();
    await guests.refresh().then(() => { isReady = true; }, () => {});
    await count();
    await state();
  }

  // Search: by the server, or in the list on the device.
  async function search(event) {
    event.preventDefault();
    const q = one("[name=q]", event.target).value.trim();
    if (!q) return;
    const query = new URLSearchParams({ gate_id: gate, q });
    const asked = fetch(`${path}/search?${query}`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(WAIT_MS) });
    const rows = await asked.then((response) => (response.ok ? response.json() : undefined)).then((found) => found?.tickets).catch(() => undefined) ?? guests.search(q);
    const made = rows.map((row) => {
      const item = element("li", "");
      const said = element("div", "");
      said.append(element("strong", row.ticket.name || text("scan-without-name")), element("br", ""));
      said.append(element("span", `${row.ticket.tier_name} ${row.ticket.seat} · ${row.ticket.reference}`, { class: "soft" }));
      item.append(said);
      const own = guests.state(row);
      if (own && !own.left) item.append(element("span", text("scan-is-in"), { class: "badge" }));
      const button = element("button", text("scan-let-in"), { type: "button", class: "button small" });
      button.append(element("span", ` ${row.ticket.name}, ${row.ticket.seat}`, { class: "visually-hidden" }));
      button.addEventListener("click", () => scan({ ticket: row.ticket.ticket }));
      item.append(button);
      return item;
    });
    all("[data-plain]", root).forEach((plain) => plain.remove());
    one("[data-found]").replaceChildren(...(made.length ? made : [element("li", text("scan-nobody-found"))]));
  }

  // The camera: by the browser's detector, or the reader that is loaded for it.
  async function reader() {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video))[0]?.rawValue;
    }
    await new Promise((yes, no) => document.head.append(Object.assign(document.createElement("script"), { src: settings.decoder, onload: yes, onerror: no })));
    const canvas = document.createElement("canvas");
    const context = canvas.getContext(DRAWING, { willReadFrequently: true });
    return async (video) => {
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      context.drawImage(video, 0, 0);
      try { return window.readQr(context.getImageData(0, 0, canvas.width, canvas.height)); } catch { return undefined; }
    };
  }

  let stream;
  const recent = new Map();
  async function camera(button) {
    wake();
    const video = one("[data-video]");
    if (stream) {
      stream.getTracks().forEach((track) => track.stop());
      stream = undefined;
      video.hidden = true;
      button.textContent = text("scan-camera-start");
      return;
    }
    try {
      const read = await reader();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      button.textContent = text("scan-camera-stop");
      navigator.wakeLock?.request("screen").catch(() => {});
      look(video, read);
    } catch {
      stream?.getTracks().forEach((track) => track.stop());
      stream = undefined;
      video.hidden = true;
      button.after(element("p", text("scan-camera-failed"), { class: "problem", role: "alert" }));
    }
  }
  async function look(video, read) {
    while (stream) {
      const code = video.videoWidth ? await read(video).catch(() => undefined) : undefined;
      if (code) {
        const last = recent.get(code) ?? 0;
        recent.set(code, Date.now());
        if (Date.now() - last > SAME_CODE_MS) await scan({ code: code.slice(0, 2000) });
      }
      await new Promise((next) => setTimeout(next, 80));
    }
  }

  async function start() {
    if (!window.indexedDB || !crypto.subtle || !(await store.isThere())) return;
    await guests.load();
    isReady = guests.size > 0;
    one("[data-form]").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = one("[data-code]");
      const code = field.value;
      field.value = "";
      field.focus();
      if (code.trim()) scan({ code: code.slice(0, 2000) });
    });
    one("[data-search]").addEventListener("submit", search);
    const part = one("[data-camera]");
    part.hidden = !navigator.mediaDevices?.getUserMedia;
    one("[data-start]").addEventListener("click", (event) => camera(event.currentTarget));
    addEventListener("pagehide", () => stream?.getTracks().forEach((track) => track.stop()));
    addEventListener("online", () => { isOnline = true; refresh(); });
    addEventListener("offline", () => { isOnline = false; state(); });
    one("[data-code]").focus();
    root.dataset.ready = "";
    await notes();
    await state();
    await refresh();
    setInterval(async () => {
      if (!isReady && isOnline) return refresh();
      if ((await store.queue()).length || !isOnline) await flush();
    }, RETRY_MS);
    setInterval(refresh, REFRESH_MS);
    const scope = location.pathname.slice(0, location.pathname.indexOf("/scan/") + "/scan/".length);
    await navigator.serviceWorker?.register("/scan-worker.js", { scope }).then(() => navigator.serviceWorker.ready).then((registration) => {
      registration.active.postMessage({ keep: location.href });
    }, () => {});
  }
  start();
})();
