// The keys of the desk. With Alt they work everywhere; the single ones only where nobody is writing.
import { setMode } from "./composer.js";
import { openHelp } from "./help.js";
import { nextOf, step } from "./list.js";

const work = document.getElementById("work");
const ENTER = "anda-enter";

// ---- what a key does -----------------------------------------------------------------------------

const acts = { j: () => step(1), k: () => step(-1), l: () => setMode("say"), p: () => setMode("note") };

// Press what bears the letter; a sheet opens with its first question in focus.
function press(key) {
  // Who may not assign passes on what is theirs.
  const target = work.querySelector(`[data-key="${key}"]`) ?? (key === "a" ? work.querySelector('[data-key="t"]') : null);
  if (!target) return false;
  if (target.tagName === "DETAILS") {
    target.open = true;
    target.querySelector("form input:not([type=hidden]), form select, form button")?.focus();
  } else target.click();
  return true;
}

function chooseState() {
  const select = document.getElementById("state-select");
  select?.focus();
  try {
    select?.showPicker?.();
  } catch { /* the focus is enough */ }
  return Boolean(select);
}

// A key for something else leaves the menu of states as if it had not been opened: what was only
// pointed at there would be taken when the focus goes.
function leaveStates(event) {
  if (event.target.id !== "state-select") return;
  event.target.form.reset();
  event.target.blur();
}

// ---- end this one, open the next -----------------------------------------------------------------

let next = null;
function endAndNext() {
  const sheet = work.querySelector('[data-key="e"]');
  if (!sheet) return false;
  const button = sheet.querySelector("[data-then]");
  button.textContent = button.dataset.then;
  button.form.dataset.next = "yes";
  return press("e");
}

document.addEventListener("htmx:before:request", (event) => {
  if (event.detail?.ctx?.sourceElement?.dataset?.next) next = nextOf(work.querySelector(".conversation")?.dataset.id);
});
document.addEventListener("htmx:after:swap", (event) => {
  if (!next || (event.detail?.ctx?.target ?? event.target) !== work) return;
  const id = next;
  next = null;
  // The list may be drawn anew in between: the row is looked up when it is pressed.
  setTimeout(() => document.getElementById(id)?.querySelector("a").click());
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.detail?.ctx?.sourceElement?.dataset?.next) next = null;
});

// ---- listening -----------------------------------------------------------------------------------

function letter(event) {
  return event.code.replace(/^Key|^Digit/, "").toLowerCase();
}

function withAlt(event) {
  const key = letter(event);
  leaveStates(event);
  if (event.ctrlKey) return key === "e" && endAndNext();
  if (event.shiftKey) return false;
  if (!acts[key]) return press(key);
  acts[key]();
  return true;
}

function alone(event) {
  const busy = event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
  if (busy || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  const key = letter(event);
  if (key === "s") return chooseState();
  return ["a", "t", "g", "1", "2", "3"].includes(key) && press(key);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.key === "Alt") return;
  if (event.altKey ? withAlt(event) : alone(event)) event.preventDefault();
});

// ---- how Enter sends -----------------------------------------------------------------------------

// Some are used to Enter making a new line: then Ctrl+Enter sends.
export function sends(event) {
  if (event.key !== "Enter" || event.shiftKey) return false;
  return localStorage.getItem(ENTER) === "ctrl" ? event.ctrlKey || event.metaKey : true;
}

export function enterWords() {
  return localStorage.getItem(ENTER) === "ctrl" ? "Ctrl+Enter 发送" : "Enter 发送";
}

const setting = document.getElementById("enter-setting");
if (setting) {
  setting.checked = localStorage.getItem(ENTER) === "ctrl";
  setting.addEventListener("change", () => {
    localStorage.setItem(ENTER, setting.checked ? "ctrl" : "enter");
    const box = document.getElementById("words");
    if (box) box.placeholder = box.placeholder.replace(/(Ctrl\+)?Enter 发送/, enterWords());
  });
}
document.getElementById("keys").addEventListener("click", openHelp);
