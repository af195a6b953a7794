// Everything that arrives: server-sent events, with the history as a safety net.
// Both give a gap-free run of events after `last`, so a number seen before is simply dropped.
import { history } from "./api.js";

const POLL_MS = 4000;
const SILENCE_MS = 40000;

export class Feed {
  #session;
  #source = null;
  #opening = 0;
  #tries = 0;
  #polling = 0;
  #heard = Date.now();

  // hooks: onEvents(list), onLoaded(), onState("open" | "lost")
  constructor(session, hooks) {
    this.#session = session;
    this.hooks = hooks;
    this.last = 0;
  }

  // Read the whole conversation, then stay connected.
  async start() {
    try {
      await this.#catchUp();
    } catch {
      this.#lost();
    }
    this.hooks.onLoaded();
    this.#open();
    addEventListener("online", () => this.reconnect());
    addEventListener("offline", () => this.#lost());
    // The network may have gone before this script was there to hear of it.
    if (!navigator.onLine) this.#lost();
    document.addEventListener("visibilitychange", () => document.hidden || this.check());
    setInterval(() => Date.now() - this.#heard > SILENCE_MS && !document.hidden && this.check(), 10000);
  }

  reconnect() {
    this.#tries = 0;
    this.#open();
  }

  // Ask for what we do not have. News that the open stream did not bring means it is dead.
  async check() {
    this.#heard = Date.now();
    try {
      const found = await this.#catchUp();
      if (found && this.#source?.readyState === EventSource.OPEN) this.#open();
    } catch {
      this.#lost();
      this.#open();
    }
  }

  async #catchUp() {
    let found = 0;
    for (;;) {
      const page = await history(this.#session, this.last);
      found += this.#take(page.events);
      if (!page.more || !page.events.length) return found;
    }
  }

  #take(events) {
    const fresh = events.filter((event) => event.seq > this.last);
    if (!fresh.length) return 0;
    this.last = fresh.at(-1).seq;
    this.hooks.onEvents(fresh);
    return fresh.length;
  }

  #open() {
    clearTimeout(this.#opening);
    this.#source?.close();
    const query = new URLSearchParams({ session: this.#session, last: this.last });
    const source = new EventSource(`/chat/api/stream?${query}`);
    this.#source = source;
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("message", (event) => {
      this.#heard = Date.now();
      this.#take([JSON.parse(event.data)]);
    });
    source.addEventListener("error", () => {
      this.#lost();
      // The browser tries again by itself, except after an HTTP error.
      if (source === this.#source && source.readyState === EventSource.CLOSED) this.#openLater();
    });
  }

  #openLater() {
    const pause = Math.min(30000, 1000 * 2 ** this.#tries) * (0.7 + Math.random() * 0.6);
    this.#tries += 1;
    clearTimeout(this.#opening);
    this.#opening = setTimeout(() => this.#open(), pause);
  }

  #opened() {
    this.#tries = 0;
    this.#heard = Date.now();
    clearInterval(this.#polling);
    this.#polling = 0;
    this.hooks.onState("open");
  }

  #lost() {
    this.hooks.onState("lost");
    this.#polling ||= setInterval(() => this.#poll(), POLL_MS);
  }

  async #poll() {
    try {
      await this.#catchUp();
    } catch {
      // Still away; the pill says so.
    }
  }
}
