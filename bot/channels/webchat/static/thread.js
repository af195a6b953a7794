// The list of messages: in order of their numbers, what is unsent at the end.
import { element, line, showProgress, showState, useUp } from "./bubble.js";
import { GAP, timeText } from "./times.js";

const SHOWN_AT_FIRST = 200;
const NEAR_BOTTOM = 80;

export class Thread {
  #rows = [];
  #older = [];
  #missed = 0;
  #divider = null;
  #pinned = true;

  // hooks: onRead(seq)
  constructor(hooks) {
    this.hooks = hooks;
    this.log = document.getElementById("log");
    this.list = document.getElementById("messages");
    this.typing = document.getElementById("typing");
    this.newer = document.getElementById("newer");
    this.earlier = document.getElementById("earlier");
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.newer.addEventListener("click", () => this.toBottom());
    this.earlier.addEventListener("click", () => this.#showEarlier());
    document.addEventListener("visibilitychange", () => this.#back());
    new ResizeObserver(() => this.#pinned && this.toBottom("instant")).observe(this.log);
  }

  // The first look: the end of the history, with a line above what is new to the reader.
  load(events, lastRead, addUnsent) {
    this.#older = events.slice(0, -SHOWN_AT_FIRST);
    this.earlier.hidden = !this.#older.length;
    for (const event of events.slice(-SHOWN_AT_FIRST)) this.#place(this.#row(event));
    const unread = this.#rows.find((row) => row.seq > lastRead && row.author !== "customer");
    if (unread && lastRead > 0) this.#divide(unread);
    addUnsent();
    this.toBottom("instant");
    if (this.#divider) this.#showDivider();
    this.log.setAttribute("aria-busy", "false");
    this.#markRead();
  }

  add(event) {
    if (event.body.recalls) this.#takeBack(event.body.recalls);
    const known = this.#find(event.client_id);
    if (known) return known.seq === Infinity ? this.#confirm(known, event) : known;
    const row = this.#row(event);
    this.#place(row);
    row.node.classList.add("fresh");
    this.#arrived(row);
    return row;
  }

  // The line that says so follows; what was said is gone from the page.
  #takeBack(seq) {
    const index = this.#rows.findIndex((row) => row.seq === seq);
    if (index < 0) return;
    this.#rows[index].node.remove();
    this.#rows.splice(index, 1);
    this.#retime(index);
  }

  // A bubble for something not yet confirmed by the server.
  addPending(item, body, onRetry, restored = false) {
    const row = this.#row({ seq: Infinity, author: "customer", at: item.at, body, client_id: item.client_id });
    this.#place(row);
    row.onRetry = onRetry;
    showState(row.node, item, onRetry);
    if (restored) return row;
    this.#undivide();
    this.toBottom();
    return row;
  }

  showState(item) {
    const row = this.#find(item.client_id);
    if (!row) return;
    showState(row.node, item, row.onRetry);
    if (this.#pinned) this.toBottom();
  }

  showProgress(item, share) {
    const row = this.#find(item.client_id);
    if (row) showProgress(row.node, share);
  }

  showTyping(on) {
    if (this.typing.hidden === !on) return;
    this.typing.hidden = !on;
    if (on && this.#pinned) this.toBottom();
  }

  toBottom(behavior = undefined) {
    this.#pinned = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior });
    this.#missed = 0;
    this.#showMissed();
  }

  #find(clientId) {
    return clientId ? this.#rows.findLast((row) => row.clientId === clientId) : undefined;
  }

  #row({ seq, author, at, body, client_id: clientId }) {
    return { seq, author, at: new Date(at).getTime(), node: line({ author, body }), clientId, said: body.text, offers: Boolean(body.buttons?.length) };
  }

  #place(row) {
    let index = this.#rows.length;
    while (index > 0 && this.#rows[index - 1].seq > row.seq) index -= 1;
    const next = this.#rows[index];
    this.#rows.splice(index, 0, row);
    this.list.insertBefore(row.node, next ? (next.node.previousElementSibling === this.#divider && this.#divider) || next.node : null);
    for (const at of [index, index + 1]) this.#retime(at);
    this.#useUpBefore(index, row);
  }

  #confirm(row, event) {
    const index = this.#rows.indexOf(row);
    this.#rows.splice(index, 1);
    this.#retime(index);
    row.seq = event.seq;
    row.at = new Date(event.at).getTime();
    showState(row.node, { state: "sent" }, null);
    showProgress(row.node, 1);
    const next = this.#rows[index];
    if (!next || next.seq > row.seq) this.#rows.splice(index, 0, row);
    else this.#place(row);
    for (const at of [index, index + 1]) this.#retime(at);
    return row;
  }

  #retime(index) {
    const [before, row] = [this.#rows[index - 1], this.#rows[index]];
    if (!row) return;
    const shown = row.node.querySelector(".time");
    if (before && row.at - before.at < GAP) return shown?.remove();
    const time = shown ?? element("time", "time");
    time.dateTime = new Date(row.at).toISOString();
    time.textContent = timeText(row.at);
    if (!shown) row.node.prepend(time);
    return undefined;
  }

  // Buttons are good until the customer's next word.
  #useUpBefore(index, row) {
    if (row.author === "customer") {
      for (let at = index - 1; at >= 0 && this.#rows[at].author !== "customer"; at -= 1) this.#useUp(at, row.said);
    } else if (row.offers) {
      const answer = this.#rows.slice(index + 1).find((later) => later.author === "customer");
      if (answer) this.#useUp(index, answer.said);
    }
  }

  #useUp(at, chosen) {
    if (this.#rows[at].offers) useUp(this.#rows[at].node, chosen);
  }

  #arrived(row) {
    const seen = this.#pinned && !document.hidden;
    if (seen || row.author === "customer") {
      if (this.#pinned) this.toBottom();
      this.#markRead();
      return;
    }
    if (!this.#divider) this.#divide(row);
    this.#missed += 1;
    this.#showMissed();
  }

  #showMissed() {
    this.newer.hidden = !this.#missed;
    this.newer.textContent = `${this.#missed} 条新消息 ↓`;
    const title = document.title.replace(/^\(\d+\) /, "");
    document.title = this.#missed ? `(${this.#missed}) ${title}` : title;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    this.#pinned = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (this.#pinned && !document.hidden) this.#seen();
  }

  #seen() {
    this.#missed = 0;
    this.#showMissed();
    this.#markRead();
  }

  #back() {
    if (document.hidden) return;
    this.#rows.forEach((_, index) => this.#retime(index));
    if (this.#divider && this.#missed) this.#showDivider();
    this.#scrolled();
  }

  #markRead() {
    const last = this.#rows.findLast((row) => row.seq < Infinity);
    if (last && !document.hidden) this.hooks.onRead(last.seq);
  }

  #divide(row) {
    this.#undivide();
    this.#divider = element("p", "divider", element("span", "", "以下是未读消息"));
    this.list.insertBefore(this.#divider, row.node);
  }

  #undivide() {
    this.#divider?.remove();
    this.#divider = null;
  }

  #showDivider() {
    const place = this.#divider.offsetTop - this.log.offsetTop - 12;
    if (place < this.log.scrollTop) this.log.scrollTo({ top: place, behavior: "instant" });
  }

  #showEarlier() {
    const height = this.log.scrollHeight;
    for (const event of this.#older.splice(-SHOWN_AT_FIRST)) this.#place(this.#row(event));
    this.earlier.hidden = !this.#older.length;
    this.log.scrollTo({ top: this.log.scrollTop + this.log.scrollHeight - height, behavior: "instant" });
    this.log.focus({ preventScroll: true });
  }
}
