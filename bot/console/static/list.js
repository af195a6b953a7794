// The list of conversations: live, and without an end. A window of a few pages stands in the page; what
// lies before and after it is fetched, by the key of the row it follows, when it is scrolled to.
import { logInAgain } from "./sending.js";

const list = document.getElementById("list");
const PAGE = 50;
const rows = () => list.querySelector(".rows");

// ``keys[n]`` is the row that page n follows, "" for the first; ``from`` until before ``to`` are shown.
let keys = [""];
let [from, to] = [0, 1];
let name = rows().dataset.tab;
export const tab = () => name;
let changed = () => {};

// ---- what is shown -------------------------------------------------------------------------------

const items = () => [...rows().querySelectorAll(".row-item")];
const tall = () => (items()[0]?.offsetHeight || 88) * PAGE;

// Learn from the rows that are there where the pages after them begin.
function measure() {
  const shown = items();
  keys.length = from + 1;
  for (let at = PAGE; at < shown.length; at += PAGE) keys.push(shown[at - 1].dataset.key);
  to = keys.length;
  if (rows().dataset.more) keys.push(shown.at(-1).dataset.key);
}

function pad(height) {
  const made = document.createElement("li");
  made.className = "pad";
  made.setAttribute("aria-hidden", "true");
  made.style.height = `${height}px`;
  return made;
}

function put(page) {
  const [old, fresh] = [rows(), page.querySelector(".rows")];
  const top = old.dataset.tab === fresh.dataset.tab ? old.scrollTop : 0;
  const focused = document.activeElement?.closest?.("#list .row-item")?.id;
  list.querySelector(".list-tabs").replaceWith(page.querySelector(".list-tabs"));
  for (const [name, value] of Object.entries(fresh.dataset)) old.dataset[name] = value;
  old.replaceChildren(...fresh.children);
  measure();
  if (from) old.prepend(pad(from * tall()));
  if (keys.length > to) old.append(pad((keys.length - to) * tall()));
  old.scrollTop = top;
  htmx.process(old);
  if (focused) document.getElementById(focused)?.querySelector("a").focus({ preventScroll: true });
  const load = page.getElementById("load");
  if (load) document.getElementById("load")?.replaceWith(load);
}

// ---- fetching ------------------------------------------------------------------------------------

let wanted = null;
let busy = false;
async function load(which) {
  wanted = which;
  if (busy) return;
  busy = true;
  try {
    while (wanted) {
      const { first, last } = wanted;
      wanted = null;
      await fetched(first, last);
    }
  } finally {
    busy = false;
  }
}

// Nothing when it cannot be had just now: the next news asks again.
async function asPage(url) {
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(15_000) });
    if (answer.status === 401) logInAgain();
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

async function fetched(first, last) {
  const asked = name;
  const query = new URLSearchParams({ tab: asked, shown: PAGE * Math.max(1, last - first), after: keys[first] ?? "" });
  const html = await asPage(`/console/inbox/list?${query}`);
  await released();
  if (html === null || asked !== name) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!page.querySelector(".rows")) return;
  // Everybody of that page was served meanwhile: from the top again.
  if (first && !page.querySelector(".row-item")) {
    keys = [""];
    await fetched(0, 1);
    return;
  }
  from = first;
  put(page);
  changed();
}

// A row that is replaced between press and release is not clicked: the list waits that long.
let held = false;
let free = () => {};
list.addEventListener("pointerdown", () => { held = true; });
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => {
    held = false;
    free();
  }));
}
const released = () => (held ? new Promise((resume) => { free = resume; }) : Promise.resolve());

let soon = false;
export async function refreshList() {
  if (soon) return;
  soon = true;
  await new Promise((resume) => setTimeout(resume, 120)); // many events, one look
  soon = false;
  load({ first: from, last: to });
}

function scrolled() {
  const ul = rows();
  const [first, last] = [ul.scrollTop, ul.scrollTop + ul.clientHeight].map((at) => Math.floor(at / tall()));
  const near = Math.floor((ul.scrollTop + 2 * ul.clientHeight) / tall());
  const end = Math.min(near + 1, keys.length);
  if (first >= from && end <= to) return;
  const begin = Math.max(0, Math.min(first - 1, end - 1));
  load({ first: begin, last: Math.max(end, Math.min(last + 1, keys.length)) });
}

// ---- touches -------------------------------------------------------------------------------------

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tab][role=tab]");
  if (!button) return;
  name = button.dataset.tab;
  keys = [""];
  [from, to] = [0, 1];
  load({ first: 0, last: 1 });
});

export function step(by) {
  const shown = items();
  const at = shown.findIndex((row) => row.classList.contains("open"));
  const row = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector("a").click();
}

// Return the id of the row that follows a conversation's.
export function nextOf(conversation) {
  const shown = items();
  const at = shown.findIndex((row) => row.dataset.id === conversation);
  return (shown[at + 1] ?? shown[at - 1])?.id ?? null;
}

// ``after`` is called whenever other rows stand there.
export function startList(after) {
  changed = after;
  measure();
  // The list itself stays for good: only what stands in it changes.
  rows().addEventListener("scroll", () => requestAnimationFrame(scrolled), { passive: true });
  if (rows().dataset.more) rows().append(pad((keys.length - to) * tall()));
}
