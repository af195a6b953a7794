// Writing at the desk: drafts, canned replies, notes, what others said meanwhile.
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
  const body = new URLSearchParams({ text: box.value });
  fetch(form.dataset.draft, { method: "POST", body, headers: { "X-CSRF-Token": csrf }, keepalive: true }).then(
    (answer) => saved(answer.ok ? "草稿已存" : "草稿没存上"),
    () => saved("草稿没存上，网络不通"),
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

function fill(text) {
  const box = document.getElementById("words");
  if (!box) return;
  box.value = text.replaceAll("〔坐席〕", me);
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

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement?.id !== "composer") return;
  const form = ctx.sourceElement;
  if (form.classList.contains("note")) ctx.request.action = form.dataset.note;
  // The same press twice is the same message; a new one has a new key.
  form.dataset.pressed ||= fresh();
  ctx.request.body.set("key", form.dataset.pressed);
  // What others said after the newest line on this page is shown before anything leaves.
  ctx.request.body.set("told", form.dataset.sure || newestShown());
});

// On plain HTTP inside a branch a browser has no randomUUID.
function fresh() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function newestShown() {
  const lines = document.querySelectorAll("#thread [data-seq]");
  return lines.length ? Math.max(...[...lines].map((line) => Number(line.dataset.seq))) : 0;
}

// Somebody was faster: show what is new, and let the writer decide.
const sheet = document.getElementById("collision");
export function collide(html, refresh) {
  const page = new DOMParser().parseFromString(html, "text/html");
  sheet.replaceChildren(...page.body.childNodes);
  const last = sheet.querySelector(".collision").dataset.last;
  refresh();
  sheet.onclose = () => {
    const form = document.getElementById("composer");
    if (!form || form.classList.contains("note")) return;
    if (sheet.returnValue === "send") {
      form.dataset.sure = last;
      form.requestSubmit();
    } else document.getElementById("words").focus();
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
    else if (event.target.value.trim()) event.target.form.requestSubmit();
  } else if (event.key === "Escape") canned.hidden = true;
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
  underline(box.form, box);
}

// A refusal leaves what was typed; the next press is a new one.
export function refused() {
  const form = document.getElementById("composer");
  if (!form) return;
  delete form.dataset.pressed;
  delete form.dataset.sure;
}
