// Boards and case pages: a refusal is said where everybody looks, and what was typed stays.
import { notice } from "./console.js";

document.addEventListener("htmx:before:swap", (event) => {
  const ctx = event.detail?.ctx;
  if ((ctx?.response?.status ?? 200) < 400) return;
  event.preventDefault();
  const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  notice(page.body.textContent.trim() || "没有办成，请再试一次。", "bad");
});

// The page comes back after a step: say that it is done, once.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  notice("办好了。");
  here.searchParams.delete("done");
  history.replaceState(null, "", here);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Escape") {
    const open = event.target.closest?.("details[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

// A form that unfolds takes the cursor to its first field.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.act[open]")) event.target.querySelector("form textarea, form select, form input:not([type=hidden])")?.focus();
}, true);
