// Small pure decisions about how things look: readable ink on any accent colour, masked places, remaining characters.

const HEX = /^#[0-9a-f]{6}$/i;

/** Relative luminance 0..1 of `#rrggbb` (WCAG 2.2). @param {string} colour */
export function luminance(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** White or black, whichever reads better: one of them always has a contrast of 4.5. @param {string} colour `#rrggbb` */
export function inkOn(colour) {
  const light = luminance(colour) + 0.05;
  return 1.05 / light >= light / 0.05 ? "#ffffff" : "#000000";
}

/** The colour if it is plain `#rrggbb`, else the spare one: it goes into a style sheet. @param {unknown} colour @param {string} spare */
export function safeColour(colour, spare) {
  return typeof colour === "string" && HEX.test(colour) ? colour : spare;
}

/** Length as the server counts it: code points, not UTF-16 units. @param {string} text */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** @typedef {{text: string, masked: boolean}} Piece */

/**
 * Cut a masked text at its masked places.
 * @param {string} text
 * @param {{start: number, end: number}[] | undefined} spans in code points, ordered, not overlapping
 * @returns {Piece[]}
 */
export function pieces(text, spans) {
  const points = Array.from(text);
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  for (const { start, end } of spans ?? []) {
    if (!(start >= from && end > start && end <= points.length)) continue;
    if (start > from) found.push({ text: points.slice(from, start).join(""), masked: false });
    found.push({ text: points.slice(start, end).join(""), masked: true });
    from = end;
  }
  if (from < points.length) found.push({ text: points.slice(from).join(""), masked: false });
  return found;
}
