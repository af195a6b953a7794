// Dark colours and large text: remembered, and the system's choice until there is one.
import { read, write } from "./store.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

export function settings(onResize) {
  const dark = document.getElementById("dark");
  const large = document.getElementById("large");
  const show = () => {
    dark.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
    large.setAttribute("aria-pressed", String("large" in root.dataset));
  };
  dark.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    write("anda.theme", root.dataset.theme);
    show();
  });
  large.addEventListener("click", () => {
    root.toggleAttribute("data-large");
    write("anda.large", "large" in root.dataset);
    show();
    onResize();
  });
  system.addEventListener("change", () => {
    if (!read("anda.theme")) root.dataset.theme = system.matches ? "dark" : "light";
    show();
  });
  show();
}

// The keyboard of a phone covers the page on iOS: the visible part is what we may use.
export function fitViewport() {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    if (view.scale > 1.01) return; // zoomed in by hand
    root.style.setProperty("--vh", `${view.height}px`);
    scrollTo(0, 0);
  };
  view.addEventListener("resize", fit);
  fit();
}
