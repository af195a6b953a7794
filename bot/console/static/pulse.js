// Says every few seconds that this browser runs. A worker: pages in the background are slowed down,
// and whoever is on another page of the console still serves their customers.
let csrf = "";
onmessage = (event) => {
  csrf = event.data;
  beat();
};

async function beat() {
  try {
    const answer = await fetch("/console/alive", { method: "POST", headers: { "X-CSRF-Token": csrf }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 403) return close();
  } catch {
    // The line is down: the next beat tries again.
  }
  return setTimeout(beat, 7000);
}
