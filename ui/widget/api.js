// The web-chat channel's HTTP contract, and nothing else: tokens, problems, time limits.

/** @typedef {{token: string, expires_at: string, conversation_id: string, language: string, languages: string[],
 *   company: {name: string, accent?: string, accent_dark?: string}, notice: string, greeting: string,
 *   disclosure: string, characters?: number, people?: boolean, closed?: Closed | null, attachments?: {bytes: number, types: string[], scanned: boolean},
 *   secrets?: string[], suggestions?: {label: string, says: string}[], effort?: boolean}} Visit */
/** @typedef {{seq: number, kind: string, at: string, author: "customer" | "bot" | "agent" | "system", text: string,
 *   language?: string, spans?: Span[], formatted?: import("./formatting.js").Formatted[], sources?: {title: string, slug: string}[],
 *   choices?: {label: string, says: string}[], client_id?: string, awaits?: string,
 *   attachment?: {attachment_id: string, media_type: string, size: number, state: string}}} Entry */
/** @typedef {{start: number, end: number}} Span in code points; nothing else says what is masked */
/** @typedef {{position: number, minutes?: number} | null} Waiting */
/** @typedef {{again?: {day: string, time: string, zone: string} | null}} Closed outside the opening hours, until when */
/** @typedef {{state: string, waiting: Waiting, people?: boolean | null, closed?: Closed | null, call_back?: boolean}} Standing */
/** @typedef {{title: string, language: string, sections: {heading: string, body: string}[]}} Article */

const PATIENCE = 20_000;
const PATIENCE_WITH_FILES = 90_000;
const LONGEST_DETAIL = 400;

/** An answer that is not a success: problem+json, or whatever stood in its place. */
export class Problem extends Error {
  /** @param {number} status @param {{code?: string, detail?: unknown, appeal?: unknown, retry_after?: number}} body @param {string | null} retryAfter */
  constructor(status, body, retryAfter) {
    super(`problem ${status}`);
    this.status = status;
    this.code = body.code ?? "";
    /** A sentence for people in the language asked for, "" if there is none. */
    this.detail = typeof body.detail === "string" ? body.detail.slice(0, LONGEST_DETAIL) : "";
    /** Where whoever was turned away can object, "" if nowhere. */
    this.appeal = /^https?:\/\//.test(String(body.appeal ?? "")) ? String(body.appeal) : "";
    /** Seconds to wait, 0 if nobody said. */
    this.retryAfter = Math.max(0, Number(body.retry_after ?? retryAfter ?? 0) || 0);
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

export class Api {
  #host;
  #key;
  #token = "";
  /** @type {Promise<void> | null} */
  #renewal = null;

  /**
   * @param {{host: string, key: string, userToken: () => Promise<string | undefined>,
   *   renewed: (visit: Visit) => void}} options `renewed` hears of every visit that began without being asked for
   */
  constructor({ host, key, userToken, renewed }) {
    this.#host = host;
    this.#key = key;
    this.userToken = userToken;
    this.renewed = renewed;
    /** The language that the customer chose, if any. @type {string | undefined} */
    this.language = undefined;
    /** The language that problems are told in. @type {string | undefined} */
    this.spoken = undefined;
  }

  get token() {
    return this.#token;
  }

  /** @param {string} language @returns {Promise<Record<string, string>>} */
  strings(language) {
    return this.#json(`/c/webchat/strings/${encodeURIComponent(language)}.json`, { open: true });
  }

  /**
   * Begin a visit, or go on with the one that `resume` names. When it cannot be gone on with, a new one begins.
   * @param {{language?: string, resume?: string}} wish
   * @returns {Promise<Visit>}
   */
  async visit({ language, resume }) {
    /** @type {Record<string, string>} */
    const body = { widget_key: this.#key };
    if (language) body.language = language;
    if (resume) body.resume = resume;
    const userToken = await this.userToken();
    if (userToken) body.user_token = userToken;
    try {
      const visit = await this.#json("/c/webchat/visits", { body, open: true });
      this.#token = visit.token;
      return visit;
    } catch (error) {
      const refused = error instanceof Problem && !error.passing && error.status !== 403;
      if (refused && resume) return this.visit({ language });
      throw error;
    }
  }

  /** @param {{id: string, text: string}} draft @returns {Promise<{text: string, spans?: Span[], effort?: boolean}>} */
  send({ id, text }) {
    return this.#json("/c/webchat/messages", { body: this.language ? { id, text, language: this.language } : { id, text } });
  }

  /** @param {number} after @returns {Promise<{entries: Entry[], last: number} & Standing>} */
  entries(after) {
    return this.#json(`/c/webchat/entries?after=${after}`);
  }

  /** @param {number} after @param {AbortSignal} signal @returns {Promise<Response>} */
  stream(after, signal) {
    return this.#call(`/c/webchat/stream?after=${after}`, { signal, accept: "text/event-stream" });
  }

  /** @param {string} id @returns {Promise<{state: string}>} */
  person(id) {
    return this.#json("/c/webchat/person", { body: { id } });
  }

  /** What this device is asked to work out, null where nothing is. @returns {Promise<import("./effort.js").Challenge | null>} */
  async effort() {
    return (await this.#json("/c/webchat/effort")).challenge ?? null;
  }

  /** Hand in what was found; its token takes the place of the one before. @param {import("./effort.js").Challenge} challenge @param {{counter: number, derivedKey: string}} solution */
  async work(challenge, solution) {
    this.#token = (await this.#json("/c/webchat/effort/work", { body: { challenge, solution } })).token;
  }

  /** Say that somebody writes. */
  typing() {
    return this.#json("/c/webchat/typing", { body: {} });
  }

  /** @param {{id: string, name: string, type: string, data: string}} file @returns {Promise<{name: string, state: string}>} */
  attach(file) {
    return this.#json("/c/webchat/attachments", { body: file, patience: PATIENCE_WITH_FILES });
  }

  /** A file that a reply brought. @param {string} id @returns {Promise<Blob>} */
  async file(id) {
    const answer = await this.#call(`/c/webchat/file?id=${encodeURIComponent(id)}`, { patience: PATIENCE_WITH_FILES });
    return answer.blob();
  }

  /** @param {string} slug @param {string} language @returns {Promise<Article>} */
  source(slug, language) {
    return this.#json(`/c/webchat/source?slug=${encodeURIComponent(slug)}&language=${encodeURIComponent(language)}`);
  }

  /** Why a line was said. @param {number} number @param {string} language @returns {Promise<{decided: string, why: string, by: string, language: string}>} */
  why(number, language) {
    return this.#json(`/c/webchat/why?number=${number}&language=${encodeURIComponent(language)}`);
  }

  /** @param {{id: string, helpful: boolean, comment?: string}} judgement @returns {Promise<{duplicate: boolean}>} */
  feedback(judgement) {
    return this.#json("/c/webchat/feedback", { body: judgement });
  }

  /** @param {{id: string, contact: string}} wish */
  callBack(wish) {
    return this.#json("/c/webchat/callback", { body: wish });
  }

  /** @param {string} id */
  mail(id) {
    return this.#json("/c/webchat/transcript", { body: { id } });
  }

  /** @param {string} id */
  forget(id) {
    return this.#json("/c/webchat/deletion", { body: { id } });
  }

  /** @param {string} email */
  verify(email) {
    return this.#json("/c/webchat/verification", { body: { email } });
  }

  /** @param {string} code @returns {Promise<{level: string}>} */
  confirm(code) {
    return this.#json("/c/webchat/verification/confirm", { body: { code } });
  }

  /** @param {string} path @param {object} [options] @returns {Promise<any>} */
  async #json(path, options) {
    const response = await this.#call(path, options);
    return response.status === 204 ? {} : response.json().catch(() => ({}));
  }

  /**
   * @param {string} path
   * @param {{body?: object, signal?: AbortSignal, accept?: string, open?: boolean, patience?: number}} [options]
   *   `open`: without a token; `patience`: milliseconds until the answer begins
   * @returns {Promise<Response>} a success; otherwise `Problem`, or whatever fetch throws when there is no connection
   */
  async #call(path, options = {}) {
    const token = this.#token;
    const response = await this.#fetch(path, options);
    if (response.ok) return response;
    const problem = await toProblem(response);
    if (options.open || problem.status !== 401) throw problem;
    if (!["token_expired", "not_signed_in"].includes(problem.code)) throw problem;
    if (token === this.#token) await this.#renew();
    const again = await this.#fetch(path, options);
    if (again.ok) return again;
    throw await toProblem(again);
  }

  /** Renew the token once, however many requests have found it expired. */
  #renew() {
    this.#renewal ??= this.visit({ language: this.language, resume: this.#token })
      .then(this.renewed)
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }

  /** @param {string} path @param {{body?: object, signal?: AbortSignal, accept?: string, open?: boolean, patience?: number}} options */
  async #fetch(path, { body, signal, accept = "application/json", open, patience = PATIENCE }) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    const timer = setTimeout(abort, patience);
    /** @type {Record<string, string>} */
    const headers = { accept };
    if (body) headers["content-type"] = "application/json";
    if (this.spoken) headers["accept-language"] = this.spoken;
    if (!open) headers.authorization = `Bearer ${this.#token}`;
    try {
      return await fetch(this.#host + path, {
        method: body ? "POST" : "GET",
        headers,
        body: body && JSON.stringify(body),
        signal: stop.signal,
        credentials: "omit",
        cache: open && !body ? "default" : "no-store",
      });
    } finally {
      // From here on a stream may last as long as it likes; its reader watches over it.
      clearTimeout(timer);
    }
  }
}

/** @param {Response} response */
async function toProblem(response) {
  const body = await response.json().catch(() => ({}));
  const isRecord = typeof body === "object" && body !== null;
  return new Problem(response.status, isRecord ? body : {}, response.headers.get("retry-after"));
}
