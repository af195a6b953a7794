// The HTTP side of the page. Every failure carries a sentence for the customer.
const TEXT_SECONDS = 30;
const PHOTO_SECONDS = 120;
const NO_NETWORK = "没有发出：网络恢复后会自动重发。";

export class Failure extends Error {
  // `again`: worth trying again unchanged; `wait`: seconds the server asked for.
  constructor(sentence, again, wait = 0) {
    super(sentence);
    this.again = again;
    this.wait = wait;
  }
}

export function sendMessage(message) {
  return post(JSON.stringify(message), TEXT_SECONDS, { "Content-Type": "application/json" });
}

// fetch() cannot tell how far an upload is, XMLHttpRequest can.
export function sendPhoto({ session, client_id, text, file }, onProgress) {
  const form = new FormData();
  form.append("session", session);
  form.append("client_id", client_id);
  form.append("text", text ?? "");
  form.append("file", file, file.name || "photo.jpg");
  return post(form, PHOTO_SECONDS, {}, onProgress);
}

export async function history(session, after) {
  const query = new URLSearchParams({ session, after });
  const response = await fetch(`/chat/api/history?${query}`, {
    cache: "no-store",
    signal: AbortSignal.timeout(15000),
  });
  if (!response.ok) throw new Failure("聊天记录暂时读取不到。", true);
  return response.json();
}

function post(body, seconds, headers, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/chat/api/messages");
    request.timeout = seconds * 1000;
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (onProgress) {
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total);
      });
    }
    const broken = () => reject(new Failure(NO_NETWORK, true));
    request.addEventListener("error", broken);
    request.addEventListener("timeout", broken);
    request.addEventListener("abort", broken);
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.send(body);
  });
}

function settle(request, resolve, reject) {
  const answer = parsed(request.responseText);
  if (request.status === 200 && answer) return resolve(answer);
  const again = request.status >= 500 || [408, 425, 429].includes(request.status) || request.status === 200;
  const wait = Number(request.getResponseHeader("Retry-After")) || 0;
  return reject(new Failure(answer?.error ?? "系统正忙，消息没有发出。", again, wait));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
