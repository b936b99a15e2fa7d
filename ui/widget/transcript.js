// The list of messages: what was said, and what is still to be sent.

import { formattedNodes } from "./formatting.js";
import { pieces } from "./looks.js";
import { clip, lock, make } from "./parts.js";
import { reveal } from "./reveal.js";
import { keep } from "./saving.js";

/** @typedef {import("./outbox.js").Draft} Draft @typedef {import("./api.js").Entry} Entry */
/** @typedef {{item: HTMLElement, text: HTMLElement, note: HTMLElement}} Bubble */

const NEAR = 80; // pixels from the end within which the list follows what comes
const AUTHORS = { customer: "widget.author.you", bot: "widget.author.bot", agent: "widget.author.agent" };

export class Transcript {
  #log;
  #hello;
  #labels;
  #deeds;
  /** Bubbles whose message the server has not shown back yet, by client id. @type {Map<string, Bubble>} */
  #drafts = new Map();
  #countdown = 0;
  #atEnd = true;
  /** Bubbles of files, by the file's own id. @type {Map<string, Bubble>} */
  #files = new Map();
  /** Whether anything scans files: what nothing scans stays held. */
  scanned = false;
  /** What was said, for those who want to keep it. @type {Map<string, {at: string, author: string, text: string}>} */
  #said = new Map();

  /**
   * @param {HTMLElement} log the list @param {HTMLElement} hello its first bubble, which stays
   * @param {import("./labels.js").Labels} labels
   * @param {{choose: (says: string) => void, again: (draft: Draft) => void, file: (id: string) => Promise<Blob>,
   *   source: (slug: string, language: string) => void, why: (number: number) => void, code: () => void}} deeds what the customer does here
   */
  constructor(log, hello, labels, deeds) {
    this.#log = log;
    this.#hello = hello;
    this.#labels = labels;
    this.#deeds = deeds;
    this.#stayAtEnd();
  }

  /** Another conversation begins: what is still to be sent stays. */
  clear() {
    this.#said.clear();
    this.#files.clear();
    const staying = new Set([...this.#drafts.values()].map((bubble) => bubble.item));
    for (const item of [...this.#log.children]) {
      if (item !== this.#hello && !staying.has(item)) this.#drop(item);
    }
  }

  /** @param {Draft} draft just written */
  draft(draft) {
    const bubble = this.#bubble("customer", new Date());
    bubble.text.textContent = draft.text;
    this.#drafts.set(draft.id, bubble);
    this.#retireChoices();
    this.#atEnd = true;
    this.#log.append(bubble.item);
  }

  /** @param {string} before the draft's id until now @param {Draft} draft */
  renamed(before, draft) {
    const bubble = this.#drafts.get(before);
    if (!bubble) return;
    this.#drafts.delete(before);
    this.#drafts.set(draft.id, bubble);
  }

  /** @param {Draft} draft */
  sending(draft) {
    this.#note(draft, "widget.sending");
  }

  /** @param {string} id @param {string} text as it was stored @param {import("./api.js").Span[]} [spans] */
  sent(id, text, spans) {
    const bubble = this.#drafts.get(id);
    if (!bubble) return;
    clearInterval(this.#countdown);
    this.#settle(bubble, this.#fill(bubble.text, text, spans));
  }

  /** A file is on its way. @param {string} id @param {string} name */
  file(id, name) {
    const bubble = this.#bubble("customer", new Date());
    bubble.item.classList.add("file");
    bubble.text.append(clip(), name);
    bubble.note.append(this.#labels.make("span", "widget.sending"));
    this.#drafts.set(id, bubble);
    this.#atEnd = true;
    this.#log.append(bubble.item);
  }

  /** @param {string} id @param {string} name as the door keeps it */
  fileKept(id, name) {
    const bubble = this.#drafts.get(id);
    if (!bubble) return;
    bubble.text.replaceChildren(clip(), name);
    this.#stand(bubble, "held");
  }

  /** @param {string} id @param {string} detail in words, "" if the door said nothing */
  fileRefused(id, detail) {
    const bubble = this.#drafts.get(id);
    if (!bubble) return;
    this.#drafts.delete(id);
    bubble.item.classList.add("refused");
    this.#tell(bubble, "widget.attach.refused");
    if (detail) bubble.note.append(" ", make("span", { dir: "auto" }, detail));
  }

  /** What was said, in order. */
  get said() {
    return [...this.#said.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, line]) => line);
  }

  /** @param {Draft} draft @param {number} seconds until the next try, 0 if nobody knows */
  kept(draft, seconds) {
    this.#note(draft, seconds ? "widget.retry_in" : "widget.kept", { count: seconds });
    if (!seconds) {
      this.#offerAgain(draft);
      return;
    }
    let left = seconds;
    this.#countdown = setInterval(() => {
      left -= 1;
      const line = this.#drafts.get(draft.id)?.note.firstElementChild;
      if (left > 0 && line) this.#labels.say(line, "widget.retry_in", { count: left });
      else clearInterval(this.#countdown);
    }, 1000);
  }

  /**
   * @param {Draft} draft @param {string} key what to say where the server said nothing
   * @param {{detail: string, appeal: string, secret: boolean}} said what it said, and where to object, which stands in it for
   *   other channels; of a `secret` the text must not be sent at all: then it is taken away, not offered again
   */
  refused(draft, key, { detail, appeal, secret }) {
    this.#note(draft, secret ? "widget.not_sent_secret" : "widget.not_sent");
    const bubble = this.#drafts.get(draft.id);
    if (secret && bubble) bubble.text.textContent = "…";
    const told = appeal ? detail.replace(appeal, "").trim() : detail;
    const why = told ? make("span", { dir: "auto" }, told) : this.#labels.make("span", key);
    bubble?.note.append(" ", why, " ");
    if (appeal) {
      const link = make("a", { class: "again", href: appeal, target: "_blank", rel: "noopener" });
      this.#labels.say(link, "widget.appeal");
      bubble?.note.append(link, " ");
    }
    bubble?.item.classList.add("refused");
    if (!secret) this.#offerAgain(draft);
  }

  /** @param {Entry[]} entries in order @param {boolean} quiet whether screen readers are spared them */
  entries(entries, quiet) {
    if (quiet) this.#log.setAttribute("aria-live", "off");
    for (const entry of entries) this.#entry(entry, quiet);
    if (quiet) setTimeout(() => this.#log.setAttribute("aria-live", "polite"), 500);
  }

  /** @param {Entry} entry @param {boolean} quiet */
  #entry(entry, quiet) {
    if (entry.kind === "attachment.scanned") {
      const scanned = this.#files.get(entry.attachment?.attachment_id ?? "");
      if (scanned) this.#stand(scanned, entry.attachment?.state ?? "held");
      return;
    }
    const own = entry.client_id ? this.#drafts.get(entry.client_id) : undefined;
    const bubble = own ?? this.#bubble(entry.author, new Date(entry.at));
    const customer = entry.author === "customer";
    const masked = this.#fill(bubble.text, entry.text, entry.spans);
    if (entry.formatted?.length) this.#form(bubble.text, entry.formatted);
    this.#said.set(String(entry.seq), { at: entry.at, author: entry.author, text: entry.text });
    if (entry.language) bubble.text.lang = entry.language;
    if (entry.attachment) {
      bubble.item.classList.add("file");
      bubble.text.prepend(clip());
      this.#files.set(entry.attachment.attachment_id, bubble);
      if (entry.author === "agent") this.#offer(bubble, entry.attachment.attachment_id, entry.text);
      else this.#stand(bubble, entry.attachment.state);
    } else if (customer) this.#settle(bubble, masked);
    else if (!quiet) reveal(bubble.text);
    if (entry.author !== "system") this.#retireChoices();
    if (entry.sources?.length) bubble.item.append(this.#sources(entry.sources, entry.language ?? ""));
    if (entry.author === "bot" && !entry.conversation_id && (entry.sources?.length || entry.choices?.length)) bubble.item.append(this.#why(entry.seq));
    if (entry.choices?.length) bubble.item.append(this.#choices(entry.choices));
    if (entry.awaits === "code" && !quiet) this.#deeds.code();
    if (own) this.#drafts.delete(entry.client_id ?? "");
    else this.#log.append(bubble.item);
  }

  /** @param {string} author @param {Date} at @returns {Bubble} */
  #bubble(author, at) {
    const clock = at.toLocaleTimeString(this.#labels.words?.locale, { hour: "2-digit", minute: "2-digit" });
    const head = make("p", { class: "author" }, make("time", { datetime: at.toISOString() }, clock));
    if (AUTHORS[author]) head.prepend(this.#labels.make("span", AUTHORS[author]), " ");
    const text = make("div", { class: "text", dir: "auto" });
    const note = make("p", { class: "note" });
    return { item: make("div", { class: `message ${author}` }, head, text, note), text, note };
  }

  /** Show a stored text with its masked places marked. Returns whether there are any. */
  #fill(node, text, spans) {
    const cut = pieces(text, spans);
    this.#labels.forget(node);
    node.replaceChildren(...cut.map((piece) => (piece.masked ? this.#mask(piece.text) : piece.text)));
    return cut.some((piece) => piece.masked);
  }

  /** Show what staff wrote with its form. @param {HTMLElement} node @param {import("./formatting.js").Formatted[]} formatted */
  #form(node, formatted) {
    node.classList.add("formatted");
    node.replaceChildren(...formattedNodes(formatted, { make, mask: (text) => this.#mask(text) }));
  }

  /** A masked place: what the door says is one, never what somebody typed to look like one. @param {string} text */
  #mask(text) {
    const words = this.#labels.make("span", "widget.mask");
    words.className = "unseen";
    return make("span", { class: "mask" }, lock(), words, text);
  }

  /** @param {Bubble} bubble @param {string} key what its note says */
  #tell({ note }, key) {
    this.#labels.forget(note);
    note.replaceChildren(this.#labels.make("span", key));
  }

  /** @param {Bubble} bubble of a file @param {string} state how it stands */
  #stand(bubble, state) {
    bubble.item.classList.toggle("refused", state === "refused");
    if (state === "clean") this.#tell(bubble, "widget.attach.clean");
    else if (state === "refused") this.#tell(bubble, "widget.attach.infected");
    else this.#tell(bubble, this.scanned ? "widget.attach.held" : "widget.attach.unscanned");
  }

  /** A file that a reply brought can be had. @param {Bubble} bubble @param {string} id @param {string} name */
  #offer({ note }, id, name) {
    const words = this.#labels.make("span", "widget.attach.save", { name });
    const button = make("button", { type: "button", class: "again" }, words);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        keep(name, await this.#deeds.file(id));
        this.#labels.say(words, "widget.attach.save", { name });
      } catch {
        this.#labels.say(words, "widget.attach.unsaved", { name });
      }
      button.disabled = false;
    });
    note.replaceChildren(button);
  }

  /** @param {Bubble} bubble of a message that the server has @param {boolean} masked */
  #settle({ item, note }, masked) {
    item.classList.remove("refused");
    this.#labels.forget(note);
    note.replaceChildren(this.#labels.make("span", masked ? "widget.masked" : "widget.sent"));
  }

  /** @param {number} number of the line */
  #why(number) {
    const button = make("button", { type: "button", class: "link" }, this.#labels.make("span", "widget.why"));
    button.addEventListener("click", () => this.#deeds.why(number));
    return make("p", { class: "note" }, button);
  }

  /** @param {{title: string, slug: string}[]} sources @param {string} language */
  #sources(sources, language) {
    const titles = new Map(sources.map((source) => [source.title, source.slug]));
    const links = Array.from(titles, ([title, slug]) => {
      const link = make("button", { type: "button", class: "link", dir: "auto" }, title);
      link.addEventListener("click", () => this.#deeds.source(slug, language));
      return make("li", {}, link);
    });
    const list = make("ul", {}, ...links);
    return make("div", { class: "sources" }, this.#labels.make("p", "widget.sources"), list);
  }

  /** What may be pressed before the first word, below the greeting. @param {HTMLElement} hello @param {{label: string, says: string}[]} choices */
  suggest(hello, choices) {
    for (const box of hello.querySelectorAll(".choices")) this.#drop(box);
    if (choices.length && !this.#said.size) hello.append(this.#choices(choices));
  }

  /** @param {{label: string, says: string}[]} choices */
  #choices(choices) {
    const buttons = choices.map(({ label, says }) => {
      const button = make("button", { type: "button", dir: "auto" }, label);
      button.addEventListener("click", () => this.#deeds.choose(says));
      return button;
    });
    const box = make("div", { class: "choices", role: "group" }, ...buttons);
    this.#labels.say(box, "widget.choices", {}, "aria-label");
    return box;
  }

  /** Only the newest question can still be answered by a button. */
  #retireChoices() {
    for (const box of this.#log.querySelectorAll(".choices")) this.#drop(box);
  }

  /** @param {Draft} draft @param {string} key @param {import("./labels.js").Places} [places] */
  #note(draft, key, places) {
    clearInterval(this.#countdown);
    const bubble = this.#drafts.get(draft.id);
    if (!bubble) return;
    this.#labels.forget(bubble.note);
    bubble.item.classList.remove("refused");
    bubble.note.replaceChildren(this.#labels.make("span", key, places));
  }

  /** @param {Draft} draft */
  #offerAgain(draft) {
    const button = make("button", { type: "button", class: "again" });
    this.#labels.say(button, "widget.retry");
    button.addEventListener("click", () => this.#deeds.again(draft));
    this.#drafts.get(draft.id)?.note.append(" ", button);
  }

  /** @param {Element} node */
  #drop(node) {
    this.#labels.forget(node);
    node.remove();
  }

  /** Whoever reads the end goes on seeing the end, whatever grows; whoever has scrolled up is left in peace. */
  #stayAtEnd() {
    const log = this.#log;
    const follow = () => {
      if (this.#atEnd) log.scrollTop = log.scrollHeight;
    };
    log.addEventListener("scroll", () => {
      this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    });
    new MutationObserver(follow).observe(log, { childList: true, subtree: true, characterData: true });
    new ResizeObserver(follow).observe(log);
  }
}
