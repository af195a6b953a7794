// Words that must not be promised, underlined while they are written. The table comes with the page:
// it is the one that supervision checks by.
let known = { text: "", rules: [] };

function rulesOf(form) {
  const text = form.dataset.promises ?? "[]";
  if (known.text !== text) known = { text, rules: JSON.parse(text) };
  return known.rules;
}

// Return [{label, word}] of what was promised, as the server finds it: spaces and what is allowed left out.
export function promised(form, text) {
  const plain = text.replace(/\s/g, "");
  const found = [];
  for (const rule of rulesOf(form)) {
    let rest = plain;
    for (const allowed of rule.unless) rest = rest.replaceAll(allowed, "");
    const word = rule.words.find((one) => rest.includes(one));
    if (word) found.push({ label: rule.label, word });
  }
  return found;
}

export function underline(form, box) {
  const found = promised(form, box.value);
  const warning = form.querySelector(".promise");
  warning.hidden = !found.length;
  if (found.length) warning.textContent = found.map((one) => `“${one.word}”是${one.label}`).join("，") + "：不能这样对客户说，发之前请改成以合同和查勘结果为准的说法。";
  const mirror = form.querySelector(".mirror");
  if (!mirror) return;
  const style = getComputedStyle(box);
  for (const name of ["font", "padding", "lineHeight", "letterSpacing"]) mirror.style[name] = style[name];
  mirror.replaceChildren();
  // Spaces inside a word do not hide it.
  const pattern = found.map((one) => [...one.word].map((letter) => letter.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s*")).join("|");
  let at = 0;
  for (const hit of pattern ? box.value.matchAll(new RegExp(pattern, "g")) : []) {
    const mark = document.createElement("mark");
    mark.textContent = hit[0];
    mirror.append(box.value.slice(at, hit.index), mark);
    at = hit.index + hit[0].length;
  }
  mirror.append(box.value.slice(at));
  mirror.scrollTop = box.scrollTop;
}
