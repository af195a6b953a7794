// Before the first paint: the remembered theme and text size, so that nothing flashes.
(function () {
  function remembered(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }
  const root = document.documentElement;
  const theme = remembered("anda.theme");
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = theme || system;
  if (remembered("anda.large")) root.dataset.large = "";
})();
