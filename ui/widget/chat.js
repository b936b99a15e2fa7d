// The conversation from the customer's side: beginning it, speaking in it, asking for a person.
// No DOM here: it tells a view what to show, and the view tells it what the customer did.

import { Problem } from "./api.js";
import { canWork, solve } from "./effort.js";
import { base64, faultOf, plainName, typeOf } from "./files.js";
import { Hearing } from "./hearing.js";
import { Outbox } from "./outbox.js";
import { Naps } from "./pause.js";
import { Secrets } from "./secrets.js";
import { Words, wishes } from "./words.js";

/** @typedef {import("./api.js").Visit} Visit @typedef {import("./api.js").Entry} Entry */
/** @typedef {import("./outbox.js").Draft} Draft */

const TYPING_EVERY = 3_000; // the other side shows a sign for twice as long
const FILE_TRIES = 4;

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
  #state = "bot";
  #typedAt = 0;
  #secrets = new Secrets([]);
  #renew;
  /** The work that this device does just now, if any. @type {AbortController | null} */
  #working = null;
  #skipped = false;

  /**
   * @param {{api: import("./api.js").Api, view: import("./view.js").View, memory: import("./memory.js").Memory,
   *   newId: () => string, renew: () => void}} parts `renew` makes the whole chat anew, remembering nothing
   */
  constructor({ api, view, memory, newId, renew }) {
    this.#api = api;
    this.#view = view;
    this.#memory = memory;
    this.#newId = newId;
    this.#renew = renew;
    this.#outbox = new Outbox(newId);
    this.#hearing = new Hearing(api, {
      entries: (entries, quiet) => this.#heard(entries, quiet),
      standing: (standing) => {
        this.#state = standing.state;
        view.standing(standing);
      },
      typing: () => view.typing(),
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
    this.#working?.abort();
  }

  /** The network came back, or the page was shown or hidden. */
  wake() {
    this.#naps.wake();
    this.#hearing.wake();
  }

  /** @param {string} [news] key of a sentence to begin with */
  async open(news) {
    this.#shown = true;
    this.#unread = 0;
    this.#view.open();
    this.#keep();
    if (news) this.#view.news(news);
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
    if (this.#visit?.effort) this.#work();
    if (this.#wantsPerson) this.askForPerson();
  }

  /** They would rather not have their device work: that is all right. */
  skipWork() {
    this.#skipped = true;
    this.#working?.abort();
  }

  /** Do what this device is asked for, beside everything else. Nothing waits for it, and nothing is lost without it. */
  async #work() {
    if (this.#working || this.#skipped) return;
    const working = (this.#working = new AbortController());
    let progress = "without";
    try {
      const challenge = canWork() ? await this.#api.effort() : undefined;
      if (challenge) this.#view.effort("working");
      const solution = challenge && (await solve(challenge, working.signal));
      if (solution) {
        await this.#api.work(challenge, solution);
        this.#keep();
        progress = "done";
      }
      if (challenge === null) progress = "";
    } catch {
      // Too late, too often, no connection: they are answered all the same, and the next answer asks again.
    } finally {
      this.#working = null;
    }
    if (!this.#naps.ended) this.#view.effort(progress);
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

  /** What a text that is about to be sent looks like. @param {string} text */
  suspect(text) {
    return this.#secrets.find(text);
  }

  /** The customer is writing; people are told, the bot is not. */
  typing() {
    if (!["waiting", "human"].includes(this.#state) || Date.now() - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = Date.now();
    this.#api.typing().catch(() => {});
  }

  /** Hand a file in; the same id goes out with every try. @param {File} file */
  async attach(file) {
    const rules = this.#visit?.attachments;
    if (!rules) return;
    const type = typeOf(new Uint8Array(await file.slice(0, 16).arrayBuffer()));
    const fault = faultOf(file, type, rules);
    if (fault) {
      this.#view.fileFault(fault, rules);
      return;
    }
    const id = this.#newId();
    const name = plainName(file.name);
    this.#view.file(id, name);
    const data = base64(new Uint8Array(await file.arrayBuffer()));
    for (let tries = 1; !this.#naps.ended; tries += 1) {
      try {
        const kept = await this.#api.attach({ id, name, type, data });
        this.#found();
        this.#view.fileKept(id, kept.name);
        this.#hearing.expect();
        return;
      } catch (error) {
        const lasting = error instanceof Problem && !error.passing;
        if (lasting || tries >= FILE_TRIES) {
          this.#view.fileRefused(id, lasting ? error.detail : "");
          return;
        }
        this.#losing();
        await this.#naps.after(error, tries);
      }
    }
  }

  /** A file that a reply brought. @param {string} id @returns {Promise<Blob>} */
  file(id) {
    return this.#api.file(id);
  }

  /** Read what an answer comes from. @param {string} slug @param {string} language that the answer is in */
  source(slug, language) {
    return this.#api.source(slug, language || (this.#words?.language ?? "en"));
  }

  /** Read why a line was said. @param {number} number */
  why(number) {
    return this.#api.why(number, this.#words?.language ?? "en");
  }

  /** @param {boolean} helpful @param {string} comment */
  feedback(helpful, comment) {
    const judgement = { id: this.#newId(), helpful };
    return step(() => this.#api.feedback(comment.trim() ? { ...judgement, comment } : judgement));
  }

  /** @param {string} contact */
  callBack(contact) {
    return step(async () => {
      await this.#api.callBack({ id: this.#newId(), contact });
      this.#hearing.look(false).catch(() => this.#hearing.expect());
    });
  }

  /** Have the conversation mailed. */
  mail() {
    return step(() => this.#api.mail(this.#newId()));
  }

  /** Ask for deletion; when the wish is taken, nothing of the conversation stays in this browser. */
  async forget() {
    const asked = await step(() => this.#api.forget(this.#newId()));
    // Where nothing was said there is nothing to ask for, and still something to forget.
    if (asked.done || asked.status === 404) {
      this.#memory.forget();
      this.#renew();
      return { ...asked, done: true };
    }
    return asked;
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
    this.#secrets = new Secrets(visit.secrets ?? []);
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
        const { text, spans, effort } = await this.#api.send(draft);
        this.#found();
        if (effort) this.#work();
        this.#view.sent(draft.id, text, spans);
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
      const secret = error.code === "secret_refused";
      // What must not be sent need not stand on the screen either.
      if (secret) this.#outbox.sent(draft);
      else this.#outbox.refuse(draft);
      const key = error.status === 413 ? "widget.error.too_large" : "widget.error.refused";
      this.#view.refused(draft, key, { detail: error.detail, appeal: error.appeal, secret });
      return;
    }
    this.#outbox.keep(draft);
    const busy = error instanceof Problem && (error.status === 429 || error.code === "busy");
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
 * @returns {Promise<{done: boolean, wait: number, wrong: boolean, status: number, code: string, value?: any}>} `wait`:
 *   seconds; `wrong`: refused as it is; `status` and `code` of the refusal; `value`: what was answered
 */
async function step(call) {
  try {
    const value = await call();
    return { done: true, wait: 0, wrong: false, status: 200, code: "", value };
  } catch (error) {
    if (!(error instanceof Problem)) return { done: false, wait: 0, wrong: false, status: 0, code: "" };
    return { done: false, wait: error.retryAfter, wrong: !error.passing, status: error.status, code: error.code };
  }
}
