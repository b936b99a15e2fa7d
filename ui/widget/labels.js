// Which node says what, so that a change of language reaches everything that is on the screen.

/** @typedef {import("./words.js").Words} Words */
/** @typedef {Record<string, string | number | ((words: Words) => string)>} Places what a function says changes with the language */

export class Labels {
  /** @type {import("./words.js").Words | null} */
  words = null;
  /** @type {Map<Element, Map<string, {key: string, places: Places}>>} */
  #said = new Map();

  /**
   * Let a node say a sentence.
   * @param {Element} node @param {string} key @param {Places} [places]
   * @param {string} [attribute] the attribute that says it, "" for the node's text
   */
  say(node, key, places = {}, attribute = "") {
    const said = this.#said.get(node) ?? new Map();
    said.set(attribute, { key, places });
    this.#said.set(node, said);
    this.#write(node, attribute, key, places);
  }

  /** A new node that says a sentence. @param {string} tag @param {string} key @param {Places} [places] */
  make(tag, key, places) {
    const node = document.createElement(tag);
    this.say(node, key, places);
    return node;
  }

  /** The key of what a node's text says, "" for nothing. @param {Element} node */
  keyOf(node) {
    return this.#said.get(node)?.get("")?.key ?? "";
  }

  /** Say nothing any longer. @param {Element} node */
  hush(node) {
    this.#said.delete(node);
    node.textContent = "";
  }

  /** A node goes: nothing in it needs its words any longer. @param {Element} node */
  forget(node) {
    this.#said.delete(node);
    for (const inner of node.querySelectorAll("*")) this.#said.delete(inner);
  }

  /** Say everything anew. @param {import("./words.js").Words} words */
  translate(words) {
    this.words = words;
    for (const [node, said] of this.#said) {
      for (const [attribute, { key, places }] of said) this.#write(node, attribute, key, places);
    }
  }

  /** @param {Element} node @param {string} attribute @param {string} key @param {Places} places */
  #write(node, attribute, key, places) {
    const text = this.words?.say(key, places) ?? "";
    if (attribute) node.setAttribute(attribute, text);
    else node.textContent = text;
  }
}
