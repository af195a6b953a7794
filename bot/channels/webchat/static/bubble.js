// Builds the nodes of one message. Words go in as text, never as markup.
import { linkified } from "./linkify.js";

const VOICES = { customer: "我说：", bot: "安答说：", agent: "人工客服说：", system: "" };
const ICONS = { customer: "person", bot: "bot", agent: "agent" };

export function element(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function icon(name, className = "icon") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// A line holds the optional time above the message and, for the customer, its sending state.
export function line({ author, body }) {
  if (author === "system") return element("div", "line", element("p", "system", linkified(body.text ?? "")));
  const stack = element("div", "stack");
  if (author === "agent") stack.append(element("p", "name", body.name || "人工客服"));
  stack.append(bubble(author, body));
  if (body.buttons?.length) stack.append(choices(body.buttons));
  const message = element("div", `msg from-${author}`, icon(ICONS[author] ?? "bot", "avatar"), stack);
  return element("div", "line", message);
}

function bubble(author, body) {
  const voice = element("span", "sr", VOICES[author] ?? "");
  if (body.type === "image") return withCaption(element("div", "bubble photo", voice, photo(author, body)), body.text);
  if (body.type === "location") return element("div", "bubble", voice, location(body));
  const text = body.text ?? "（暂不支持显示这类消息）";
  return element("div", "bubble", voice, author === "customer" ? text : linkified(text));
}

function withCaption(node, text) {
  if (text) node.append(element("p", "caption", text));
  return node;
}

function photo(author, body) {
  const picture = document.createElement("img");
  picture.alt = author === "customer" ? "我发送的照片" : "收到的照片";
  picture.decoding = "async";
  const ratio = body.width && body.height ? body.width / body.height : 1;
  picture.style.aspectRatio = String(Math.min(2, Math.max(0.6, ratio)));
  picture.addEventListener("error", () => open.replaceWith(element("span", "broken", "照片暂时无法显示")));
  const open = element("button", "open-photo", picture);
  open.type = "button";
  open.title = "查看大图";
  if (/^(\/|blob:)/.test(body.url ?? "")) picture.src = body.url;
  return open;
}

function location({ label, lat, lon }) {
  const words = element("span", "", element("b", "", label || "我的位置"));
  if (lat || lon) words.append(element("small", "", `${Number(lat).toFixed(5)}, ${Number(lon).toFixed(5)}`));
  return element("span", "location", icon("place", "icon"), words);
}

function choices(texts) {
  const group = element("div", "choices");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "快捷回复");
  for (const text of texts) {
    const button = element("button", "choice", text);
    button.type = "button";
    button.dataset.say = text;
    group.append(button);
  }
  return group;
}

// Used-up buttons stay as a record of what was offered and taken.
export function useUp(node, chosen) {
  for (const button of node.querySelectorAll(".choice")) {
    button.disabled = true;
    button.classList.toggle("chosen", button.textContent === chosen);
  }
}

// state: sending, failed (with a reason) or sent.
export function showState(node, item, onRetry) {
  node.dataset.state = item.state;
  const message = node.querySelector(".msg");
  message.querySelector(".state")?.remove();
  node.querySelector(".reason")?.remove();
  if (item.state === "sending") message.append(element("span", "state spinner", element("span", "sr", "发送中")));
  if (item.state !== "failed") return;
  const retry = element("button", "state retry", icon("retry"), element("span", "sr", "重新发送"));
  retry.type = "button";
  retry.title = "重新发送";
  retry.addEventListener("click", onRetry);
  message.append(retry);
  node.append(element("p", "reason", item.reason || "没有发出，请点按钮重新发送。"));
}

export function showProgress(node, share) {
  const picture = node.querySelector(".photo");
  if (picture) picture.dataset.progress = share < 1 ? `${Math.round(share * 100)}%` : "";
}
