// The agents' desk: live list and thread, composer, keys. The server decides; this only asks and shows.
import { notice } from "./console.js";
import { tell } from "./notice.js";

const me = document.querySelector(".columns").dataset.me;
const list = document.getElementById("list");
const work = document.getElementById("work");
const pill = document.getElementById("line");
const open = () => work.querySelector(".conversation");
const tab = () => list.querySelector(".rows")?.dataset.tab ?? "queue";

// ---- the list and the open conversation, as they are now -------------------------------------

let listAsked = false;
async function refreshList() {
  if (listAsked) return;
  listAsked = true;
  await new Promise((resume) => setTimeout(resume, 120)); // many events, one look
  listAsked = false;
  const place = list.querySelector(".rows")?.scrollTop ?? 0;
  await htmx.ajax("GET", `/console/inbox/list?tab=${tab()}`, { target: "#list" });
  const rows = list.querySelector(".rows");
  if (rows) rows.scrollTop = place;
  markOpen();
}

async function refreshOpen(moved) {
  const shown = open();
  if (!shown) return;
  const id = shown.dataset.id;
  if (moved) {
    keepTyping();
    await htmx.ajax("GET", `/console/c/${id}`, { target: "#work" });
    return;
  }
  const thread = document.getElementById("thread");
  const low = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const place = thread.scrollTop;
  await htmx.ajax("GET", `/console/c/${id}/thread`, { target: "#thread" });
  thread.scrollTop = low ? thread.scrollHeight : place;
  htmx.ajax("GET", `/console/c/${id}/side`, { target: "#side" });
}

function markOpen() {
  const id = open()?.dataset.id;
  for (const row of list.querySelectorAll(".row-item")) row.classList.toggle("open", row.dataset.id === id);
  const rows = list.querySelector(".rows");
  const waiting = Number(rows?.dataset.queue ?? 0);
  document.title = (waiting ? `(${waiting}) ` : "") + "会话 · 安答控制台";
}

// The newest message in sight; once more when the composer beside it has found its height.
function bottom() {
  const thread = document.getElementById("thread");
  if (!thread) return;
  thread.scrollTop = thread.scrollHeight;
  requestAnimationFrame(() => { thread.scrollTop = thread.scrollHeight; });
}

// ---- news --------------------------------------------------------------------------------------

let last = "";
let source = null;
let heard = Date.now();
let cutAt = null;

function connect() {
  source?.close();
  source = new EventSource(`/console/events${last ? `?last=${last}` : ""}`);
  source.addEventListener("ready", (event) => {
    last = event.lastEventId || last;
    if (cutAt) {
      refreshList();
      refreshOpen(false);
    }
    cutAt = null;
    alive();
  });
  source.addEventListener("beat", alive);
  source.addEventListener("news", (event) => {
    last = event.lastEventId || last;
    alive();
    news(JSON.parse(event.data));
  });
  source.onerror = () => {
    cutAt ??= Date.now();
  };
}

function alive() {
  heard = Date.now();
  pill.dataset.state = "live";
  pill.textContent = "实时";
}

setInterval(() => {
  const silent = Date.now() - heard;
  if (silent > 25000 || source?.readyState === EventSource.CLOSED) {
    cutAt ??= heard;
    connect();
    heard = Date.now() - 10000; // the next try in fifteen seconds
  }
  if (cutAt) {
    const seconds = Math.round((Date.now() - cutAt) / 1000);
    pill.dataset.state = seconds > 30 ? "dead" : "cut";
    pill.textContent = `断线 ${seconds} 秒`;
  }
}, 1000);

function news(event) {
  const mine = open()?.dataset.id === String(event.conversation);
  if (event.kind === "owner" || event.kind === "snooze") {
    refreshList();
    if (mine && (event.kind === "snooze" || Number(open().dataset.rev) !== event.rev)) {
      const had = open().dataset.mine;
      if (had && event.agent !== me) notice(event.owner === "agent" ? `${event.agent}接手了这个会话` : "这个会话已经不在您手里", "bad");
      refreshOpen(true);
    }
    if (event.owner === "queue") tell("有客户在排队", "queue");
  } else if (event.kind === "message") {
    refreshList();
    if (mine) refreshOpen(false);
    else tell("有新消息", "message");
  } else if (event.kind === "offer") {
    refreshList();
    notice("派给您一位客户，请到「排队」接管。");
    tell("派给您一位客户", "offer");
  } else if (event.kind === "alarm") {
    notice(`${event.level} ${event.why}：${event.handoff}`, "bad");
    tell("有客户等得太久", "alarm");
  } else if (event.kind === "state") {
    notice(`您的状态改成了${{ away: "小休", offline: "离线" }[event.state] ?? event.state}：${event.reason}`, "bad");
    const select = document.getElementById("state-select");
    if (select) select.value = event.state;
  }
}

// ---- writing -----------------------------------------------------------------------------------

let draftTimer = 0;
function keepTyping() {
  const form = document.getElementById("composer");
  const box = document.getElementById("words");
  if (!form || !box || form.classList.contains("note")) return;
  clearTimeout(draftTimer);
  const body = new URLSearchParams({ text: box.value });
  const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf"]').content };
  fetch(form.dataset.draft, { method: "POST", body, headers, keepalive: true }).then(
    (answer) => saved(answer.ok ? "草稿已存" : "草稿没存上"),
    () => saved("草稿没存上，网络不通"),
  );
}

function saved(text) {
  const place = document.querySelector(".composer .saved");
  if (place) place.textContent = text;
}

const PROMISES = /保证(?:能|会)?赔|肯定(?:能|会)?赔|一定(?:能|会)?赔|包赔|全额赔付没问题|给您返(?:现|点|利)|返现|私下(?:转|给)|保本|稳赚|最(?:便宜|低价)/;

work.addEventListener("input", (event) => {
  if (event.target.id !== "words") return;
  const form = event.target.form;
  form.querySelector(".count").textContent = `${event.target.value.length} 字`;
  const found = PROMISES.exec(event.target.value);
  const warning = form.querySelector(".promise");
  warning.hidden = !found;
  if (found) warning.textContent = `“${found[0]}”像是承诺，发之前请改成以合同和查勘结果为准的说法。`;
  showCanned(form, event.target.value);
  clearTimeout(draftTimer);
  saved("");
  draftTimer = setTimeout(keepTyping, 800);
});

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

function setMode(mode) {
  const form = document.getElementById("composer");
  if (!form) return;
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
  form.dataset.pressed ||= crypto.randomUUID();
  ctx.request.body.set("key", form.dataset.pressed);
});

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

// ---- after every swap ----------------------------------------------------------------------------

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target;
  if (target?.id === "work" || target === work) {
    bottom();
    markOpen();
    if (open()?.dataset.mine) document.getElementById("words")?.focus();
    const id = open()?.dataset.id;
    if (id) history.replaceState(null, "", `/console/inbox?tab=${tab()}&c=${id}`);
  }
  markOpen();
});

// A refusal is said where everybody looks, and what was typed stays.
document.addEventListener("htmx:before:swap", (event) => {
  const ctx = event.detail?.ctx;
  const status = ctx?.response?.status ?? 200;
  if (status < 400) return;
  event.preventDefault();
  const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  notice(page.body.textContent.trim() || "没有办成，请再试一次。", "bad");
  const form = document.getElementById("composer");
  if (form) delete form.dataset.pressed;
  if (status === 409) refreshOpen(true);
});

// ---- keys ----------------------------------------------------------------------------------------

const help = document.getElementById("help");
document.getElementById("keys").addEventListener("click", () => help.showModal());

function step(by) {
  const rows = [...list.querySelectorAll(".row-item a")];
  const at = rows.findIndex((row) => row.parentElement.classList.contains("open"));
  rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (!event.altKey || event.ctrlKey || event.shiftKey) return;
  const key = event.code.replace(/^Key|^Digit/, "").toLowerCase();
  const act = { j: () => step(1), k: () => step(-1), l: () => setMode("say"), p: () => setMode("note") }[key];
  const button = work.querySelector(`[data-key="${key}"]`);
  if (!act && !button) return;
  event.preventDefault();
  if (act) act();
  else if (button.tagName === "DETAILS") {
    button.open = true;
    button.querySelector("form select, form button")?.focus();
  } else button.click();
});

// Being looked at is said again while the page is in front.
setInterval(() => {
  if (!document.hidden && open()) fetch(`/console/c/${open().dataset.id}/look`).catch(() => {});
}, 15000);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) keepTyping();
});
addEventListener("pagehide", keepTyping);

markOpen();
bottom();
connect();
