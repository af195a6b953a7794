// What is being written: kept in this browser at every key, on the server after a pause, and in step
// with the other browsers of the same person. A newer text from elsewhere is shown, never written over.
import { enterWords } from "./keys.js";
import { underline } from "./promises.js";

const me = document.querySelector(".columns").dataset.me;
const work = document.getElementById("work");
const csrf = document.querySelector('meta[name="csrf"]').content;
const PAUSE = 800;
// A page keeps its name over a reload; it is put back only then, so that a copy of the tab has its own.
const NAME = "anda-tab";
const fresh = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const TAB = sessionStorage.getItem(NAME) ?? fresh();
sessionStorage.removeItem(NAME);

// The newest draft of the open conversation that this page knows the server to have.
let known = { id: "", text: "", rev: 0 };
// Another browser has something else: nothing is saved until the writer has chosen. Until then what is
// written here goes by the draft that it was written upon, over every swap and reload.
let torn = false;
let before = { rev: null, base: null };
const upon = (id) => {
  if (known.id !== id) return { rev: null, base: null };
  return torn ? before : { rev: known.rev, base: known.text };
};
let composing = false;
let timer = 0;
let hooks = { loggedOut() {}, noted() {} };

export function startDrafts(given) {
  hooks = given;
}

const composer = () => document.getElementById("composer");
const words = () => document.getElementById("words");
const openId = () => work.querySelector(".conversation")?.dataset.id;
const replying = () => composer() && !composer().classList.contains("note");

// ---- in this browser -----------------------------------------------------------------------------

const place = (id) => `anda-draft:${me}:${id}`;
export function keepHere(id, text) {
  if (!id) return;
  const base = upon(id);
  // That everything was wiped out is to be kept too.
  if (text || base.base) localStorage.setItem(place(id), JSON.stringify({ text, ...base }));
  else forget(id);
}

export function forget(id) {
  if (id) localStorage.removeItem(place(id));
}

export function keptHere(id) {
  const raw = localStorage.getItem(place(id));
  if (!raw) return null;
  try {
    const found = JSON.parse(raw);
    if (typeof found?.text === "string") return found;
  } catch { /* what an older page kept is the text itself */ }
  return { text: raw, rev: null, base: null };
}

// What goes with a message that is sent: a draft that this page has not seen is not cleared by it.
export function draftRev(id) {
  return known.id !== id ? "" : torn ? -1 : known.rev;
}

// ---- on the server -------------------------------------------------------------------------------

export function writing() {
  if (!replying()) return;
  if (words().value === known.text && known.id === openId()) forget(openId());
  else keepHere(openId(), words().value);
  clearTimeout(timer);
  saved("");
  timer = setTimeout(keepTyping, PAUSE);
}

export async function keepTyping() {
  clearTimeout(timer);
  if (!replying() || torn) return;
  const [id, text] = [openId(), words().value];
  if (known.id === id && known.text === text) return;
  keepHere(id, text);
  const body = new URLSearchParams({ text, tab: TAB });
  if (known.id === id) body.set("seen", known.rev);
  let answer;
  try {
    const headers = { "X-CSRF-Token": csrf, "HX-Request": "true" };
    answer = await fetch(composer().dataset.draft, { method: "POST", body, headers, keepalive: true });
  } catch {
    saved("网络不通，草稿先存在这台电脑上");
    return;
  }
  if (answer.status === 401) hooks.loggedOut();
  else if (!answer.headers.get("content-type")?.includes("json")) saved("草稿存在这台电脑上");
  else settle(id, text, await answer.json(), answer.ok);
}

function settle(id, text, found, ok) {
  if (keptHere(id)?.text === text && (ok || found.text === text)) forget(id);
  if (id !== openId()) return;
  if (ok || found.text === text) {
    learn(found);
    saved("草稿已存");
  } else if (found.tab === TAB) {
    // Two of our own crossed on the way.
    learn(found);
    keepTyping();
  } else elsewhere(found);
}

function learn(found) {
  known = { id: openId(), text: found.text, rev: Math.max(known.rev, found.rev) };
}

// ---- from another browser ------------------------------------------------------------------------

export async function draftMoved(conversation, rev, tab) {
  if (String(conversation) !== openId() || !replying() || tab === TAB || rev <= known.rev) return;
  const id = openId();
  const answer = await fetch(composer().dataset.draft).catch(() => null);
  if (!answer?.ok || id !== openId() || !replying()) return;
  const found = await answer.json();
  if (found.tab === TAB || found.text === words().value) learn(found);
  else if (words().value === known.text && !composing && !torn) follow(found);
  else elsewhere(found);
}

function follow(found) {
  learn(found);
  forget(openId());
  words().value = found.text;
  drawn();
  saved(found.text ? "您在另一处改过，已跟上" : "这段话在另一处发出或清空了");
}

function elsewhere(found, mine = upon(openId())) {
  before = mine;
  learn(found);
  torn = true;
  const bar = composer().querySelector(".elsewhere");
  bar.querySelector("p").textContent = found.text ? `您在另一处写的是：${found.text}` : "这段话在另一处已经发出或清空了，这里的还没有。";
  bar.querySelector("[data-theirs]").textContent = found.text ? "用那边的" : "清空这里";
  bar.hidden = false;
}

work.addEventListener("click", (event) => {
  const chosen = event.target.closest(".elsewhere button");
  if (!chosen) return;
  torn = false;
  chosen.closest(".elsewhere").hidden = true;
  if (chosen.dataset.theirs === undefined) keepTyping();
  else follow({ text: known.text, rev: known.rev });
  words().focus();
});

// ---- over a swap ---------------------------------------------------------------------------------

// Before a swap that the composer did not ask for: what is being written is held.
let held = null;
export function hold(id) {
  const box = words();
  held = box?.value && id ? { id, text: box.value, note: !replying(), ...upon(id) } : null;
}

// After a swap: what was held is there again, and the underlines of a draft that came with the page.
export function begin(id) {
  const box = words();
  torn = false;
  if (!box) return;
  const [mine, form] = [held?.id === id ? held : null, composer()];
  held = null;
  known = { id, text: box.defaultValue, rev: Number(form.dataset.rev) };
  if (mine?.note) {
    box.value = mine.text;
    hooks.noted();
  } else if (replying()) merge(id, box, mine ?? keptHere(id), form.dataset.tab);
  drawn();
}

function merge(id, box, mine, lastTab) {
  if (!mine || mine.text === known.text || (mine.text === mine.base && mine.rev < known.rev)) {
    forget(id);
  } else if (mine.rev === null) {
    box.value = mine.text.startsWith(known.text) ? mine.text : known.text.includes(mine.text) ? known.text : `${known.text}\n${mine.text}`;
    keepTyping();
  } else {
    box.value = mine.text;
    if (mine.rev >= known.rev || lastTab === TAB) keepTyping();
    else elsewhere(known, { rev: mine.rev, base: mine.base });
  }
}

function drawn() {
  const form = composer();
  words().placeholder = words().placeholder.replace(/(Ctrl\+)?Enter 发送/, enterWords());
  form.querySelector(".count").textContent = words().value ? `${words().value.length} 字` : "";
  underline(form, words());
}

function saved(text) {
  const where = document.querySelector(".composer .saved");
  if (where) where.textContent = text;
}

work.addEventListener("compositionstart", () => { composing = true; });
work.addEventListener("compositionend", () => { composing = false; });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) keepTyping();
});
addEventListener("pagehide", () => {
  sessionStorage.setItem(NAME, TAB);
  keepTyping();
});
