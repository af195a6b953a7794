// What the customer has said and the server has not confirmed. One at a time, in order;
// the client_id makes a second sending harmless, so doubt always means: send again.
import { Failure, sendMessage, sendPhoto } from "./api.js";
import { randomId, read, write } from "./store.js";
import * as vault from "./vault.js";

export class Outbox {
  #session;
  #items = [];
  #busy = false;

  // hooks: onState(item), onProgress(item, share), onTurn(turn, item), onStart(item)
  constructor(session, hooks) {
    this.#session = session;
    this.hooks = hooks;
  }

  // Words and photos that a reload interrupted, in the order they were said.
  async restore() {
    const photos = await vault.kept(this.#key);
    const shown = photos.map((photo) => ({ ...photo, url: URL.createObjectURL(photo.file) }));
    const left = [...read(this.#key, []), ...shown].sort((one, other) => one.at - other.at);
    return left.map((item) => this.#push({ ...item, state: "failed", reason: "", again: true }));
  }

  add(message) {
    const item = this.#push({ client_id: randomId(16), at: Date.now(), ...message, state: "sending" });
    this.#pump();
    return item;
  }

  retry(item) {
    if (item.state !== "failed") return;
    this.#set(item, "sending");
    this.#pump();
  }

  retryAll() {
    for (const item of this.#items) if (item.state === "failed" && item.again) this.#set(item, "sending");
    this.#pump();
  }

  // The server's own record of a message outweighs a lost answer.
  confirmed(clientId) {
    const item = this.#items.find((each) => each.client_id === clientId);
    if (item) this.#done(item);
  }

  get #key() {
    return `anda.unsent.${this.#session.slice(0, 8)}`;
  }

  #shelf(item) {
    return `${this.#key}.${item.client_id}`;
  }

  #push(item) {
    this.#items.push(item);
    this.#save();
    const { client_id, at, text, file, width, height } = item;
    if (file) vault.keep(this.#shelf(item), { client_id, at, text, file, width, height });
    return item;
  }

  #done(item) {
    this.#items = this.#items.filter((each) => each !== item);
    if (item.file) vault.drop(this.#shelf(item));
    this.#set(item, "sent");
  }

  #set(item, state, failure = null) {
    item.state = state;
    item.reason = failure?.message ?? "";
    item.again = failure?.again ?? false;
    // What the server will never take is not offered again after a reload.
    if (failure && !failure.again && item.file) vault.drop(this.#shelf(item));
    this.#save();
    this.hooks.onState(item);
  }

  #save() {
    const words = this.#items.filter((item) => !item.file);
    write(this.#key, words.map(({ client_id, at, text, location }) => ({ client_id, at, text, location })));
  }

  async #pump() {
    if (this.#busy) return;
    this.#busy = true;
    let item;
    while ((item = this.#next())) await this.#deliver(item);
    this.#busy = false;
  }

  // What was said earlier goes first, or it would be read in another order than it was said.
  #next() {
    if (!this.#items.some((each) => each.state === "sending")) return undefined;
    const first = this.#items.find((each) => each.state === "sending" || (each.state === "failed" && each.again));
    if (first.state === "failed") this.#set(first, "sending");
    return first;
  }

  async #deliver(item) {
    this.hooks.onStart(item);
    try {
      const turn = await this.#post(item);
      if (item.state !== "sent") this.#done(item);
      this.hooks.onTurn(turn, item);
    } catch (failure) {
      const known = failure instanceof Failure ? failure : new Failure("消息没有发出。", true);
      if (item.state === "sent") return;
      this.#set(item, "failed", known);
      if (!known.again) return;
      for (const each of this.#items) if (each.state === "sending") this.#set(each, "failed", known);
      this.#againLater(item, known.wait);
    }
  }

  // Some failures nobody announces the end of: try now and then, ever more rarely.
  #againLater(item, wait) {
    item.tries = (item.tries ?? 0) + 1;
    setTimeout(() => this.retryAll(), 1000 * (wait || Math.min(120, 5 * 2 ** item.tries)));
  }

  #post({ client_id, text, location, file }) {
    const session = this.#session;
    if (file) return sendPhoto({ session, client_id, text, file }, (share) => this.#progress(client_id, share));
    return sendMessage({ session, client_id, text: text ?? "", ...(location && { location }) });
  }

  #progress(clientId, share) {
    const item = this.#items.find((each) => each.client_id === clientId);
    if (item) this.hooks.onProgress(item, share);
  }
}
