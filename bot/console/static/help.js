// The sheet of keys on every page: "?" or Ctrl+/ opens it, Escape closes it.
const sheet = () => document.getElementById("help") ?? document.getElementById("help-all");

export function openHelp() {
  const found = sheet();
  if (found && !found.open) found.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const typing = event.target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const question = (event.key === "?" || event.key === "？") && !typing && !event.altKey && !event.metaKey;
  if (!question && !(event.ctrlKey && event.key === "/")) return;
  event.preventDefault();
  openHelp();
});

document.getElementById("keys-all")?.addEventListener("click", openHelp);

// Alt+Shift+1…9 opens the pages of the menu, in its order.
document.addEventListener("keydown", (event) => {
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (!digit || !event.altKey || !event.shiftKey || event.ctrlKey) return;
  const page = document.querySelectorAll(".tabs a")[Number(digit[1]) - 1];
  if (!page) return;
  event.preventDefault();
  page.click();
});
