// What is written leaves in the order it was written, each text under a key of its own: a second
// Enter waits for the first, a press that may have arrived is repeated as the same message, and a
// text that cannot leave comes back into the box. Nothing is dropped on the way.
import { freshKey, notice } from "./console.js";
import { draftRev, forget, keepHere, keptHere, TAB } from "./drafts.js";

const me = document.querySelector(".columns").dataset.me;
const work = document.getElementById("work");
const csrf = document.querySelector('meta[name="csrf"]').content;
const LINE = `anda-line:${me}`;
const SLOW = 20_000;
// What waited longer than this across a reload is asked about rather than sent.
const OLD = 120_000;
const TRY_AGAIN = 2_500;

const line = [];
let busy = false;
let desk = { refresh() {}, collide() {}, sent() {} };

const openId = () => work.querySelector(".conversation")?.dataset.id;

// Whoever must log in again comes back to this conversation, with what was being written.
let leaving = false;
export function logInAgain() {
  leaving = true;
  const box = document.getElementById("words");
  if (box?.value) keepHere(openId(), box.value);
  for (const id of new Set(line.map((item) => item.id))) giveBack(id);
  localStorage.setItem("anda-return", JSON.stringify({ me, at: Date.now(), url: location.pathname + location.search }));
  location.assign("/console/login");
}

// Whoever goes back without logging in may send again, and is asked again.
addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });

export function comeBack() {
  const left = JSON.parse(localStorage.getItem("anda-return") ?? "null");
  localStorage.removeItem("anda-return");
  const wanted = left && left.me === me && Date.now() - left.at < 3_600_000 ? left.url : "";
  if (wanted.startsWith("/console/inbox") && wanted !== location.pathname + location.search) location.replace(wanted);
}

// ---- the line -----------------------------------------------------------------------------------

function newestShown() {
  const lines = document.querySelectorAll("#thread [data-seq]");
  return lines.length ? Math.max(...[...lines].map((one) => Number(one.dataset.seq))) : 0;
}

function store() {
  if (line.length) localStorage.setItem(LINE, JSON.stringify(line));
  else localStorage.removeItem(LINE);
}

function put(form, text) {
  const note = form.classList.contains("note");
  const id = openId();
  const url = note ? form.dataset.note : form.dataset.say;
  // What others said after the newest line on this page is shown before anything leaves.
  line.push({ id, url, note, text, key: freshKey(), told: newestShown(), draft: draftRev(id), at: Date.now() });
  store();
  showWaiting();
  go();
}

async function go() {
  if (busy) return;
  busy = true;
  while (line.length) {
    const item = line[0];
    const answer = await post(item);
    if (answer === null) {
      item.cut = true;
      showWaiting();
      await new Promise((resume) => setTimeout(resume, TRY_AGAIN));
    } else if (await settled(item, answer)) break;
  }
  busy = false;
}

async function post(item) {
  const body = new URLSearchParams({ text: item.text, brief: "yes" });
  if (!item.note) {
    body.set("key", item.key);
    body.set("told", item.told);
    body.set("tab", TAB);
    if ((item.draft ?? "") !== "") body.set("draft", item.draft);
  }
  try {
    return await fetch(item.url, {
      method: "POST", body, headers: { "X-CSRF-Token": csrf, "X-Press": item.note ? item.key : "", "HX-Request": "true" }, signal: AbortSignal.timeout(SLOW),
    });
  } catch {
    return null; // it may have arrived: the same key goes out again
  }
}

// Tell whether the line stops here until somebody has looked.
async function settled(item, answer) {
  if (answer.ok) {
    line.shift();
    store();
    desk.sent(item.id);
    return false;
  }
  if (answer.status === 401) {
    logInAgain();
    return true;
  }
  const html = await answer.text();
  if (answer.status === 412 && item.id === openId()) {
    desk.collide(html, (last) => {
      if (last === null) giveBack(item.id);
      else for (const one of line) one.told = Math.max(one.told, last);
      go();
    });
    return true;
  }
  const words = new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
  const refused = answer.status === 412 ? "客户又说了话，先看看再发。" : words;
  notice(`${refused || "没有发出去，请再试一次。"}${item.id === openId() ? "" : `（会话 #${item.id}）`}`, "bad");
  giveBack(item.id);
  if (answer.status === 409) desk.refresh(true);
  return false;
}

// Everything of a conversation that has not left stands in its box again, in order.
function giveBack(id) {
  const mine = line.filter((item) => item.id === id);
  for (const item of mine) line.splice(line.indexOf(item), 1);
  store();
  const text = mine.map((item) => item.text).join("\n");
  const box = document.getElementById("words");
  if (id === openId() && box) {
    box.value = [text, box.value].filter(Boolean).join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  } else keepHere(id, [text, keptHere(id)?.text].filter(Boolean).join("\n"));
  showWaiting();
}

// What is on its way stands below the thread until the thread itself shows it.
export function showWaiting() {
  const thread = document.getElementById("thread");
  if (!thread) return;
  for (const old of thread.querySelectorAll(".on-its-way")) old.remove();
  for (const item of line.filter((one) => one.id === openId())) {
    const bubble = document.createElement("div");
    bubble.className = "msg from-agent on-its-way";
    const words = document.createElement("div");
    words.className = "bubble";
    words.textContent = item.text;
    const fate = document.createElement("div");
    fate.className = "fate";
    fate.textContent = item.cut ? "网络不通，没有送到；连上就发" : "正在发…";
    bubble.append(words, fate);
    thread.append(bubble);
  }
  thread.scrollTop = thread.scrollHeight;
}

// ---- the press ----------------------------------------------------------------------------------

// Brackets of a ready-made sentence that nobody filled in do not reach the customer unasked.
function unfilled(form, box) {
  const gap = /〔[^〕]*〕/.exec(box.value);
  if (!gap || form.classList.contains("note") || form.dataset.gaps === box.value) return false;
  form.dataset.gaps = box.value;
  notice(`还有没填的 ${gap[0]}，客户会看到括号。填好再发；确实要这样发，再按一次发送。`, "bad");
  box.focus();
  box.setSelectionRange(gap.index, gap.index + gap[0].length);
  return true;
}

work.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "composer") return;
  event.preventDefault();
  const box = document.getElementById("words");
  const text = box.value.trim();
  if (!text) {
    notice("还没有写内容，写一句再发。", "bad");
    return;
  }
  if (leaving) { // on the way to the log-in: what is pressed now waits in its box
    keepHere(openId(), text);
    return;
  }
  if (unfilled(form, box)) return;
  delete form.dataset.gaps;
  box.value = "";
  forget(openId());
  put(form, text);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});

// ``hooks``: refresh(moved) looks anew, collide(html, then) asks, sent(id) is told of every message.
export function startSending(hooks) {
  desk = hooks;
  const left = JSON.parse(localStorage.getItem(LINE) ?? "[]");
  line.push(...left.filter((item) => item.at > Date.now() - OLD));
  for (const item of left.filter((one) => one.at <= Date.now() - OLD)) keepHere(item.id, [keptHere(item.id)?.text, item.text].filter(Boolean).join("\n"));
  store();
  showWaiting();
  go();
}
