// What every page of the console does: forms carry their token, notices go away, day and night.
const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  request.headers["X-CSRF-Token"] = csrf;
  if (request.method === "POST") request.headers["X-Press"] = pressOf(sourceElement, request.submitter);
});

// ---- once is enough --------------------------------------------------------------------------

// What is sent has a key of its own until something in the form changes: sent again, because of a
// double click or because no answer came, it is done once. Some forms bring a key themselves.
const presses = new WeakMap();

// On plain HTTP inside a branch a browser has no randomUUID.
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pressOf(element, submitter) {
  if (element.elements?.namedItem("key") || element.elements?.namedItem("press")) return "";
  const known = presses.get(element);
  if (known?.submitter === submitter) return known.key;
  presses.set(element, { key: freshKey(), submitter });
  return presses.get(element).key;
}

for (const change of ["input", "change"]) {
  document.addEventListener(change, (event) => presses.delete(event.target.form), true);
}

// The second click of a double click presses nothing, whatever the first has put in its place.
document.addEventListener("click", (event) => {
  const button = event.detail > 1 && event.target.closest("form button:not([type=button]), [hx-post]:not(form)");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

if (csrf) new Worker("/console/static/pulse.js").postMessage(csrf);

const notices = document.getElementById("notices");

// Show a sentence for a while; what went wrong stays longer.
// ``conversation`` is where it leads.
export function notice(text, kind = "good", conversation = null) {
  // The same sentence stands there once, and «done» does not outlive the next trouble.
  for (const old of notices.children) {
    if (old.dataset.text === text || old.classList.contains("notice-good")) old.remove();
  }
  const line = document.createElement("div");
  line.className = `notice notice-${kind}`;
  line.dataset.text = text;
  line.textContent = text;
  if (conversation) {
    const link = document.createElement("a");
    link.href = `/console/inbox?tab=all&c=${conversation}`;
    link.textContent = `打开会话 #${conversation}`;
    line.append(" ", link);
  }
  notices.append(line);
  setTimeout(() => line.remove(), kind === "bad" ? 12000 : 4000);
}

// Somebody waits too long, or is in danger.
export function alarmed(event) {
  notice(`${event.level === "human" ? "" : `${event.level} `}${event.why}`, "bad", event.conversation);
}

document.addEventListener("htmx:error", () => notice("网络不通，刚才的操作没有送到，请再试一次。", "bad"));

document.getElementById("theme")?.addEventListener("click", () => {
  const root = document.documentElement;
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  localStorage.setItem("anda-theme", root.dataset.bsTheme);
});

// One menu is open at a time, and Escape closes it.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.me[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const open = [...document.querySelectorAll("details.me[open], details.act[open]")].pop();
  if (!open) return;
  open.open = false;
  open.querySelector("summary")?.focus();
});

// "/" looks on this page where it has a box of its own, else everywhere; Ctrl+K looks everywhere.
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const typing = event.target.closest?.("input, textarea, select");
  const slash = event.key === "/" && !typing && !event.ctrlKey && !event.altKey;
  const palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const box = slash ? document.getElementById("q") ?? document.getElementById("seek") : document.getElementById("seek");
  if (!box || !(slash || palette)) return;
  event.preventDefault();
  box.focus();
  box.select();
});
