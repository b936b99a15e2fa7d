// The conversation from the customer's side: what was said, what is still to be sent, and how to hear of more.
// No DOM here: it tells a view what to show, and the view tells it what the customer did.

import { Problem } from "./api.js";
import { EventReader } from "./events.js";
import { Outbox } from "./outbox.js";
import { pause, pauseAfter } from "./pause.js";
import { Words, wishes } from "./words.js";

/** @typedef {import("./api.js").Visit} Visit @typedef {import("./api.js").Entry} Entry */
/** @typedef {import("./outbox.js").Draft} Draft */

const SILENCE = 40_000; // the server speaks at least every 15 seconds; a stream silent for longer is dead
const SHORT_LIVED = 5_000; // a stream that ends sooner counts as a failure, so that we do not hammer the door
const POLL_SHOWN = 3_000;
const POLL_HIDDEN = 15_000;
const STREAM_AGAIN = 120_000; // after this long of polling, streaming is tried again
const EXPECT = 5_000; // an answer usually takes less; after this long we look for it ourselves

export class Chat {
  #api;
  #view;
  #memory;
  #newId;
  #outbox;
  #stop = new AbortController();
  /** What waits between tries, to be woken. @type {Set<AbortController>} */
  #naps = new Set();
  /** @type {AbortController | null} */
  #stream = null;
  /** @type {Visit | null} */
  #visit = null;
  /** @type {Words | null} */
  #words = null;
  #accepted = false;
  #shown = false;
  #beginning = false;
  #following = false;
  #pumping = false;
  #caughtUp = false;
  #wantsPerson = false;
  #lost = false;
  #last = 0;
  #unread = 0;

  /**
   * @param {{api: import("./api.js").Api, view: any, memory: import("./memory.js").Memory, newId: () => string}} parts
   */
  constructor({ api, view, memory, newId }) {
    this.#api = api;
    this.#view = view;
    this.#memory = memory;
    this.#newId = newId;
    this.#outbox = new Outbox(newId);
    api.renewed = (visit) => this.#adopt(visit);
  }

  /**
   * Learn the words and show the launcher; go on with a conversation that an earlier page of this tab began.
   * @param {string | undefined} wish language code, or "auto"
   */
  async start(wish) {
    const kept = this.#memory.recall();
    const chosen = kept.language ?? (wish && wish !== "auto" ? wish : undefined);
    this.#api.language = chosen;
    for (let tries = 1; !this.#stop.signal.aborted; tries += 1) {
      try {
        await this.#learn(wishes(chosen, navigator.languages ?? [navigator.language]));
        break;
      } catch {
        await pause(pauseAfter(tries + 1), this.#stop.signal);
      }
    }
    if (this.#stop.signal.aborted) return;
    this.#view.ready();
    if (kept.token) {
      this.#accepted = true;
      if (kept.open) this.open();
      else await this.#begin(kept.token);
    }
  }

  /** The element left the page. */
  end() {
    for (const controller of [this.#stop, this.#stream, ...this.#naps]) controller?.abort();
  }

  /** The network came back, or the page was shown or hidden. */
  wake() {
    if (document.hidden) this.#stream?.abort();
    this.#rouse();
  }

  async open() {
    this.#shown = true;
    this.#unread = 0;
    this.#view.open();
    this.#keep();
    await this.#begin(this.#memory.recall().token);
  }

  close() {
    this.#shown = false;
    this.#view.close();
    this.#keep();
  }

  /** The customer has read the notice. */
  accept() {
    this.#accepted = true;
    this.#keep();
    this.#view.accepted();
    this.#follow();
    this.#pump();
    if (this.#wantsPerson) this.askForPerson();
  }

  /** @param {string} text */
  say(text) {
    const draft = this.#outbox.add(text);
    this.#view.draft(draft);
    this.#pump();
  }

  /** Send again now. @param {Draft} draft */
  again(draft) {
    if (draft.state === "refused") {
      const before = draft.id;
      this.#outbox.renew(draft);
      this.#view.renamed(before, draft);
    }
    this.#rouse();
    this.#pump();
  }

  async askForPerson() {
    this.#wantsPerson = true;
    if (!this.#accepted || !this.#visit) {
      this.#view.noticeFirst();
      return;
    }
    const id = this.#newId();
    this.#view.person("asking");
    for (let tries = 1; this.#wantsPerson && !this.#stop.signal.aborted; tries += 1) {
      try {
        await this.#api.person(id);
        this.#wantsPerson = false;
        this.#view.person("asked");
        // The answer says that somebody was asked, not how many wait before.
        this.#poll(false).catch(() => this.#expect());
      } catch (error) {
        if (error instanceof Problem && !error.passing) {
          this.#wantsPerson = false;
          this.#view.person("failed");
          return;
        }
        this.#losing();
        await this.#rest(error, tries);
      }
    }
  }

  /** @param {string} code */
  async speak(code) {
    try {
      await this.#learn([code]);
      this.#api.language = code;
      if (this.#visit) this.#adopt(await this.#api.visit({ language: code, resume: this.#api.token }));
      this.#keep();
    } catch {
      this.#losing();
      this.#view.relabel(this.#words);
    }
  }

  /** Ask for a code by mail. @param {string} email @returns {Promise<{done: boolean, wait: number}>} */
  verify(email) {
    return this.#step(() => this.#api.verify(email));
  }

  /** Hand the code in. @param {string} code @returns {Promise<{done: boolean, wait: number}>} */
  confirm(code) {
    return this.#step(() => this.#api.confirm(code));
  }

  /** @param {() => Promise<unknown>} call */
  async #step(call) {
    try {
      await call();
      return { done: true, wait: 0, wrong: false };
    } catch (error) {
      const wrong = error instanceof Problem && !error.passing;
      return { done: false, wait: error instanceof Problem ? error.retryAfter : 0, wrong };
    }
  }

  /** Take the first of these languages that the server has. @param {string[]} codes */
  async #learn(codes) {
    for (const [index, code] of codes.entries()) {
      try {
        this.#words = new Words(code, await this.#api.strings(code));
        this.#api.spoken = code;
        this.#view.relabel(this.#words);
        return;
      } catch (error) {
        const unknown = error instanceof Problem && !error.passing;
        if (!unknown || index === codes.length - 1) throw error;
      }
    }
  }

  /** @param {string | undefined} resume */
  async #begin(resume) {
    if (this.#visit || this.#beginning) return;
    this.#beginning = true;
    this.#view.opening();
    try {
      this.#adopt(await this.#api.visit({ language: this.#api.language ?? this.#words?.language, resume }));
      if (this.#accepted) this.accept();
    } catch {
      this.#view.notOpened();
    } finally {
      this.#beginning = false;
    }
  }

  /** @param {Visit} visit */
  #adopt(visit) {
    const before = this.#visit?.conversation_id;
    this.#visit = visit;
    if (before !== visit.conversation_id) {
      this.#last = 0;
      this.#caughtUp = false;
      this.#stream?.abort();
      this.#view.clear();
      if (before) this.#view.ended();
    }
    this.#view.visit(visit);
    if (!this.#accepted) this.#view.notice();
    if (this.#words && visit.language !== this.#words.language) this.#learn([visit.language]).catch(() => {});
    this.#keep();
  }

  #keep() {
    if (this.#accepted && this.#visit) {
      this.#memory.keep({ token: this.#api.token, language: this.#api.language, open: this.#shown });
    }
  }

  async #pump() {
    if (this.#pumping || !this.#accepted || !this.#visit) return;
    this.#pumping = true;
    for (let draft = this.#outbox.take(); draft && !this.#stop.signal.aborted; draft = this.#outbox.take()) {
      this.#view.sending(draft);
      try {
        const { text } = await this.#api.send(draft);
        this.#found();
        this.#view.sent(draft.id, text);
        this.#outbox.sent(draft);
        this.#expect();
      } catch (error) {
        await this.#notSent(draft, error);
      }
    }
    this.#pumping = false;
  }

  /** @param {Draft} draft @param {unknown} error */
  async #notSent(draft, error) {
    if (error instanceof Problem && !error.passing) {
      this.#outbox.refuse(draft);
      this.#view.refused(draft, error.status === 413 ? "widget.error.too_large" : "widget.error.refused", error.detail);
      return;
    }
    this.#outbox.keep(draft);
    const busy = error instanceof Problem && error.status === 429;
    if (!busy) this.#losing();
    this.#view.kept(draft, busy ? Math.ceil(error.retryAfter) : 0);
    await this.#rest(error, draft.tries);
  }

  /**
   * Wait before the next try. Waking up cuts it short, but not when the server said how long to stay away.
   * @param {unknown} error @param {number} tries
   */
  async #rest(error, tries) {
    if (error instanceof Problem && error.retryAfter) await pause(error.retryAfter * 1000, this.#stop.signal);
    else await this.#nod(pauseAfter(tries));
  }

  /** @param {number} milliseconds */
  async #nod(milliseconds) {
    if (this.#stop.signal.aborted) return;
    const nap = new AbortController();
    this.#naps.add(nap);
    await pause(milliseconds, nap.signal);
    this.#naps.delete(nap);
  }

  #rouse() {
    for (const nap of this.#naps) nap.abort();
  }

  /** Keep hearing what is said, by a stream where there can be one, by asking where there cannot. */
  async #follow() {
    if (this.#following) return;
    this.#following = true;
    let failures = 0;
    let silent = 0;
    let pollingSince = 0;
    while (!this.#stop.signal.aborted) {
      try {
        if (!this.#caughtUp) await this.#poll(true);
        if (silent >= 2 && Date.now() - pollingSince > STREAM_AGAIN) silent = 0;
        if (document.hidden || silent >= 2) {
          await this.#poll(false);
          failures = 0;
          await this.#nod(document.hidden ? POLL_HIDDEN : POLL_SHOWN);
          continue;
        }
        const began = Date.now();
        const heard = await this.#listen();
        silent = heard || document.hidden ? 0 : silent + 1;
        if (silent === 2) pollingSince = Date.now();
        // No stream may mean no connection, or only that something in between does not let streams through.
        if (!heard) await this.#poll(false);
        failures = Date.now() - began > SHORT_LIVED || document.hidden ? 0 : failures + 1;
        if (failures && silent < 2) await this.#nod(pauseAfter(failures));
      } catch (error) {
        failures += 1;
        this.#losing();
        await this.#rest(error, failures);
      }
    }
  }

  /** Read one stream to its end, whatever ends it. Returns whether anything came. */
  async #listen() {
    const stop = new AbortController();
    this.#stream = stop;
    let heard = false;
    let watchdog = 0;
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stop.abort(), SILENCE);
    };
    try {
      const response = await this.#api.stream(this.#last, stop.signal);
      const streams = response.headers.get("content-type")?.startsWith("text/event-stream");
      if (!response.body || !streams) return false;
      this.#found();
      watch();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const events = new EventReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard = true;
        watch();
        events.read(part.value).forEach((event) => this.#heed(event));
      }
    } catch (error) {
      if (error instanceof Problem && error.status === 429) throw error;
    } finally {
      clearTimeout(watchdog);
      stop.abort();
      if (this.#stream === stop) this.#stream = null;
    }
    return heard;
  }

  /** @param {import("./events.js").ServerEvent} event */
  #heed(event) {
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return;
    }
    if (event.name === "entry") this.#take([data], false);
    else if (event.name === "state") this.#stand(data);
  }

  /** @param {boolean} quiet whether screen readers are spared what comes now */
  async #poll(quiet) {
    const visit = this.#visit;
    const { entries, state, waiting, last } = await this.#api.entries(this.#last);
    if (visit?.conversation_id !== this.#visit?.conversation_id) return;
    this.#found();
    this.#caughtUp = true;
    this.#take(entries, quiet);
    this.#last = Math.max(this.#last, last);
    this.#stand({ state, waiting });
  }

  /** @param {Entry[]} entries @param {boolean} quiet */
  #take(entries, quiet) {
    const fresh = entries.filter((entry) => entry.seq > this.#last);
    if (!fresh.length) return;
    this.#last = fresh[fresh.length - 1].seq;
    this.#view.entries(fresh, quiet);
    if (fresh.some((entry) => entry.client_id && this.#outbox.arrived(entry.client_id))) this.#rouse();
    if (quiet || this.#shown) return;
    const heard = fresh.filter((entry) => entry.author !== "customer").length;
    this.#unread += heard;
    if (heard) this.#view.unread(this.#unread);
  }

  /** @param {import("./api.js").Standing} standing */
  #stand(standing) {
    this.#view.standing(standing);
  }

  /** Look for the answer ourselves if the stream does not bring it. */
  #expect() {
    const last = this.#last;
    setTimeout(() => {
      if (this.#last === last && !this.#stop.signal.aborted) this.#poll(false).catch(() => {});
    }, EXPECT);
  }

  #losing() {
    this.#lost = true;
    this.#view.connection(navigator.onLine === false ? "widget.offline" : "widget.reconnecting");
  }

  #found() {
    if (this.#lost) this.#view.connection("widget.connected");
    this.#lost = false;
  }
}
