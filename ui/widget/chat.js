// The conversation from the customer's side: beginning it, speaking in it, asking for a person.
// No DOM here: it tells a view what to show, and the view tells it what the customer did.

import { Problem } from "./api.js";
import { Hearing } from "./hearing.js";
import { Outbox } from "./outbox.js";
import { Naps } from "./pause.js";
import { Words, wishes } from "./words.js";

/** @typedef {import("./api.js").Visit} Visit @typedef {import("./api.js").Entry} Entry */
/** @typedef {import("./outbox.js").Draft} Draft */

export class Chat {
  #api;
  #view;
  #memory;
  #newId;
  #outbox;
  #hearing;
  #naps = new Naps();
  /** @type {Visit | null} */
  #visit = null;
  /** @type {Words | null} */
  #words = null;
  #accepted = false;
  #shown = false;
  #beginning = false;
  #pumping = false;
  #wantsPerson = false;
  #lost = false;
  #unread = 0;

  /**
   * @param {{api: import("./api.js").Api, view: import("./view.js").View, memory: import("./memory.js").Memory,
   *   newId: () => string}} parts
   */
  constructor({ api, view, memory, newId }) {
    this.#api = api;
    this.#view = view;
    this.#memory = memory;
    this.#newId = newId;
    this.#outbox = new Outbox(newId);
    this.#hearing = new Hearing(api, {
      entries: (entries, quiet) => this.#heard(entries, quiet),
      standing: (standing) => view.standing(standing),
      lost: () => this.#losing(),
      found: () => this.#found(),
    });
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
    for (let tries = 1; !this.#words && !this.#naps.ended; tries += 1) {
      try {
        await this.#learn(wishes(chosen, navigator.languages ?? [navigator.language]));
      } catch (error) {
        await this.#naps.after(error, tries + 1);
      }
    }
    if (this.#naps.ended) return;
    this.#view.ready();
    if (!kept.token) return;
    this.#accepted = true;
    if (kept.open) this.open();
    else await this.#begin(kept.token);
  }

  /** The element left the page. */
  end() {
    this.#naps.end();
    this.#hearing.end();
  }

  /** The network came back, or the page was shown or hidden. */
  wake() {
    this.#naps.wake();
    this.#hearing.wake();
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
    this.#hearing.start();
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
    this.#naps.wake();
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
    for (let tries = 1; this.#wantsPerson && !this.#naps.ended; tries += 1) {
      try {
        await this.#api.person(id);
        this.#wantsPerson = false;
        this.#view.person("asked");
        // The answer says that somebody was asked, not how many wait before.
        this.#hearing.look(false).catch(() => this.#hearing.expect());
      } catch (error) {
        if (error instanceof Problem && !error.passing) {
          this.#wantsPerson = false;
          this.#view.person("failed");
          return;
        }
        this.#losing();
        await this.#naps.after(error, tries);
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

  /** Ask for a code by mail. @param {string} email */
  verify(email) {
    return step(() => this.#api.verify(email));
  }

  /** Hand the code in. @param {string} code */
  confirm(code) {
    return step(() => this.#api.confirm(code));
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
      this.#hearing.restart();
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
    for (let draft = this.#outbox.take(); draft && !this.#naps.ended; draft = this.#outbox.take()) {
      this.#view.sending(draft);
      try {
        const { text } = await this.#api.send(draft);
        this.#found();
        this.#view.sent(draft.id, text);
        this.#outbox.sent(draft);
        this.#hearing.expect();
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
      const key = error.status === 413 ? "widget.error.too_large" : "widget.error.refused";
      this.#view.refused(draft, key, error.detail);
      return;
    }
    this.#outbox.keep(draft);
    const busy = error instanceof Problem && error.status === 429;
    if (!busy) this.#losing();
    this.#view.kept(draft, busy ? Math.ceil(error.retryAfter) : 0);
    await this.#naps.after(error, draft.tries);
  }

  /** @param {Entry[]} entries not heard before @param {boolean} quiet */
  #heard(entries, quiet) {
    this.#view.entries(entries, quiet);
    if (entries.some((entry) => entry.client_id && this.#outbox.arrived(entry.client_id))) this.#naps.wake();
    if (quiet || this.#shown) return;
    const others = entries.filter((entry) => entry.author !== "customer").length;
    this.#unread += others;
    if (others) this.#view.unread(this.#unread);
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

/**
 * @param {() => Promise<unknown>} call
 * @returns {Promise<{done: boolean, wait: number, wrong: boolean}>} `wait`: seconds; `wrong`: refused as it is
 */
async function step(call) {
  try {
    await call();
    return { done: true, wait: 0, wrong: false };
  } catch (error) {
    if (!(error instanceof Problem)) return { done: false, wait: 0, wrong: false };
    return { done: false, wait: error.retryAfter, wrong: !error.passing };
  }
}
