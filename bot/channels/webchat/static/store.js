// What this browser remembers. Private windows may refuse: then it lasts as long as the page.
const memory = new Map();

export function read(key, fallback = null) {
  try {
    const raw = localStorage.getItem(key);
    return raw === null ? (memory.get(key) ?? fallback) : JSON.parse(raw);
  } catch {
    return memory.get(key) ?? fallback;
  }
}

export function write(key, value) {
  memory.set(key, value);
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Kept in memory above.
  }
}

export function randomId(bytes = 24) {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The session id is the only secret of the conversation: 192 random bits.
export function sessionId() {
  const known = read("anda.session");
  if (typeof known === "string" && /^[A-Za-z0-9_-]{22,64}$/.test(known)) return known;
  const fresh = randomId();
  write("anda.session", fresh);
  write("anda.read", 0);
  return fresh;
}
