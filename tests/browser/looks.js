// What a page looks like, measured in the page: contrast of every text, what sticks out, raw codes.
() => {
  const parsed = new Map();
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  // Any notation of a colour, as the browser paints it: [red, green, blue, alpha 0…1].
  const rgba = (text) => {
    if (!parsed.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = "#000";
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      parsed.set(text, [r, g, b, a / 255]);
    }
    return parsed.get(text);
  };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (a, b) => {
    const [hi, lo] = [light(a), light(b)].sort((x, y) => y - x);
    return (hi + 0.05) / (lo + 0.05);
  };
  // A picture of colours behind a text: each of its colours must do.
  const gradient = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage.includes("gradient(")) return style.backgroundImage.match(/(?:rgba?|oklch|oklab|color)\([^)]*\)|#[0-9a-f]{3,8}/gi) ?? [];
      if (rgba(style.backgroundColor)[3] >= 1) return [];
    }
    return [];
  };
  const backgroundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] >= 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const opacityOf = (element) => {
    let whole = 1;
    for (let at = element; at; at = at.parentElement) whole *= Number(getComputedStyle(at).opacity);
    return whole;
  };
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return element.checkVisibility() && box.width > 1 && box.height > 1 && style.visibility === "visible" && style.clipPath === "none" && box.right > 0;
  };
  const faint = [];
  const check = (element, style, text) => {
    if (element.closest("[disabled], svg, option")) return;
    const plain = backgroundOf(element);
    const ink = rgba(style.color);
    if (ink[3] === 0) return; // hidden on purpose, as behind a glass
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const grounds = gradient(element).map((colour) => over(rgba(colour), plain));
    const [found, ground] = (grounds.length ? grounds : [plain])
      .map((one) => [ratio(over([...ink.slice(0, 3), ink[3] * opacityOf(element)], one), one), one])
      .reduce((worst, one) => (one[0] < worst[0] ? one : worst));
    if (found < (large ? 3 : 4.5)) {
      const name = element.tagName.toLowerCase() + (element.className && typeof element.className === "string" ? "." + element.className.trim().split(/\s+/).join(".") : "");
      faint.push(`${found.toFixed(2)} ${name} “${text.trim().slice(0, 16)}” ${style.color} on ${ground.slice(0, 3).map(Math.round)}`);
    }
  };
  let words = "";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.nodeValue.trim() || !element || element.closest("script, style, noscript, template, dialog:not([open])") || !seen(element)) continue;
    check(element, getComputedStyle(element), node.nodeValue);
    if (!element.closest("option, .bubble, pre, code")) words += ` ${node.nodeValue}`;
  }
  for (const box of document.querySelectorAll("input[placeholder], textarea[placeholder]")) {
    if (seen(box) && !box.value) check(box, getComputedStyle(box, "::placeholder"), box.placeholder);
  }
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (/auto|scroll|hidden/.test(style.overflowX)) return true;
    }
    return false;
  };
  const wide = [...document.querySelectorAll("body *")]
    .filter((one) => seen(one) && one.getBoundingClientRect().right > width + 1 && !scrolls(one) && !one.closest("dialog:not([open]), .skip"))
    .map((one) => `${one.tagName.toLowerCase()}.${String(one.className).split(" ")[0]} ${Math.round(one.getBoundingClientRect().right)}>${width}`);
  return { faint: [...new Set(faint)], wide: wide.slice(0, 6), scroll: document.documentElement.scrollWidth - width, words, lang: document.documentElement.lang };
}
