// Hearing what is said in the conversation: by a stream where there can be one, by asking where there cannot.

import { Problem } from "./api.js";
import { EventReader } from "./events.js";
import { Naps, pauseAfter } from "./pause.js";

/** @typedef {import("./api.js").Entry} Entry @typedef {import("./api.js").Standing} Standing */

const SILENCE = 40_000; // the server speaks at least every 15 seconds; a stream silent for longer is dead
const SHORT_LIVED = 5_000; // a stream that ends sooner counts as a failure, so that we do not hammer the door
const POLL_SHOWN = 3_000;
const POLL_HIDDEN = 15_000;
const STREAM_AGAIN = 120_000; // after this long of polling, streaming is tried again
const EXPECT = 5_000; // an answer usually takes less; after this long we look for it ourselves

export class Hearing {
  #api;
  #tell;
  #naps = new Naps();
  /** @type {AbortController | null} */
  #stream = null;
  #running = false;
  #caughtUp = false;
  #conversation = 0;
  #last = 0;

  /**
   * @param {import("./api.js").Api} api
   * @param {{entries: (entries: Entry[], quiet: boolean) => void, standing: (standing: Standing) => void,
   *   typing: () => void, lost: () => void, found: () => void}} tell
   */
  constructor(api, tell) {
    this.#api = api;
    this.#tell = tell;
  }

  /** Another conversation: everything is heard from its beginning. */
  restart() {
    this.#conversation += 1;
    this.#last = 0;
    this.#caughtUp = false;
    this.#stream?.abort();
  }

  /** For ever; only one at a time. */
  async start() {
    if (this.#running) return;
    this.#running = true;
    let failures = 0;
    let silent = 0;
    let pollingSince = 0;
    while (!this.#naps.ended) {
      try {
        if (!this.#caughtUp) await this.look(true);
        if (silent >= 2 && Date.now() - pollingSince > STREAM_AGAIN) silent = 0;
        if (document.hidden || silent >= 2) {
          await this.look(false);
          failures = 0;
          await this.#naps.take(document.hidden ? POLL_HIDDEN : POLL_SHOWN);
          continue;
        }
        const began = Date.now();
        const heard = await this.#listen();
        silent = heard || document.hidden ? 0 : silent + 1;
        if (silent === 2) pollingSince = Date.now();
        // No stream may mean no connection, or only that something in between does not let streams through.
        if (!heard) await this.look(false);
        failures = Date.now() - began > SHORT_LIVED || document.hidden ? 0 : failures + 1;
        if (failures && silent < 2) await this.#naps.take(pauseAfter(failures));
      } catch (error) {
        failures += 1;
        this.#tell.lost();
        await this.#naps.after(error, failures);
      }
    }
  }

  end() {
    this.#naps.end();
    this.#stream?.abort();
  }

  /** The network came back, or the page was shown or hidden: a hidden page holds no stream. */
  wake() {
    if (document.hidden) this.#stream?.abort();
    this.#naps.wake();
  }

  /** Something was sent: look for the answer ourselves if the stream does not bring it. */
  expect() {
    const last = this.#last;
    setTimeout(() => {
      if (this.#last === last && !this.#naps.ended) this.look(false).catch(() => {});
    }, EXPECT);
  }

  /** Ask once. @param {boolean} quiet whether screen readers are spared what comes now */
  async look(quiet) {
    const conversation = this.#conversation;
    const { entries, state, waiting, people, closed, call_back, last } = await this.#api.entries(this.#last);
    if (conversation !== this.#conversation) return;
    this.#tell.found();
    this.#caughtUp = true;
    this.#take(entries, quiet);
    this.#last = Math.max(this.#last, last);
    this.#tell.standing({ state, waiting, people, closed, call_back });
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
      this.#tell.found();
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
    else if (event.name === "state") this.#tell.standing(data);
    else if (event.name === "typing") this.#tell.typing();
  }

  /** @param {Entry[]} entries @param {boolean} quiet */
  #take(entries, quiet) {
    const fresh = entries.filter((entry) => entry.seq > this.#last);
    if (!fresh.length) return;
    this.#last = fresh[fresh.length - 1].seq;
    this.#tell.entries(fresh, quiet);
  }
}
