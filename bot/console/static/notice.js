// Being told while looking elsewhere: a notice of the system without a word of the customer's, and
// a sound that can be switched off. Pages without a live line of their own listen here; of several
// tabs one listens, and one speaks.
import { alarmed, notice } from "./console.js";

const bell = document.getElementById("bell");
const SOUND = "anda-sound";
const muted = () => localStorage.getItem(SOUND) === "off";
const can = "Notification" in window;
// Who waits, what is mine, what is late: three sounds that are told apart.
const TONES = { queue: [660], message: [880], offer: [660, 880], alarm: [990, 660, 990] };

// ---- the bell --------------------------------------------------------------------------------

function show() {
  if (!bell) return;
  const granted = can && Notification.permission === "granted";
  const denied = !can || Notification.permission === "denied";
  const words = granted ? "桌面提醒已打开" : denied ? "浏览器拦住了桌面提醒，请点地址栏左边的锁，把“通知”改成允许" : "桌面提醒还没打开";
  bell.querySelector(".bell-state").textContent = words;
  bell.querySelector("[data-allow]").hidden = granted || denied;
  bell.querySelector("[data-sound]").checked = !muted();
  bell.classList.toggle("off", muted() || !granted);
  bell.querySelector("summary").title = `${granted ? "提醒开着" : "提醒没开"}，声音${muted() ? "关着" : "开着"}`;
}

bell?.addEventListener("click", async (event) => {
  if (event.target.closest("[data-allow]") && can) await Notification.requestPermission();
  if (event.target.closest("[data-try]")) {
    if (can && Notification.permission === "granted") pop("这是试一下的提醒", "try");
    else notice("这是试一下的提醒");
    beep("offer");
  }
  // Not after a press on the box: that is told of by «change», when its new state is known.
  if (!event.target.closest("label")) show();
});
bell?.addEventListener("change", (event) => {
  if (event.target.matches("[data-sound]")) localStorage.setItem(SOUND, event.target.checked ? "on" : "off");
  show();
});
addEventListener("storage", show);

// ---- telling ---------------------------------------------------------------------------------

// The first tab to get here speaks; the others find its mark.
function first(tag) {
  const key = `anda-told-${tag}`;
  const fresh = Date.now() - Number(localStorage.getItem(key) ?? 0) > 1500;
  if (fresh) localStorage.setItem(key, String(Date.now()));
  return fresh;
}

function pop(text, tag) {
  const note = new Notification("安答控制台", { body: text, tag });
  note.onclick = () => {
    focus();
    note.close();
  };
}

// Say something to whoever may be looking elsewhere.
export function tell(text, tag) {
  if (tag === "message" && !document.hidden) return; // that is seen in the list
  // A page that is looked at goes first: it shows what happened by itself.
  setTimeout(() => {
    if (!first(tag)) return;
    beep(tag);
    if (document.hidden && can && Notification.permission === "granted") pop(text, tag);
  }, document.hidden ? 300 : 0);
}

let sound = null;
// Browsers let a page be heard only after somebody has touched it.
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => { sound ??= new AudioContext(); }, { once: true });

function beep(tag) {
  document.documentElement.dataset.beeps = String(Number(document.documentElement.dataset.beeps ?? 0) + (muted() ? 0 : 1));
  if (muted() || !sound) return;
  sound.resume();
  (TONES[tag] ?? TONES.message).forEach((frequency, place) => {
    const at = sound.currentTime + place * 0.18;
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    volume.gain.setValueAtTime(0.08, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.16);
    tone.frequency.value = frequency;
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.17);
  });
}

// ---- listening where no desk is open -----------------------------------------------------------

function hear(event) {
  if (event.kind === "owner" && event.owner === "queue") tell("有客户在排队", "queue");
  else if (event.kind === "offer") {
    notice("派给您一位客户，请到「会话」的排队里接管。");
    tell("派给您一位客户", "offer");
  } else if (event.kind === "alarm") {
    alarmed(event);
    tell("有客户等得太久", "alarm");
  } else if (event.kind === "state" && !event.by) notice(`您的状态改了：${event.reason}`, "bad");
}

// Resolves when the page goes away; the line itself comes back after a break by itself.
function listen() {
  return new Promise(() => {
    const line = new EventSource("/console/events");
    line.addEventListener("news", (event) => hear(JSON.parse(event.data)));
  });
}

// One line for all such tabs: a browser holds only six to one server.
if (bell && !document.querySelector(".columns[data-me]")) {
  if (navigator.locks) navigator.locks.request("anda-news", listen);
  else listen();
}
show();
