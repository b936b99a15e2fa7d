// Files before they leave: what they are by their first bytes, whether they are too large, and their names made plain.
// The door looks again; this only saves people a wait.

/** What the door takes, by the first bytes. @type {[string, (bytes: Uint8Array) => boolean][]} */
const KINDS = [
  ["image/png", (bytes) => has(bytes, 0, "\x89PNG\r\n\x1a\n")],
  ["image/jpeg", (bytes) => has(bytes, 0, "\xff\xd8\xff")],
  ["image/webp", (bytes) => has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP")],
  ["image/heic", (bytes) => has(bytes, 4, "ftyp") && /^(hei[cxms]|hevc|mif1|msf1)$/.test(latin(bytes.slice(8, 12)))],
  ["application/pdf", (bytes) => has(bytes, 0, "%PDF-")],
];
const LONGEST_NAME = 120;
const PIECE = 0x8000;

/** @param {Uint8Array} bytes */
function latin(bytes) {
  return String.fromCharCode(...bytes);
}

/** @param {Uint8Array} bytes @param {number} at @param {string} mark */
function has(bytes, at, mark) {
  return latin(bytes.slice(at, at + mark.length)) === mark;
}

/** The media type by content, "" for what nobody takes. @param {Uint8Array} bytes the first sixteen or more */
export function typeOf(bytes) {
  return KINDS.find(([, matches]) => matches(bytes))?.[0] ?? "";
}

/**
 * What is wrong with a file, "" if nothing.
 * @param {{size: number}} file @param {string} type by content @param {{bytes: number, types: string[]}} rules the door's
 * @returns {"" | "large" | "type"}
 */
export function faultOf(file, type, rules) {
  if (!type || !rules.types.includes(type)) return "type";
  return file.size > rules.bytes ? "large" : "";
}

/** A name without what could deceive a reader: control and direction characters go, the rest is cut. @param {string} name */
export function plainName(name) {
  const points = Array.from(name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "_"));
  return points.length > LONGEST_NAME ? `${points.slice(0, 80).join("")}…${points.slice(-39).join("")}` : points.join("");
}

/** The types as people call them, such as "PNG, PDF". @param {string[]} types */
export function kindNames(types) {
  return types.map((type) => type.split("/")[1].toUpperCase()).join(", ");
}

/** @param {Uint8Array} bytes @returns {string} base 64 */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += latin(bytes.subarray(at, at + PIECE));
  return btoa(text);
}
