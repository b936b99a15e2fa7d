// What the customer sees. Text from anywhere goes in as text, never as markup; no style attributes, so that it works
// under the strictest content security policy.

import { inkOn, lengthOf, pieces, safeColour } from "./looks.js";
import { build } from "./parts.js";
import { accents } from "./style.js";
import { nameOf } from "./words.js";

/** @typedef {import("./outbox.js").Draft} Draft @typedef {import("./api.js").Entry} Entry */

const LONGEST = 4_000; // characters of a message, unless the visit says otherwise
const NEAR = 80; // pixels from the end within which the list follows what comes
const ROWS = 5;

export class View {
  #root;
  #parts;
  #chat;
  #accent = new CSSStyleSheet();
  #narrow = matchMedia("(max-width: 480px)");
  /** @type {import("./words.js").Words | null} */
  #words = null;
  /** What each node says, so that a change of language reaches all of them. @type {Map<Element, Map<string, [string, object]>>} */
  #said = new Map();
  /** @type {Map<string, {item: Element, note: Element, text: Element, time: Element}>} */
  #drafts = new Map();
  #countdown = 0;
  #longest = LONGEST;
  #open = false;
  #accepted = false;
  #atEnd = true;

  /** @param {ShadowRoot} root @param {CSSStyleSheet} sheet */
  constructor(root, sheet) {
    this.#root = root;
    this.#parts = build(root, (node, key, attribute) => this.#say(node, key, {}, attribute));
    root.adoptedStyleSheets = [sheet, this.#accent];
  }

  /** Connect what the customer does with the chat. @param {import("./chat.js").Chat} chat */
  serve(chat) {
    const p = this.#parts;
    this.#chat = chat;
    p.launcher.addEventListener("click", () => chat.open());
    p.close.addEventListener("click", () => chat.close());
    p.accept.addEventListener("click", () => chat.accept());
    p.again.addEventListener("click", () => chat.open());
    p.person.addEventListener("click", () => chat.askForPerson());
    p.language.addEventListener("change", () => chat.speak(p.language.value));
    p.composer.addEventListener("submit", (event) => this.#submit(event));
    p.message.addEventListener("input", () => this.#measure());
    p.message.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
    p.panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      chat.close();
    });
    p.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault();
        chat.close();
      }
    });
    this.#narrow.addEventListener("change", () => this.#open && this.#show());
    this.#stayAtEnd();
    this.#serveVerification();
  }

  /** The words are there. */
  ready() {
    this.#parts.launcher.hidden = this.#open;
  }

  open() {
    this.#open = true;
    this.unread(0);
    this.#parts.launcher.hidden = true;
    this.#show();
    this.#focus();
  }

  close() {
    this.#open = false;
    this.#parts.launcher.hidden = false;
    this.#parts.panel.close();
    this.#parts.launcher.focus();
  }

  /** @param {import("./words.js").Words | null} words */
  relabel(words) {
    if (!words) return;
    this.#words = words;
    for (const [node, said] of this.#said) {
      for (const [attribute, [key, places]] of said) this.#write(node, key, places, attribute);
    }
    for (const part of [this.#parts.panel, this.#parts.launcher]) {
      part.lang = words.language;
      part.dir = words.direction;
    }
    this.#parts.language.value = words.language;
    this.#measure();
  }

  opening() {
    this.#state("widget.opening");
    this.#parts.again.hidden = true;
  }

  notOpened() {
    this.#state("widget.not_opened");
    this.#parts.again.hidden = false;
    if (this.#open) this.#parts.again.focus();
  }

  /** @param {import("./api.js").Visit} visit */
  visit(visit) {
    const p = this.#parts;
    const { name, accent, accent_dark: dark } = visit.company;
    this.#longest = visit.characters || LONGEST;
    this.#say(p.title, "widget.title", { company: name });
    p.disclosure.textContent = visit.disclosure;
    p.noticeText.textContent = visit.notice;
    p.greeting.textContent = visit.greeting;
    p.hello.hidden = !visit.greeting;
    p.disclosure.hidden = false;
    const light = safeColour(accent, "#0f6b5c");
    const night = safeColour(dark, "#5fd0b8");
    this.#accent.replaceSync(accents(light, inkOn(light), night, inkOn(night)));
    p.language.replaceChildren(...visit.languages.map((code) => new Option(nameOf(code), code, false, code === visit.language)));
    p.languages.hidden = visit.languages.length < 2;
    this.#state("");
  }

  notice() {
    this.#parts.notice.hidden = false;
    this.#parts.log.hidden = true;
    this.#focus();
  }

  /** Somebody asked for a person before reading the notice. */
  noticeFirst() {
    this.#say(this.#parts.hint, "widget.notice.first");
    this.#parts.hint.hidden = false;
    if (!this.#parts.notice.hidden) this.#parts.accept.focus();
  }

  accepted() {
    const p = this.#parts;
    this.#accepted = true;
    p.notice.hidden = true;
    p.hint.hidden = true;
    p.log.hidden = false;
    p.message.disabled = false;
    p.verifyOpen.hidden = false;
    this.#measure();
    this.#focus();
  }

  /** Another conversation begins: what is still to be sent stays. */
  clear() {
    const staying = new Set([...this.#drafts.values()].map((draft) => draft.item));
    for (const item of [...this.#parts.log.children]) {
      if (item !== this.#parts.hello && !staying.has(item)) this.#drop(item);
    }
  }

  ended() {
    this.#say(this.#parts.connection, "widget.ended");
  }

  /** @param {Draft} draft */
  draft(draft) {
    const made = this.#bubble("customer", new Date());
    made.text.textContent = draft.text;
    this.#drafts.set(draft.id, made);
    this.#retireChoices();
    this.#append(made.item, true);
  }

  /** @param {string} before the id until now @param {Draft} draft */
  renamed(before, draft) {
    const made = this.#drafts.get(before);
    if (!made) return;
    this.#drafts.delete(before);
    this.#drafts.set(draft.id, made);
  }

  /** @param {Draft} draft */
  sending(draft) {
    this.#note(draft, "widget.sending");
  }

  /** @param {string} id @param {string} text as it was stored @param {boolean} masked */
  sent(id, text, masked) {
    const made = this.#drafts.get(id);
    if (!made) return;
    clearInterval(this.#countdown);
    made.text.textContent = text;
    this.#settle(made, masked);
  }

  /** @param {Draft} draft @param {number} seconds until the next try, 0 if nobody knows */
  kept(draft, seconds) {
    this.#note(draft, seconds ? "widget.retry_in" : "widget.kept", { count: seconds });
    if (!seconds) {
      this.#offerAgain(draft, "widget.retry");
      return;
    }
    let left = seconds;
    this.#countdown = setInterval(() => {
      left -= 1;
      if (left > 0) this.#note(draft, "widget.retry_in", { count: left }, false);
      else clearInterval(this.#countdown);
    }, 1000);
  }

  /** @param {Draft} draft @param {string} key */
  refused(draft, key) {
    this.#note(draft, "widget.not_sent");
    this.#drafts.get(draft.id)?.note.append(" ", this.#sentence("span", key), " ");
    this.#offerAgain(draft, "widget.retry");
    this.#drafts.get(draft.id)?.item.classList.add("refused");
  }

  /** @param {Entry[]} entries in order @param {boolean} quiet whether screen readers are spared them */
  entries(entries, quiet) {
    const { log } = this.#parts;
    if (quiet) log.setAttribute("aria-live", "off");
    for (const entry of entries) this.#entry(entry);
    if (quiet) setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  }

  /** @param {import("./api.js").Standing} standing */
  standing({ state, waiting }) {
    const p = this.#parts;
    const keys = { waiting: "widget.waiting", human: "widget.with_person", resolved: "widget.resolved" };
    if (state === "waiting" && waiting) this.#state("widget.waiting_position", { position: waiting.position });
    else this.#state(keys[state] ?? "");
    p.person.disabled = state === "waiting" || state === "human";
    p.person.setAttribute("aria-busy", "false");
  }

  /** @param {"asking" | "asked" | "failed"} progress */
  person(progress) {
    const p = this.#parts;
    p.person.setAttribute("aria-busy", String(progress === "asking"));
    p.person.disabled = progress !== "failed";
    if (progress === "asked") this.#state("widget.person_asked");
    if (progress === "failed") this.#state("widget.error.refused");
  }

  /** @param {string} key */
  connection(key) {
    const { connection } = this.#parts;
    this.#say(connection, key);
    connection.classList.toggle("trouble", key !== "widget.connected");
    if (key === "widget.connected") setTimeout(() => this.#clearSaid(connection, key), 4000);
  }

  /** @param {number} count */
  unread(count) {
    const p = this.#parts;
    p.badge.hidden = count === 0;
    p.badge.textContent = count > 99 ? "99+" : String(count);
    this.#say(p.launcher, count ? "widget.unread" : "widget.open", { count }, "aria-label");
    if (count) this.#say(p.live, "widget.new_message");
    else p.live.textContent = "";
  }

  // --- how it is done ---

  #show() {
    const { panel } = this.#parts;
    const focused = this.#root.activeElement;
    if (panel.open) panel.close();
    // On a narrow screen the panel covers everything, so nothing behind it may be reached.
    if (this.#narrow.matches) panel.showModal();
    else panel.show();
    if (focused instanceof HTMLElement && panel.contains(focused)) focused.focus();
  }

  #focus() {
    if (!this.#open) return;
    const p = this.#parts;
    if (this.#accepted) p.message.focus();
    else if (!p.notice.hidden) p.noticeTitle.focus();
    else p.title.focus();
  }

  /** @param {Element} node @param {string} key @param {object} [places] @param {string} [attribute] "" for its text */
  #say(node, key, places = {}, attribute = "") {
    const said = this.#said.get(node) ?? new Map();
    said.set(attribute, [key, places]);
    this.#said.set(node, said);
    this.#write(node, key, places, attribute);
  }

  #write(node, key, places, attribute) {
    const text = this.#words?.say(key, places) ?? "";
    if (attribute) node.setAttribute(attribute, text);
    else node.textContent = text;
  }

  /** @param {Element} node @param {string} [key] only if it still says this */
  #clearSaid(node, key) {
    if (key && this.#said.get(node)?.get("")?.[0] !== key) return;
    this.#said.delete(node);
    node.textContent = "";
  }

  /** @param {string} tag @param {string} key @param {object} [places] */
  #sentence(tag, key, places) {
    const node = document.createElement(tag);
    this.#say(node, key, places);
    return node;
  }

  /** @param {string} key @param {object} [places] */
  #state(key, places) {
    const { state } = this.#parts;
    if (this.#said.get(state)?.get("")?.[0] === key && !places) return;
    if (key) this.#say(state, key, places);
    else this.#clearSaid(state);
  }

  #submit(event) {
    event.preventDefault();
    const { message } = this.#parts;
    const text = message.value;
    if (!this.#accepted || !text.trim() || lengthOf(text) > this.#longest) return;
    message.value = "";
    this.#measure();
    this.#chat.say(text);
    message.focus();
  }

  /** Grow the field with its text, and say how much room is left once it gets scarce. */
  #measure() {
    const { message, counter, send } = this.#parts;
    const left = this.#longest - lengthOf(message.value);
    message.rows = Math.min(ROWS, Math.max(1, message.value.split("\n").length));
    message.setAttribute("aria-invalid", String(left < 0));
    send.disabled = !this.#accepted || !message.value.trim() || left < 0;
    counter.classList.toggle("over", left < 0);
    if (left < 0) this.#say(counter, "widget.characters_over", { count: -left });
    else if (left <= this.#longest / 5) this.#say(counter, "widget.characters_left", { count: left });
    else this.#clearSaid(counter);
  }

  /** @param {string} author @param {Date} at */
  #bubble(author, at) {
    const item = document.createElement("div");
    item.className = `message ${author}`;
    const names = { customer: "widget.author.you", bot: "widget.author.bot", agent: "widget.author.agent" };
    const head = document.createElement("p");
    head.className = "author";
    if (names[author]) head.append(this.#sentence("span", names[author]), " ");
    const time = document.createElement("time");
    time.dateTime = at.toISOString();
    time.textContent = at.toLocaleTimeString(this.#words?.locale, { hour: "2-digit", minute: "2-digit" });
    head.append(time);
    const text = document.createElement("div");
    text.className = "text";
    text.dir = "auto";
    const note = document.createElement("p");
    note.className = "note";
    item.append(head, text, note);
    return { item, note, text, time };
  }

  /** @param {Entry} entry */
  #entry(entry) {
    const own = entry.client_id ? this.#drafts.get(entry.client_id) : undefined;
    const made = own ?? this.#bubble(entry.author, new Date(entry.at));
    made.text.replaceChildren(
      ...pieces(entry.text, entry.spans).map(({ text, masked }) => {
        if (!masked) return text;
        const mark = document.createElement("span");
        mark.className = "mask";
        mark.textContent = text;
        return mark;
      }),
    );
    if (entry.language) made.text.lang = entry.language;
    if (entry.author === "customer") this.#settle(made, Boolean(entry.spans?.length) || made.item.classList.contains("masked"));
    if (entry.author !== "system") this.#retireChoices();
    if (entry.sources?.length) made.item.append(this.#sources(entry.sources));
    if (entry.choices?.length) made.item.append(this.#choices(entry.choices));
    if (own) this.#drafts.delete(entry.client_id ?? "");
    else this.#append(made.item, false);
  }

  /** @param {{item: Element, note: Element}} made @param {boolean} masked */
  #settle({ item, note }, masked) {
    item.classList.remove("refused");
    item.classList.toggle("masked", masked);
    this.#forget(note);
    note.replaceChildren(this.#sentence("span", masked ? "widget.masked" : "widget.sent"));
  }

  #sources(sources) {
    const box = document.createElement("div");
    box.className = "sources";
    const list = document.createElement("ul");
    const titles = new Set(sources.map((source) => source.title));
    for (const title of titles) {
      const line = document.createElement("li");
      line.dir = "auto";
      line.textContent = title;
      list.append(line);
    }
    box.append(this.#sentence("p", "widget.sources"), list);
    return box;
  }

  #choices(choices) {
    const box = document.createElement("div");
    box.className = "choices";
    box.setAttribute("role", "group");
    this.#say(box, "widget.choices", {}, "aria-label");
    for (const { label, says } of choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.dir = "auto";
      button.textContent = label;
      button.addEventListener("click", () => {
        this.#chat.say(says);
        this.#parts.message.focus();
      });
      box.append(button);
    }
    return box;
  }

  /** Only the newest question can still be answered by a button. */
  #retireChoices() {
    for (const box of this.#parts.log.querySelectorAll(".choices")) {
      this.#forget(box);
      box.remove();
    }
  }

  /** @param {Draft} draft @param {string} key @param {object} [places] @param {boolean} [fresh] */
  #note(draft, key, places = {}, fresh = true) {
    const made = this.#drafts.get(draft.id);
    if (!made) return;
    if (fresh) clearInterval(this.#countdown);
    this.#forget(made.note);
    made.item.classList.remove("refused");
    made.note.replaceChildren(this.#sentence("span", key, places));
  }

  /** @param {Draft} draft @param {string} key */
  #offerAgain(draft, key) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "again";
    this.#say(button, key);
    button.addEventListener("click", () => this.#chat.again(draft));
    this.#drafts.get(draft.id)?.note.append(" ", button);
  }

  /** @param {Element} item @param {boolean} own */
  #append(item, own) {
    this.#atEnd ||= own;
    this.#parts.log.append(item);
  }

  /** Whoever reads the end goes on seeing the end, whatever grows; whoever has scrolled up is left in peace. */
  #stayAtEnd() {
    const { log } = this.#parts;
    const follow = () => {
      if (this.#atEnd) log.scrollTop = log.scrollHeight;
    };
    log.addEventListener("scroll", () => {
      this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    });
    new MutationObserver(follow).observe(log, { childList: true, subtree: true, characterData: true });
    new ResizeObserver(follow).observe(log);
  }

  /** @param {Element} item */
  #drop(item) {
    this.#forget(item);
    item.remove();
  }

  /** Its words need no translation any longer. @param {Element} node */
  #forget(node) {
    this.#said.delete(node);
    for (const inner of node.querySelectorAll("*")) this.#said.delete(inner);
  }

  #serveVerification() {
    const p = this.#parts;
    const show = (on) => {
      p.verify.hidden = !on;
      p.verifyOpen.setAttribute("aria-expanded", String(on));
      p.codeForm.hidden = true;
      p.emailForm.hidden = false;
      p.verifyForm.hidden = false;
      p.email.value = "";
      p.code.value = "";
      this.#clearSaid(p.verifyNote);
      (on ? p.email : p.verifyOpen).focus();
    };
    p.verifyOpen.addEventListener("click", () => show(p.verify.hidden));
    p.verifyCancel.addEventListener("click", () => show(false));
    p.emailForm.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!(await this.#verified(this.#chat.verify(p.email.value.trim()), "widget.verify.sent", "widget.verify.failed"))) return;
      p.emailForm.hidden = true;
      p.codeForm.hidden = false;
      p.code.focus();
    });
    p.codeForm.addEventListener("submit", async (event) => {
      event.preventDefault();
      const code = p.code.value.replace(/\s/g, "");
      if (!(await this.#verified(this.#chat.confirm(code), "widget.verify.confirmed", "widget.verify.wrong"))) return;
      p.verifyForm.hidden = true;
      p.message.focus();
    });
  }

  /** @param {Promise<{done: boolean, wait: number, wrong?: boolean}>} step @param {string} good @param {string} bad */
  async #verified(step, good, bad) {
    const { verify, verifyNote } = this.#parts;
    verify.setAttribute("aria-busy", "true");
    const { done, wait, wrong } = await step;
    verify.setAttribute("aria-busy", "false");
    if (done) this.#say(verifyNote, good);
    else if (wait) this.#say(verifyNote, "widget.retry_in", { count: Math.ceil(wait) });
    else this.#say(verifyNote, wrong ? bad : "widget.verify.failed");
    return done;
  }
}
