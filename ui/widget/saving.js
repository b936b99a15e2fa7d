// The conversation as a text that one can keep: made here, of what is shown; nothing is asked of anybody for it.

/** @typedef {{at: string, author: string, text: string}} SavedLine */

/**
 * @param {string} title @param {SavedLine[]} lines in order @param {string} locale
 * @returns {string}
 */
export function asText(title, lines, locale) {
  const clock = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const said = lines.map(({ at, author, text }) => `${clock.format(new Date(at))} · ${author}\n${text}\n`);
  return [title, "=".repeat(Math.min(60, title.length)), "", ...said].join("\n");
}

/** Hand a text to the browser as a file. @param {string} name @param {string} text */
export function save(name, text) {
  keep(name, new Blob([text], { type: "text/plain;charset=utf-8" }));
}

/** Hand bytes to the browser as a file. @param {string} name @param {Blob} content */
export function keep(name, content) {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
