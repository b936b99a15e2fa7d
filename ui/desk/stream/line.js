// The one line to the house that all tabs of a browser share: it follows the conversations of all of them together.
//
// `tell(message, only)` hands a message to the tabs, to one alone if `only` is given: {event: "desk"},
// {event: "conversation", id}, {event: "typing", id}, {event: "looking", id, who, gone}, {event: "state", state: "live" | "lost" | "ended"}.
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const GATHER = 120;
const SILENCE = 40_000; // the house speaks at least every 15 seconds; a line silent for longer is dead, whatever the browser says

export class Line {
  #tell;
  #tabs = new Map();
  #source = null;
  #spoken = null; // the last stream that spoke: it goes on until the next one does, so that nothing falls between
  #watchdog = 0;
  #followed = new Set();
  #state = "lost";
  #wait = FIRST_WAIT;
  #timer = null;

  constructor(tell) {
    this.#tell = tell;
  }

  // A tab comes, or says anew what it follows; it is told at once how the line stands, and looks at everything once.
  join(tab, follow) {
    this.#tabs.set(tab, follow || "");
    this.#tell({ event: "state", state: this.#state }, tab);
    if (!this.#source || (follow && !this.#followed.has(follow))) this.#openSoon(this.#source ? GATHER : 0);
    else this.#greet(tab);
  }

  leave(tab) {
    this.#tabs.delete(tab);
    if (this.#tabs.size === 0) this.close();
  }

  // After signing in again, or when the network says that it is back.
  again() {
    this.#wait = FIRST_WAIT;
    this.#openSoon(0);
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#source?.close();
    this.#spoken?.close();
    this.#source = null;
    this.#spoken = null;
    this.#state = "lost"; // whoever comes next waits for a stream again
  }

  #openSoon(after) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), after);
  }

  #open() {
    const followed = new Set([...this.#tabs.values()].filter(Boolean).slice(-24));
    const wanted = followed.size ? `?conversation=${encodeURIComponent([...followed].join(","))}` : "";
    if (this.#source !== this.#spoken) this.#source?.close();
    const source = new EventSource(`/desk/stream${wanted}`);
    const hear = (message) => {
      if (source !== this.#source && source !== this.#spoken) return;
      if (source === this.#source) {
        if (this.#spoken !== source) this.#spoken?.close();
        this.#spoken = source;
        this.#watch(source);
        this.#say("live");
        this.#wait = FIRST_WAIT;
      }
      if (message) this.#tell(message);
    };
    source.addEventListener("desk", () => hear({ event: "desk" }));
    source.addEventListener("conversation", (event) => hear({ event: "conversation", id: JSON.parse(event.data).id }));
    source.addEventListener("typing", (event) => hear({ event: "typing", id: JSON.parse(event.data).id }));
    source.addEventListener("looking", (event) => hear({ event: "looking", ...JSON.parse(event.data) }));
    source.addEventListener("alive", () => hear(null));
    source.addEventListener("error", () => this.#lost(source));
    this.#source = source;
    this.#followed = followed;
    this.#watch(source);
  }

  // A network that changed or a computer that slept may leave a stream that looks open and hears nothing.
  #watch(source) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(source), SILENCE);
  }

  // The browser's own retries end at the first refusal; ours go on, ever more slowly, and ask first who we are.
  async #lost(source) {
    source.close();
    if (this.#spoken === source) this.#spoken = null;
    if (this.#source !== source) return;
    this.#source = null;
    clearTimeout(this.#watchdog);
    if (this.#state !== "ended") this.#say("lost");
    const wait = this.#wait * (0.75 + Math.random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    if (await this.#ended()) this.#say("ended");
    if (!this.#source && this.#tabs.size) this.#openSoon(this.#state === "ended" ? LONGEST_WAIT : wait);
  }

  async #ended() {
    try {
      const answer = await fetch("/desk/session", { headers: { "hx-request": "true" }, cache: "no-store" });
      return answer.status === 401;
    } catch {
      return false;
    }
  }

  #greet(tab) {
    this.#tell({ event: "desk" }, tab);
    if (this.#tabs.get(tab)) this.#tell({ event: "conversation", id: this.#tabs.get(tab) }, tab);
  }

  #say(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell({ event: "state", state });
  }
}
