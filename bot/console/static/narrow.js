// On small screens list, thread and customer do not fit side by side: two buttons lead between them.
const columns = document.querySelector(".columns");
const work = document.getElementById("work");

function button(words, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn btn-sm narrow-only ${name}`;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

function dress() {
  const head = work.querySelector(".head .who");
  if (!head || head.querySelector(".to-list")) return;
  columns.classList.remove("list-open");
  head.prepend(button("‹ 列表", "to-list", () => columns.classList.add("list-open")));
  const side = button("客户资料", "to-side", () => {
    const open = work.querySelector(".conversation").classList.toggle("side-open");
    side.setAttribute("aria-expanded", String(open));
  });
  side.setAttribute("aria-expanded", "false");
  head.append(side);
}

if (columns && work) {
  new MutationObserver(dress).observe(work, { childList: true, subtree: true });
  // The conversation that is open already, chosen again in the list.
  document.getElementById("list").addEventListener("click", (event) => {
    if (event.target.closest(".row-item")) columns.classList.remove("list-open");
  });
  document.addEventListener("keydown", (event) => {
    const open = work.querySelector(".conversation.side-open");
    if (event.key !== "Escape" || event.isComposing || !open || document.querySelector("details[open].act, details[open].me, dialog[open]")) return;
    open.classList.remove("side-open");
    work.querySelector(".to-side")?.setAttribute("aria-expanded", "false");
  });
  dress();
}
