// The wrap-up opens with what the conversation was about by then; what the agent chose stays.
const work = document.getElementById("work");

work.addEventListener("toggle", async (event) => {
  const sheet = event.target;
  if (!sheet.matches("details.wrap[open]")) return;
  try {
    const answer = await fetch(`/console/c/${work.querySelector(".conversation").dataset.id}/about`);
    if (answer.ok) fill(sheet, await answer.json());
  } catch {
    // What the page came with stands there.
  }
}, true);

work.addEventListener("change", (event) => {
  if (event.target.matches("details.wrap select")) event.target.dataset.chosen = "yes";
});

function fill(sheet, about) {
  for (const [name, title] of Object.entries(about)) {
    const select = sheet.querySelector(`select[name="${name}"]`);
    if (title && !select.dataset.chosen) select.value = title;
  }
}
