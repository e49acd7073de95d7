// What a scanner keeps on the device, in IndexedDB: the list of sold tickets, who is in, and the scans that are to go up.
//
// What must hold: a scan is in the queue before anything is shown, and leaves it only when the server has answered it;
// what the server does not take is kept among the notes. `scan.js` decides and shows.
(() => {
  "use strict";
  const STORES = ["pages", "inside", "queue", "notes"];
  // Lists of events that are over are of no use, and name people.
  const AGE_MAX_MS = 3 * 24 * 3600 * 1000;
  const ROWS_MAX = 100_000;

  const done = (request) => new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
  const committed = (transaction) => new Promise((yes, no) => {
    transaction.oncomplete = yes;
    transaction.onerror = transaction.onabort = () => no(transaction.error);
  });

  const opened = new Promise((yes, no) => {
    const request = indexedDB.open("boxoffice-scan", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("pages", { keyPath: ["gate", "at"] });
      request.result.createObjectStore("inside", { keyPath: ["list", "ticket"] });
      request.result.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
      request.result.createObjectStore("notes", { keyPath: "id" });
    };
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

  const store = async (name, mode = "readonly") => (await opened).transaction(name, mode).objectStore(name);
  const all = async (name) => done((await store(name)).getAll());
  const put = async (name, value) => done((await store(name, "readwrite")).put(value));
  const drop = async (name, key) => done((await store(name, "readwrite")).delete(key));

  // By this a code is known in the list; see `code_hash` in `checkin/offline.rs`.
  async function hash(event, code) {
    const text = `${event} ${code.trim().replace(/[a-z]/g, (letter) => letter.toUpperCase())}`;
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    const first = btoa(String.fromCharCode(...bytes.slice(0, 12)));
    return first.replaceAll("+", "-").replaceAll("/", "_");
  }

  // The list of a gate: by the hash of a code, and by ticket.
  class Guests {
    byHash = new Map();
    byTicket = new Map();
    inside = new Map();

    constructor({ event, gate, list, path }) {
      Object.assign(this, { event, gate, list, path });
    }

    async load() {
      const limit = Date.now() - AGE_MAX_MS;
      const pages = await all("pages");
      for (const page of pages.filter((page) => page.saved < limit)) await drop("pages", [page.gate, page.at]);
      this.index(pages.filter((page) => page.gate === this.gate && page.saved >= limit));
      for (const row of await all("inside")) {
        if (row.saved < limit) await drop("inside", [row.list, row.ticket]);
        else if (row.list === this.list) this.inside.set(row.ticket, row);
      }
    }

    index(pages) {
      this.byHash.clear();
      this.byTicket.clear();
      for (const row of pages.flatMap((page) => page.tickets)) {
        this.byHash.set(row.code_hash, row);
        this.byTicket.set(row.ticket.ticket, row);
      }
    }

    get size() { return this.byHash.size; }

    // Takes the list over from the server, page by page; one that has not changed is not sent again.
    async refresh() {
      const began = Date.now();
      const known = new Map((await all("pages")).filter((page) => page.gate === this.gate).map((page) => [page.cursor, page]));
      const pages = [];
      let rows = 0;
      for (let cursor = ""; cursor !== null && rows < ROWS_MAX;) {
        const old = known.get(cursor);
        const query = new URLSearchParams({ gate_id: this.gate, ...(cursor && { cursor }) });
        const headers = { Accept: "application/json", ...(old && { "If-None-Match": old.etag }) };
        const response = await fetch(`${this.path}/list?${query}`, { headers });
        if (response.status !== 304 && !response.ok) throw new Error(String(response.status));
        const page = response.status === 304 ? { ...old } : await response.json().then(({ tickets, next_cursor }) => ({
          cursor, tickets, next: next_cursor, etag: response.headers.get("ETag"), gate: this.gate,
        }));
        pages.push({ ...page, at: pages.length, saved: began });
        rows += page.tickets.length;
        cursor = page.next;
      }
      const transaction = (await opened).transaction(["pages", "inside"], "readwrite");
      transaction.objectStore("pages").delete(IDBKeyRange.bound([this.gate, 0], [this.gate, Infinity]));
      pages.forEach((page) => transaction.objectStore("pages").put(page));
      // What this device has seen before is in the list by now, unless it has not gone up.
      const waiting = new Set((await this.waitingTickets()));
      for (const row of [...this.inside.values()]) {
        if (row.saved >= began || waiting.has(row.ticket)) continue;
        this.inside.delete(row.ticket);
        transaction.objectStore("inside").delete([row.list, row.ticket]);
      }
      await committed(transaction);
      this.index(pages);
    }

    async waitingTickets() {
      return (await all("queue")).map((scan) => scan.seen?.ticket).filter(Boolean);
    }

    // Since when a ticket is in, as far as this device knows.
    state(row) {
      const own = this.inside.get(row.ticket.ticket);
      if (own) return own;
      return row.entered_at ? { since: row.entered_at, left: row.left_at, gateId: row.entered_gate_id } : undefined;
    }

    async note(ticket, state) {
      const row = { list: this.list, ticket, saved: Date.now(), ...state };
      this.inside.set(ticket, row);
      await put("inside", row);
    }

    async forget(ticket) {
      this.inside.delete(ticket);
      const row = this.byTicket.get(ticket);
      if (row) row.entered_at = row.left_at = null;
      await drop("inside", [this.list, ticket]);
    }

    find = async (scan) => (scan.ticket ? this.byTicket.get(scan.ticket) : this.byHash.get(await hash(this.event, scan.code)));

    search(text) {
      const wanted = text.trim().toLowerCase();
      const plain = wanted.replaceAll("-", "");
      const fits = ({ ticket }) => ticket.seat.toLowerCase() === wanted || ticket.reference.toLowerCase().replace("-", "") === plain
        || (wanted.length > 1 && ticket.name.toLowerCase().includes(wanted));
      return [...this.byTicket.values()].filter(fits).slice(0, 50);
    }
  }

  window.scanStore = {
    Guests,
    // Scans that are to go up, the oldest first; those of all events on this device, each with the path of its own.
    queue: () => all("queue"),
    enqueue: (scan) => put("queue", scan),
    sent: (seq) => drop("queue", seq),
    notes: () => all("notes"),
    keepNote: (note) => put("notes", note),
    dropNote: (id) => drop("notes", id),
    isThere: () => opened.then((db) => STORES.every((name) => db.objectStoreNames.contains(name)), () => false),
  };
})();
