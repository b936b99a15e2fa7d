// What staff wrote with signs, as the house sends it: pieces, of which each becomes one node. Nothing is parsed here.

/** @typedef {{kind: string, text?: string, href?: string, number?: number}} Formatted */

/** @type {Record<string, string>} */
const ELEMENTS = {
  paragraph: "p", quote: "blockquote", bullets: "ul", numbers: "ol", item: "li", strong: "strong", emphasis: "em", strike: "s",
  code: "code", code_block: "pre", link: "a",
};
const SAFE = /^(?:https?:\/\/|mailto:)/;

/**
 * Return the nodes of a formatted text. What the house would not send, a kind unknown here, is shown as its text.
 * @param {Formatted[]} pieces
 * @param {{make: (tag: string, attributes?: Record<string, string>, ...children: (Node | string)[]) => any,
 *   mask: (text: string) => Node}} parts what makes an element, and the sign of a masked place
 * @returns {(Node | string)[]}
 */
export function formattedNodes(pieces, { make, mask }) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  /** @type {{put: (...nodes: (Node | string)[]) => void, behind: string}[]} */
  const open = [{ put: (...more) => nodes.push(...more), behind: "" }];
  for (const { kind, text = "", href = "", number = 0 } of pieces) {
    const { put } = open[open.length - 1];
    if (kind === "text") put(text);
    else if (kind === "mask") put(mask(text));
    else if (kind === "break") put(make("br"));
    else if (kind === "end") {
      const { behind } = open.length > 1 ? open.pop() : { behind: "" };
      if (behind) open[open.length - 1].put(" ", make("span", { class: "address" }, `(${behind})`));
    } else {
      const node = make(ELEMENTS[kind] ?? "span", attributesOf(kind, href, number));
      put(node);
      const inner = kind === "code_block" ? make("code") : node;
      if (inner !== node) node.append(inner);
      open.push({ put: (...more) => inner.append(...more), behind: kind === "link" ? text.replace(/^mailto:/, "") : "" });
    }
  }
  return nodes;
}

/** @param {string} kind @param {string} href @param {number} number @returns {Record<string, string>} */
function attributesOf(kind, href, number) {
  if (kind === "link" && SAFE.test(href)) return { href, rel: "noopener nofollow ugc", target: "_blank" };
  return kind === "item" && number ? { value: String(number) } : {};
}
