// The widget's sentences, as the server's language packs have them. The widget owns no words.

/** A sentence's `{named}` places; the same simple names as on the server. */
const PLACE = /\{([a-z][a-z0-9_]*)\}/g;

export class Words {
  #language;
  #sentences;
  #plurals;

  /**
   * @param {string} language BCP 47 code
   * @param {Record<string, string>} sentences by key; plural entries are `key|category`
   */
  constructor(language, sentences) {
    this.#language = language;
    this.#sentences = sentences;
    this.#plurals = new Intl.PluralRules(language);
  }

  get language() {
    return this.#language;
  }

  /** The browser's own variant of the language, such as "en-GB": it knows how times are written there. */
  get locale() {
    const variants = globalThis.navigator?.languages ?? [];
    return variants.find((code) => code.toLowerCase().startsWith(`${this.#language}-`)) ?? this.#language;
  }

  /** "rtl" for languages written from right to left. */
  get direction() {
    const script = new Intl.Locale(this.#language).maximize().script ?? "";
    return ["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"].includes(script) ? "rtl" : "ltr";
  }

  /**
   * @param {string} key
   * @param {import("./labels.js").Places} [places] `count` also chooses the plural
   * @returns {string} the sentence; a missing place reads as an ellipsis, a missing sentence as its key in brackets
   */
  say(key, places = {}) {
    const { count } = places;
    const counted = typeof count === "number" ? `${key}|${this.#plurals.select(count)}` : key;
    const sentence = this.#sentences[counted] ?? this.#sentences[`${key}|other`] ?? this.#sentences[key];
    if (sentence === undefined) return `[${key}]`;
    return sentence.replace(PLACE, (_, name) => {
      const place = places[name] ?? "…";
      return typeof place === "function" ? place(this) : String(place);
    });
  }
}

/** What a language calls itself, such as "Deutsch" for "de". @param {string} code */
export function nameOf(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/**
 * The languages to try, best first, each as full code and as base.
 * @param {string | undefined} wish the embedding site's: a code, or "auto"
 * @param {readonly string[]} browser the browser's, best first
 */
export function wishes(wish, browser) {
  const listed = wish && wish !== "auto" ? [wish] : browser;
  const codes = listed.map((code) => code.toLowerCase().split("-")[0]).filter((code) => /^[a-z]{2,3}$/.test(code));
  return [...new Set([...codes, "en"])];
}
