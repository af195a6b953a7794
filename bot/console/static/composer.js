// Writing at the desk: drafts, canned replies, notes, what others said meanwhile.
import { keepHere, keptHere, logInAgain } from "./sending.js";
import { underline } from "./promises.js";

const me = document.querySelector(".columns").dataset.me;
const work = document.getElementById("work");
const csrf = document.querySelector('meta[name="csrf"]').content;

let draftTimer = 0;
export function keepTyping() {
  const form = document.getElementById("composer");
  const box = document.getElementById("words");
  if (!form || !box || form.classList.contains("note")) return;
  clearTimeout(draftTimer);
  const [id, text] = [form.closest(".conversation").dataset.id, box.value];
  // Until the server has it, this browser keeps it.
  keepHere(id, text);
  const headers = { "X-CSRF-Token": csrf, "HX-Request": "true" };
  fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams({ text }), headers, keepalive: true }).then(
    (answer) => {
      if (answer.status === 401) logInAgain();
      else if (answer.ok && keptHere(id) === text) keepHere(id, "");
      saved(answer.ok ? "草稿已存" : "草稿存在这台电脑上");
    },
    () => saved("网络不通，草稿先存在这台电脑上"),
  );
}

function saved(text) {
  const place = document.querySelector(".composer .saved");
  if (place) place.textContent = text;
}

work.addEventListener("input", (event) => {
  if (event.target.id !== "words") return;
  const form = event.target.form;
  form.querySelector(".count").textContent = `${event.target.value.length} 字`;
  underline(form, event.target);
  typing(form);
  showCanned(form, event.target.value);
  clearTimeout(draftTimer);
  saved("");
  draftTimer = setTimeout(keepTyping, 800);
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
  box.placeholder = mode === "note" ? "写给同事，客户看不到" : "写给客户，打 / 找常用语，Enter 发送";
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
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    const chosen = canned.hidden ? null : canned.querySelector("button.on");
    if (chosen) fill(chosen.dataset.fill);
    else event.target.form.requestSubmit();
  } else if (event.key === "Escape") canned.hidden = true;
  else if (!canned.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    choose(canned, event.key === "ArrowDown" ? 1 : -1);
  }
});

// Before a swap that the composer did not ask for: what is being written is held.
let held = null;
export function hold(id) {
  const box = document.getElementById("words");
  held = box?.value && id ? { id, text: box.value, note: box.form.classList.contains("note") } : null;
}

// After a swap: what was held is there again, and the underlines of a draft that came with the page.
export function begin(id) {
  const box = document.getElementById("words");
  if (!box) return;
  if (held && held.id === id && !box.value) {
    box.value = held.text;
    if (held.note) setMode("note");
  }
  held = null;
  const kept = keptHere(id);
  if (kept && !box.form.classList.contains("note")) {
    box.value = kept.startsWith(box.value) ? kept : box.value.includes(kept) ? box.value : `${box.value}\n${kept}`;
    keepTyping();
  }
  underline(box.form, box);
}
