// A piece of work that the door asks of this device in a flood: ALTCHA, version 2, with PBKDF2 by Web Crypto.
// The browser derives keys beside the page's own thread: nothing on the page stands still, and no worker is needed, which
// the policy of another site would not let us start.

/** @typedef {{parameters: {algorithm: string, nonce: string, salt: string, cost: number, keyLength: number, keyPrefix: string}, signature: string}} Challenge */

const AT_ONCE = 8; // keys that are derived beside each other
const PATIENCE = 20_000; // a device that needs longer is not meant
const ALGORITHM = "PBKDF2/SHA-256";

/** Whether this device could; a page without HTTPS has no Web Crypto. */
export function canWork() {
  return Boolean(globalThis.crypto?.subtle);
}

/**
 * Find the number whose key begins as it should.
 * @param {Challenge} challenge @param {AbortSignal} signal @param {number} [patience] milliseconds
 * @returns {Promise<{counter: number, derivedKey: string} | null>} null when it was ended, or is not for this device
 */
export async function solve({ parameters }, signal, patience = PATIENCE) {
  if (!canWork() || parameters.algorithm !== ALGORITHM) return null;
  const end = Date.now() + patience;
  for (let first = 0; !signal.aborted && Date.now() < end; first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, more) => first + more);
    const keys = await Promise.all(numbers.map((number) => derive(parameters, number)));
    const at = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
    if (at >= 0) return { counter: numbers[at], derivedKey: keys[at] };
  }
  return null;
}

/** @param {Challenge["parameters"]} parameters @param {number} number */
async function derive({ nonce, salt, cost, keyLength }, number) {
  const begin = bytesOf(nonce);
  const password = new Uint8Array(begin.length + 4);
  password.set(begin);
  new DataView(password.buffer).setUint32(begin.length, number);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(salt), iterations: cost };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8));
  return Array.from(bits, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} hex */
function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}
