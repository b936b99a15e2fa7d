// Reading server-sent events from a stream of text (WHATWG HTML, 9.2.6), so that fetch can carry the token in a header.

/** @typedef {{id: string, name: string, data: string}} ServerEvent */

/** Collects chunks and gives out whole events; comments and unknown fields are skipped. */
export class EventReader {
  #rest = "";
  #name = "";
  #id = "";
  /** @type {string[]} */
  #data = [];

  /**
   * @param {string} chunk any piece of the stream, cut anywhere
   * @returns {ServerEvent[]} the events that it completes
   */
  read(chunk) {
    const text = this.#rest + chunk;
    // A carriage return at the very end may be the first half of a line break: it waits for the next chunk.
    const end = text.endsWith("\r") ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() + text.slice(end);
    return lines.flatMap((line) => this.#line(line));
  }

  /** @param {string} line @returns {ServerEvent[]} */
  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return [];
  }

  /** @returns {ServerEvent[]} */
  #dispatch() {
    const event = { id: this.#id, name: this.#name || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    return empty ? [] : [event];
  }
}
