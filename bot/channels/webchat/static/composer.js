// Where the customer writes: grows to five lines, keeps a draft, leaves the input method alone.
import { read, write } from "./store.js";

const LINES = 5;
const DRAFT = "anda.draft";
const byMouse = matchMedia("(hover: hover) and (pointer: fine)");

export class Composer {
  // hooks: onSend(text) → whether it was taken
  constructor(hooks) {
    this.hooks = hooks;
    this.form = document.getElementById("composer");
    this.field = document.getElementById("text");
    this.button = document.getElementById("send");
    this.notice = document.getElementById("notice");
    this.limit = Number(document.body.dataset.maxText);
    this.extras = 0;
    // Who began to type before this script was there keeps every word.
    this.field.value ||= read(DRAFT, "");
    this.field.enterKeyHint = byMouse.matches ? "send" : "enter";
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("submit", (event) => this.#submit(event));
    // Taking the focus from the field would fold the phone's keyboard.
    this.button.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#changed();
  }

  // How many photos wait in the tray: they may be sent without words.
  set waiting(count) {
    this.extras = count;
    this.#changed();
  }

  say(sentence) {
    this.notice.textContent = sentence;
    this.notice.hidden = !sentence;
  }

  focus() {
    if (byMouse.matches) this.field.focus();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || !byMouse.matches) return;
    if (event.isComposing || event.keyCode === 229) return; // choosing a word, not sending
    event.preventDefault();
    this.form.requestSubmit(this.button.disabled ? null : this.button);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    const over = [...text].length - this.limit;
    if (over > 0) return this.say(`一条消息最多 ${this.limit} 个字，还要删去 ${over} 个字，或分几条发送。`);
    if (!text && !this.extras) return undefined;
    if (!this.hooks.onSend(text)) return undefined;
    this.field.value = "";
    this.#changed();
    return undefined;
  }

  #changed() {
    write(DRAFT, this.field.value);
    this.say("");
    this.button.disabled = !this.field.value.trim() && !this.extras;
    this.#grow();
  }

  #grow() {
    const { field } = this;
    field.style.height = "auto";
    const style = getComputedStyle(field);
    const frame = field.offsetHeight - field.clientHeight;
    const most = parseFloat(style.lineHeight) * LINES + parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
    field.style.height = `${Math.min(field.scrollHeight, most) + frame}px`;
    field.style.overflowY = field.scrollHeight > most + 1 ? "auto" : "hidden";
  }

  resized() {
    this.#grow();
  }
}
