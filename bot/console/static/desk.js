// The agents' desk: live list and thread, composer, keys. The server decides; this only asks and shows.
import { alarmed, notice } from "./console.js";
import { collide, setMode, showTyping } from "./composer.js";
import { begin, draftMoved, hold, keepTyping, startDrafts } from "./drafts.js";
import "./keys.js";
import "./wrap.js";
import { refreshList, startList, tab } from "./list.js";
import { comeBack, logInAgain, showWaiting, startSending } from "./sending.js";
import { tell } from "./notice.js";

const me = document.querySelector(".columns").dataset.me;
const list = document.getElementById("list");
const work = document.getElementById("work");
const pill = document.getElementById("line");
const open = () => work.querySelector(".conversation");

// ---- the list and the open conversation, as they are now -------------------------------------

async function refreshOpen(moved) {
  const shown = open();
  if (!shown) return;
  const id = shown.dataset.id;
  if (moved) {
    keepTyping();
    await htmx.ajax("GET", `/console/c/${id}`, { target: "#work" });
    return;
  }
  await refreshThread();
}

// One look at a time, and one more for whatever was told meanwhile: a look that another one pushed
// aside would leave the page as it was before the last message.
let looking = false;
let lookAgain = false;
async function refreshThread() {
  lookAgain = true;
  if (looking) return;
  looking = true;
  try {
    while (lookAgain && open()) {
      lookAgain = false;
      await lookAt(open().dataset.id);
    }
  } finally {
    looking = false;
  }
}

// The two parts of the open conversation, as the server has them; nothing when it cannot be asked.
async function part(id, name) {
  try {
    const answer = await fetch(`/console/c/${id}/${name}`, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(15_000) });
    if (answer.status === 401) logInAgain();
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

// What comes along for another place (suggestions, the meter) goes there.
function put(place, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const one of page.querySelectorAll("[hx-swap-oob]")) {
    one.remove();
    one.removeAttribute("hx-swap-oob");
    document.getElementById(one.id)?.replaceWith(one);
    htmx.process(one);
  }
  place.replaceChildren(...page.body.childNodes);
  htmx.process(place);
}

async function lookAt(id) {
  const since = document.querySelector("#thread #since")?.nextElementSibling?.dataset.seq;
  const lines = await part(id, `thread${since ? `?since=${since}` : ""}`);
  const thread = document.getElementById("thread");
  if (lines === null || open()?.dataset.id !== id) return;
  const low = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const place = thread.scrollTop;
  put(thread, lines);
  showWaiting();
  thread.scrollTop = low ? thread.scrollHeight : place;
  const facts = await part(id, "side");
  const side = document.getElementById("side");
  // What is being filled in there is not swept away.
  if (facts !== null && open()?.dataset.id === id && !side.contains(document.activeElement)) put(side, facts);
}

function markOpen() {
  const id = open()?.dataset.id;
  for (const row of list.querySelectorAll(".row-item")) row.classList.toggle("open", row.dataset.id === id);
  const rows = list.querySelector(".rows");
  const waiting = Number(rows?.dataset.queue ?? 0);
  document.title = (waiting ? `(${waiting}) ` : "") + "会话 · 安答控制台";
}

// The address is that of what stands there, also when that is no conversation.
function address() {
  const [was, id] = [new URL(location.href), open()?.dataset.id];
  const wanted = was.searchParams.get("c") === (id ?? null) ? was.searchParams : new URLSearchParams(id ? { c: id } : {});
  wanted.delete("tab");
  const query = [`tab=${tab()}`, wanted.toString()].filter(Boolean).join("&");
  history.replaceState(null, "", `/console/inbox?${query}`);
}

// The newest message in sight; once more when the composer beside it has found its height.
function bottom() {
  const thread = document.getElementById("thread");
  const wanted = thread?.querySelector(".looked-up");
  if (wanted) return wanted.scrollIntoView({ block: "center" });
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
      refreshState();
      draftMoved(open()?.dataset.id, Infinity, "");
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

const PERSONAL = {
  note: "〔谁〕给您留了备注",
  joined: "〔谁〕加入了，和您一起服务",
  assigned: "〔谁〕把一位客户指派给您",
  awake: "搁置的会话到时间了",
};

// While the answer to a press here is on its way, the news of that same press asks for nothing: two
// swaps in a row would take the box away from somebody who already writes.
let pressed = 0;
let newest = null;
const forWork = (event) => event.detail?.ctx?.target === work;
document.addEventListener("htmx:before:request", (event) => { pressed += forWork(event); });
document.addEventListener("htmx:finally:request", (event) => {
  if (!forWork(event)) return;
  pressed -= 1;
  if (!pressed && newest) catchUp(newest);
});
function catchUp(event) {
  newest = pressed ? event : null;
  const shown = open();
  if (!pressed && shown?.dataset.id === String(event.conversation) && Number(shown.dataset.rev) < event.rev) refreshOpen(true);
}

function news(event) {
  const mine = open()?.dataset.id === String(event.conversation);
  if (event.kind === "owner" || event.kind === "snooze") {
    refreshList();
    if (mine && (event.kind === "snooze" || Number(open().dataset.rev) !== event.rev)) {
      // What the reader pressed, here or in another tab, is no loss of theirs.
      const lost = open().dataset.mine && event.kind === "owner" && event.by !== me && event.agent !== me;
      if (lost) notice(event.owner === "agent" ? `${event.agent}接手了这个会话` : "这个会话已经不在您手里", "bad");
      if (event.kind === "owner") catchUp(event);
      else refreshOpen(true);
    }
    if (event.owner === "queue") tell("有客户在排队", "queue");
  } else if (event.kind === "message") {
    refreshList();
    if (mine) refreshOpen(false);
    else tell("有新消息", "message");
  } else if (event.kind === "fate") {
    if (mine) refreshOpen(false);
  } else if (event.kind === "offer") {
    refreshList();
    notice("派给您一位客户，请到「排队」接管。");
    tell("派给您一位客户", "offer");
  } else if (event.kind === "draft") {
    draftMoved(event.conversation, event.rev, event.tab);
  } else if (event.kind === "typing") {
    if (mine && event.by !== me) showTyping(event.by);
  } else if (event.kind in PERSONAL) {
    refreshList();
    if (mine) refreshOpen(event.kind === "joined");
    notice(PERSONAL[event.kind].replace("〔谁〕", event.by ?? ""), "good", mine ? null : event.conversation);
    tell("有同事找您", event.kind);
  } else if (event.kind === "alarm") {
    alarmed(event);
    tell("有客户等得太久", "alarm");
  } else if (event.kind === "state") {
    if (event.by !== me) notice(`您的状态改成了${{ away: "小休", offline: "离线" }[event.state] ?? event.state}：${event.reason}`, "bad");
    if (document.getElementById("state")?.dataset.shows !== `${event.state}:${event.reason}`) refreshState();
  }
}

// Dot and words in the bar, as the server has them.
function refreshState() {
  htmx.ajax("GET", "/console/state", { target: "#state", swap: "outerHTML" });
}

// How long the first one waits goes on between two looks.
const began = new WeakMap();
setInterval(() => {
  const wait = document.querySelector("#load [data-wait]");
  if (!wait) return;
  if (!began.has(wait)) began.set(wait, Date.now() - 1000 * Number(wait.dataset.wait));
  wait.textContent = span(Math.floor((Date.now() - began.get(wait)) / 1000));
}, 5000);

function span(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${seconds} 秒`;
  if (minutes < 60) return `${minutes} 分钟`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分` : `${Math.floor(minutes / 1440)} 天`;
}

// ---- after every swap ----------------------------------------------------------------------------

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target;
  if (target?.id === "work" || target === work) {
    bottom();
    markOpen();
    begin(open()?.dataset.id);
    if (open()?.dataset.mine) document.getElementById("words")?.focus();
    address();
  }
  if (target?.id === "work" || target?.id === "thread") showWaiting();
  markOpen();
});

document.addEventListener("htmx:after:request", (event) => {
  if (event.detail?.ctx?.response?.status === 401) logInAgain();
});

// A refusal is said where everybody looks, and what was typed stays.
document.addEventListener("htmx:before:swap", (event) => {
  const ctx = event.detail?.ctx;
  const status = ctx?.response?.status ?? 200;
  if (status < 400) {
    if (ctx?.target === work) hold(open()?.dataset.id);
    // A box that was drawn larger has a style of its own; carried over as text it would be blocked.
    for (const one of ctx?.target?.querySelectorAll?.("[id][style]") ?? []) one.removeAttribute("style");
    return;
  }
  event.preventDefault();
  if (status === 401) {
    logInAgain();
    return;
  }
  const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  notice(page.body.textContent.trim() || "没有办成，请再试一次。", "bad");
  if (status === 409) refreshOpen(true);
});

// Being looked at is said again while the page is in front.
setInterval(() => {
  if (!document.hidden && open()) fetch(`/console/c/${open().dataset.id}/look`).catch(() => {});
}, 15000);


startList(() => {
  markOpen();
  address();
});
markOpen();
bottom();
comeBack();
startDrafts({ loggedOut: logInAgain, noted: () => setMode("note") });
begin(open()?.dataset.id);
startSending({
  refresh: refreshOpen,
  collide: (html, then) => collide(html, () => refreshOpen(false), then),
  sent: (id) => {
    if (id !== open()?.dataset.id) return;
    refreshOpen(false);
    if (document.getElementById("words")?.value) keepTyping();
  },
});
connect();
