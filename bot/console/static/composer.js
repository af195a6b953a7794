// Writing at the desk: canned replies, notes, what others said meanwhile.
import { writing } from "./drafts.js";
import { enterWords, sends } from "./keys.js";
import { underline } from "./promises.js";

const me = document.querySelector(".columns").dataset.me;
const work = document.getElementById("work");
const csrf = document.querySelector('meta[name="csrf"]').content;

work.addEventListener("input", (event) => {
  if (event.target.id !== "words") return;
  const form = event.target.form;
  form.querySelector(".count").textContent = `${event.target.value.length} 字`;
  underline(form, event.target);
  typing(form);
  showCanned(form, event.target.value);
  writing();
});

work.addEventListener("scroll", (event) => {
  if (event.target.id === "words") event.target.form.querySelector(".mirror").scrollTop = event.target.scrollTop;
}, true);

// Colleagues who look see that somebody writes; said at most every four seconds.
let typedAt = 0;
function typing(form) {
  if (Date.now() - typedAt < 4000) return;
  typedAt = Date.now();
  fetch(form.dataset.typing, { method: "POST", body: new URLSearchParams(), headers: { "X-CSRF-Token": csrf } }).catch(() => {});
}

let typingTimer = 0;
export function showTyping(name) {
  const place = document.getElementById("typing");
  if (!place) return;
  place.textContent = `${name} 正在写…`;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => { place.textContent = ""; }, 6000);
}

function showCanned(form, text) {
  const box = form.querySelector(".canned");
  const wanted = text.startsWith("/") && !text.includes("\n") ? text.slice(1) : null;
  let any = false;
  for (const one of box.children) {
    const fits = wanted !== null && (one.dataset.short.startsWith(wanted) || one.textContent.includes(wanted));
    one.hidden = !fits;
    one.classList.toggle("on", fits && !any);
    any ||= fits;
  }
  box.hidden = !any;
}

// The arrow keys walk through the sentences that fit.
function choose(canned, by) {
  const shown = [...canned.children].filter((one) => !one.hidden);
  const at = shown.findIndex((one) => one.classList.contains("on"));
  const next = shown[(at + by + shown.length) % shown.length];
  for (const one of shown) one.classList.toggle("on", one === next);
  next?.scrollIntoView({ block: "nearest" });
}

// What the page knows of the case is put in; the rest is the writer's to fill.
function withKnown(text) {
  const known = JSON.parse(work.querySelector(".conversation")?.dataset.known ?? "{}");
  return text.replace(/〔([^〕]*)〕/g, (gap, name) => (name === "坐席" ? me : known[name] || gap));
}

function fill(text) {
  const box = document.getElementById("words");
  if (!box) return;
  box.value = withKnown(text);
  const gap = box.value.indexOf("〔");
  box.focus();
  if (gap >= 0) box.setSelectionRange(gap, box.value.indexOf("〕", gap) + 1);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.form.querySelector(".canned").hidden = true;
}

work.addEventListener("click", (event) => {
  const filler = event.target.closest("[data-fill]");
  if (filler) fill(filler.dataset.fill);
  const mode = event.target.closest("[data-mode]");
  if (mode) setMode(mode.dataset.mode);
});

export function setMode(mode) {
  const form = document.getElementById("composer");
  if (!form || !form.querySelector(`[data-mode="${mode}"]`)) return;
  form.classList.toggle("note", mode === "note");
  for (const one of form.querySelectorAll("[data-mode]")) one.classList.toggle("on", one.dataset.mode === mode);
  const box = document.getElementById("words");
  box.placeholder = mode === "note" ? "写给同事，客户看不到" : `写给客户，打 / 找常用语，${enterWords()}`;
  box.focus();
}

// Somebody was faster: show what is new, and let the writer decide. ``then`` gets the newest message
// that was shown, or null when the text is to be written anew.
const sheet = document.getElementById("collision");
export function collide(html, refresh, then) {
  const page = new DOMParser().parseFromString(html, "text/html");
  sheet.replaceChildren(...page.body.childNodes);
  const last = Number(sheet.querySelector(".collision").dataset.last);
  refresh();
  sheet.onclose = () => {
    then(sheet.returnValue === "send" ? last : null);
    document.getElementById("words")?.focus();
  };
  sheet.returnValue = "";
  sheet.showModal();
}

work.addEventListener("keydown", (event) => {
  if (event.target.id !== "words" || event.isComposing || event.keyCode === 229) return;
  const canned = event.target.form.querySelector(".canned");
  const chosen = canned.hidden ? null : canned.querySelector("button.on");
  if (event.key === "Enter" && chosen) {
    event.preventDefault();
    fill(chosen.dataset.fill);
  } else if (sends(event)) {
    event.preventDefault();
    event.target.form.requestSubmit();
  } else if (event.key === "Escape") canned.hidden = true;
  else if (!canned.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    choose(canned, event.key === "ArrowDown" ? 1 : -1);
  }
});
