// What is kept in the browser's own storage so that it outlives a crash: sealed (AES-GCM by WebCrypto, NIST SP 800-38D) under a
// key that the house gives to the signed-in page alone, so that nothing readable lies on the disk. The place of a value is part
// of its seal: moved elsewhere it opens no more. Without WebCrypto (no secure context) nothing is kept here.
const PREFIX = "doorward.sealed.";
const KEPT = 7 * 24 * 60 * 60 * 1000;

let key = null;
let last = Promise.resolve(); // one after the other: what was written last is what stays

export const canSeal = Boolean(globalThis.crypto?.subtle && globalThis.localStorage);

function bytesOf(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

function textOf(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

async function fetchKey() {
  const answer = await fetch("/desk/draft-key", { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return crypto.subtle.importKey("raw", bytesOf((await answer.json()).key), "AES-GCM", false, ["encrypt", "decrypt"]);
}

// Asked for once a page; a page whose session has ended asks again when it is signed in.
export function sealingKey() {
  key ??= fetchKey().catch(() => (key = null));
  return key;
}

export function seal(name, value) {
  last = last.then(async () => {
    try {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const about = new TextEncoder().encode(name);
      const plain = new TextEncoder().encode(JSON.stringify(value));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: about }, await sealingKey(), plain);
      localStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), iv: textOf(iv), data: textOf(data) }));
    } catch {
      // No session, no room, or no leave: the text is still in its field.
    }
  });
  return last;
}

export function forget(name) {
  last = last.then(() => localStorage.removeItem(PREFIX + name));
}

export async function unseal(name) {
  await last;
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + name));
    if (!kept) return null;
    const about = new TextEncoder().encode(name);
    const wish = { name: "AES-GCM", iv: bytesOf(kept.iv), additionalData: about };
    const plain = await crypto.subtle.decrypt(wish, await sealingKey(), bytesOf(kept.data));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

function ageOf(name) {
  try {
    return Date.now() - JSON.parse(localStorage.getItem(name)).at;
  } catch {
    return Infinity;
  }
}

export function forgetOld() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && !(ageOf(name) < KEPT)) localStorage.removeItem(name);
  }
}

// Nothing that is on its way to be sealed comes after it.
export function forgetSealed() {
  const sweep = () => {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  };
  sweep();
  last = last.then(sweep);
}
