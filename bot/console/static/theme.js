// Before the first paint: the reader's own choice, else what the system says.
const wanted = localStorage.getItem("anda-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
document.documentElement.dataset.bsTheme = wanted;
