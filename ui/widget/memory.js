// What survives a change of page within one tab: the token and that the notice was read. Never a word that was written.
// Nothing is kept before the customer has read the notice, nor where the embedding site or the browser forbids it.

export class Memory {
  #name;
  #allowed;

  /** @param {string} key the widget's key @param {boolean} allowed by the embedding site */
  constructor(key, allowed) {
    this.#name = `doorward:${key}`;
    this.#allowed = allowed;
  }

  /** @returns {{token?: string, language?: string, open?: boolean}} */
  recall() {
    if (!this.#allowed) return {};
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#name) ?? "{}");
      return typeof kept === "object" && kept !== null ? kept : {};
    } catch {
      return {};
    }
  }

  /** Forget everything. */
  forget() {
    try {
      sessionStorage.removeItem(this.#name);
    } catch {
      // Where nothing can be kept, nothing is.
    }
  }

  /** @param {{token: string, language?: string, open: boolean}} state */
  keep(state) {
    if (!this.#allowed) return;
    try {
      sessionStorage.setItem(this.#name, JSON.stringify(state));
    } catch {
      // Storage is full or switched off: the conversation then ends with the page.
      this.#allowed = false;
    }
  }
}
