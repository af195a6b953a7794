// Wires the page: feed in, outbox out, and the buttons around them.
import { Composer } from "./composer.js";
import { Feed } from "./feed.js";
import { Outbox } from "./outbox.js";
import { Tray } from "./photos.js";
import { PlaceDialog } from "./place.js";
import { fitViewport, settings } from "./settings.js";
import { read, sessionId, write } from "./store.js";
import { Thread } from "./thread.js";

const TYPING_AFTER = 350;
const TYPING_AT_MOST = 20000;
const NEWS_WITHIN = 1500;
const PILL_AFTER = 900;
const TWICE = 700;

const find = (id) => document.getElementById(id);
const session = sessionId();
const thread = new Thread({ onRead: (seq) => seq > read("anda.read", 0) && write("anda.read", seq) });
const first = [];
let loaded = false;
let typing = 0;
let pill = 0;
let connected = true;

const outbox = new Outbox(session, {
  onStart: () => expectAnswer(),
  onState: (item) => {
    thread.showState(item);
    if (item.state === "failed") answered();
  },
  onProgress: (item, share) => thread.showProgress(item, share),
  onTurn: (turn) => {
    showOwner(turn.state?.owner);
    if (!turn.replies?.length) answered();
    const last = Math.max(0, ...(turn.events ?? []));
    setTimeout(() => (last ? feed.last < last : true) && feed.check(), NEWS_WITHIN);
  },
});

const unsent = await outbox.restore();

const feed = new Feed(session, {
  onEvents: (events) => (loaded ? events.forEach(arrived) : first.push(...events)),
  onLoaded: () => {
    loaded = true;
    first.forEach((event) => event.client_id && outbox.confirmed(event.client_id));
    first.forEach((event) => showOwner(event.body.owner));
    const left = unsent.filter((item) => item.state !== "sent");
    thread.load(first, read("anda.read", first.at(-1)?.seq ?? 0), () => left.forEach((item) => showPending(item, true)));
    outbox.retryAll();
  },
  onState: (state) => showConnection(state === "open"),
});

function arrived(event) {
  thread.add(event);
  showOwner(event.body.owner);
  if (event.author === "customer") outbox.confirmed(event.client_id);
  else answered();
}

// What the customer says, whichever way.
function say(message) {
  const item = outbox.add(message);
  showPending(item);
}

function showPending(item, restored = false) {
  thread.addPending(item, bodyOf(item), () => outbox.retry(item), restored);
  thread.showState(item);
}

function bodyOf({ text, location, url, width, height }) {
  if (url) return { type: "image", url, width, height, text };
  if (location) return { type: "location", ...location };
  return { type: "text", text };
}

function expectAnswer() {
  clearTimeout(typing);
  if (find("identity").dataset.owner && find("identity").dataset.owner !== "bot") return;
  typing = setTimeout(() => {
    thread.showTyping(true);
    typing = setTimeout(answered, TYPING_AT_MOST);
  }, TYPING_AFTER);
}

function answered() {
  clearTimeout(typing);
  thread.showTyping(false);
}

function showOwner(owner) {
  const line = find("identity");
  if (!owner || !(owner in line.dataset)) return;
  line.dataset.owner = owner;
  line.textContent = line.dataset[owner];
}

function showConnection(open) {
  clearTimeout(pill);
  const back = open && !connected;
  connected = open;
  if (open) {
    if (back) outbox.retryAll();
    find("pill").textContent = "";
    return;
  }
  pill = setTimeout(() => (find("pill").textContent = "连接中断，正在重连…"), PILL_AFTER);
}

function toggleSheet(on) {
  find("sheet").hidden = !on;
  find("more").setAttribute("aria-expanded", String(on));
}

const composer = new Composer({
  onSend(text) {
    const photos = tray.take();
    photos.forEach((photo) => say({ ...photo, text: "" }));
    if (text) say({ text });
    toggleSheet(false);
    return true;
  },
});
const tray = new Tray({
  onChange: (count) => (composer.waiting = count),
  say: (sentence) => composer.say(sentence),
});
const place = new PlaceDialog({
  onPlace: (location) => say({ text: "", location }),
  onAddress: (address) => say({ text: `我的位置：${address}` }),
});

let lastTap = { text: "", at: 0 };
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-say]");
  if (!button || button.disabled) return;
  const text = button.dataset.say;
  if (text === lastTap.text && event.timeStamp - lastTap.at < TWICE) return; // a double tap is one
  lastTap = { text, at: event.timeStamp };
  const kept = button.closest(".choices, .sheet") !== null;
  toggleSheet(false);
  say({ text });
  if (kept) composer.field.focus({ preventScroll: true, focusVisible: false });
});

find("messages").addEventListener("click", (event) => {
  const picture = event.target.closest(".open-photo")?.querySelector("img");
  if (!picture) return;
  find("viewer-image").src = picture.src;
  find("viewer").showModal();
});
find("viewer").addEventListener("click", (event) => event.target.closest("button") || find("viewer").close());

find("more").addEventListener("click", () => toggleSheet(find("sheet").hidden));
find("pick").addEventListener("click", () => (toggleSheet(false), find("album").click()));
find("shoot").addEventListener("click", () => (toggleSheet(false), find("camera").click()));
find("locate").addEventListener("click", () => (toggleSheet(false), place.open()));
find("composer").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || find("sheet").hidden) return;
  toggleSheet(false);
  find("more").focus();
});

settings(() => composer.resized());
fitViewport();
composer.focus();
feed.start();
