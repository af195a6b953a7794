// Photos on their way: a reload (a phone does that while its camera is open) must not lose one.
// IndexedDB may be refused or slow; then a photo lasts as long as the page.
const SHELF = "photos";
const PATIENCE = 800;

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("anda", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SHELF);
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
  return opened;
}

async function on(mode, work) {
  try {
    const shelf = (await database()).transaction(SHELF, mode).objectStore(SHELF);
    return await new Promise((resolve, reject) => {
      const request = work(shelf);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } catch {
    return null;
  }
}

export const keep = (key, photo) => on("readwrite", (shelf) => shelf.put(photo, key));

export const drop = (key) => on("readwrite", (shelf) => shelf.delete(key));

export async function kept(prefix) {
  const range = IDBKeyRange.bound(prefix, prefix + "\uffff");
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  return (await Promise.race([on("readonly", (shelf) => shelf.getAll(range)), late])) ?? [];
}
