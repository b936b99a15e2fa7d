// An answer comes into sight word by word, as it would be read. All of it stands there from the first moment, so that
// nothing moves, and screen readers hear it once and whole.

const WORD = 28; // milliseconds from one word to the next
const WHOLE = 900; // an answer of any length is there after this long
const FADE = 160;

/** @param {HTMLElement} node whose text, with its masked places, is in it already and not yet on the page */
export function reveal(node) {
  if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const text of [...node.childNodes]) {
    if (text.nodeType !== Node.TEXT_NODE) continue;
    const words = (text.textContent ?? "").split(/(?<=\s)(?=\S)/);
    text.replaceWith(
      ...words.map((word) => {
        const span = document.createElement("span");
        span.textContent = word;
        return span;
      }),
    );
  }
  const parts = [...node.children];
  const step = Math.min(WORD, WHOLE / parts.length);
  // Animations begin with the next frame, when the node is on the page.
  parts.forEach((part, at) => part.animate({ opacity: [0, 1] }, { duration: FADE, delay: at * step, fill: "backwards" }));
}
