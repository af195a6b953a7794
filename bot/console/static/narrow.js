// On small screens list, thread and customer do not fit side by side: two buttons lead between them.
const columns = document.querySelector(".columns");
const work = document.getElementById("work");

function showSide(wanted) {
  work.querySelector(".conversation")?.classList.toggle("side-open", wanted);
  work.querySelector(".to-side")?.setAttribute("aria-expanded", String(wanted));
}

if (columns && work) {
  // A conversation that comes, or comes again after a step, is what is looked at.
  let shown = work.querySelector(".conversation");
  new MutationObserver(() => {
    const now = work.querySelector(".conversation");
    if (now === shown) return;
    shown = now;
    columns.classList.remove("list-open");
  }).observe(work, { childList: true });
  work.addEventListener("click", (event) => {
    if (event.target.closest(".to-list")) columns.classList.add("list-open");
    const side = event.target.closest(".to-side");
    if (side) showSide(side.getAttribute("aria-expanded") !== "true");
  });
  // The conversation that is open already, chosen again in the list.
  document.getElementById("list").addEventListener("click", (event) => {
    if (event.target.closest(".row-item")) columns.classList.remove("list-open");
  });
  document.addEventListener("keydown", (event) => {
    const open = work.querySelector(".conversation.side-open");
    if (event.key !== "Escape" || event.isComposing || !open || document.querySelector("details[open].act, details[open].me, dialog[open]")) return;
    showSide(false);
  });
}
