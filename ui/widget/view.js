// What the customer sees. Text from anywhere goes in as text, never as markup; no style attributes, so that it works
// under the strictest content security policy.

import { Labels } from "./labels.js";
import { Extras } from "./extras.js";
import { kindNames } from "./files.js";
import { sayAgain } from "./hours.js";
import { inkOn, lengthOf, safeColour } from "./looks.js";
import { build } from "./parts.js";
import { PlaceSign } from "./place.js";
import { Sheet } from "./sheet.js";
import { accents } from "./style.js";
import { Transcript } from "./transcript.js";
import { Verification } from "./verification.js";
import { nameOf } from "./words.js";

/** @typedef {import("./outbox.js").Draft} Draft @typedef {import("./api.js").Entry} Entry */

const LONGEST = 4_000; // characters of a message, unless the visit says otherwise
const ROWS = 5;
const WARNINGS = { card: "widget.secret.card", iban: "widget.secret.iban", code: "widget.secret.code" };
const STANDING = { waiting: "widget.waiting", human: "widget.with_person", resolved: "widget.resolved" };
const TYPING_SHOWN = 6_000; // milliseconds that a sign of writing counts
const GONE_AFTER = 4_000; // milliseconds for which good news about the connection stands

export class View {
  #root;
  #parts;
  #labels = new Labels();
  #accent = new CSSStyleSheet();
  #narrow = matchMedia("(max-width: 480px)");
  /** @type {import("./chat.js").Chat} */
  #chat;
  /** @type {Transcript} */
  #transcript;
  /** @type {Extras} */
  #extras;
  /** @type {Sheet} */
  #sheet;
  /** @type {PlaceSign} */
  #place;
  #typing = 0;
  #longest = LONGEST;
  #open = false;
  #accepted = false;

  /** @param {ShadowRoot} root @param {CSSStyleSheet} sheet */
  constructor(root, sheet) {
    this.#root = root;
    this.#parts = build(root, (node, key, attribute) => this.#labels.say(node, key, {}, attribute));
    root.adoptedStyleSheets = [sheet, this.#accent];
  }

  /** Connect what the customer does with the chat. @param {import("./chat.js").Chat} chat */
  serve(chat) {
    const p = this.#parts;
    this.#chat = chat;
    const choose = (says) => {
      chat.say(says);
      p.message.focus();
    };
    const verification = new Verification(p, this.#labels, chat);
    const deeds = { choose, again: (draft) => chat.again(draft), file: (id) => chat.file(id), source: (slug, language) => this.#extras.source(slug, language), why: (number) => this.#extras.why(number), code: () => verification.code() };
    this.#transcript = new Transcript(p.log, p.hello, this.#labels, deeds);
    this.#sheet = new Sheet(p, this.#labels);
    this.#extras = new Extras(p, this.#labels, { chat, transcript: this.#transcript, sheet: this.#sheet, verification });
    const callBack = (opener) => this.#extras.callBack(opener);
    this.#place = new PlaceSign(p, this.#labels, { skip: () => chat.skipWork(), verify: () => verification.show(true), callBack });
    p.launcher.addEventListener("click", () => chat.open());
    p.close.addEventListener("click", () => chat.close());
    p.accept.addEventListener("click", () => chat.accept());
    p.again.addEventListener("click", () => chat.open());
    p.person.addEventListener("click", () => chat.askForPerson());
    p.language.addEventListener("change", () => chat.speak(p.language.value));
    this.#serveComposer();
    this.#serveWarning();
    this.#serveFiles();
    this.#serveLeaving();
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
    this.#labels.translate(words);
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
    const light = safeColour(visit.company.accent, "#0f6b5c");
    const dark = safeColour(visit.company.accent_dark, "#5fd0b8");
    this.#accent.replaceSync(accents(light, inkOn(light), dark, inkOn(dark)));
    this.#longest = visit.characters || LONGEST;
    this.#labels.say(p.title, "widget.title", { company: visit.company.name });
    p.disclosure.textContent = visit.disclosure;
    p.disclosure.hidden = false;
    p.noticeText.textContent = visit.notice;
    p.greeting.textContent = visit.greeting;
    p.hello.hidden = !visit.greeting;
    this.#transcript.suggest(p.hello, visit.suggestions ?? []);
    const options = visit.languages.map((code) => new Option(nameOf(code), code, false, code === visit.language));
    p.language.replaceChildren(...options);
    p.languages.hidden = options.length < 2;
    if (this.#labels.keyOf(p.state) === "widget.opening") this.#state("");
    this.#transcript.scanned = visit.attachments?.scanned ?? false;
    p.fileInput.accept = visit.attachments?.types.join(",") ?? "";
    p.attach.hidden = !this.#accepted || !visit.attachments;
    if (typeof visit.people === "boolean") {
      this.standing({ state: "bot", waiting: null, people: visit.people, closed: visit.closed });
    }
  }

  notice() {
    this.#parts.notice.hidden = false;
    this.#parts.log.hidden = true;
    this.#focus();
  }

  /** Somebody asked for a person before reading the notice. */
  noticeFirst() {
    const p = this.#parts;
    this.#labels.say(p.hint, "widget.notice.first");
    p.hint.hidden = false;
    if (!p.notice.hidden) p.accept.focus();
  }

  accepted() {
    const p = this.#parts;
    this.#accepted = true;
    p.notice.hidden = true;
    p.hint.hidden = true;
    p.log.hidden = false;
    p.message.disabled = false;
    p.menuOpen.hidden = false;
    p.attach.hidden = !p.fileInput.accept;
    this.#measure();
    this.#focus();
  }

  clear() {
    this.#transcript.clear();
  }

  /** @param {string} key */
  news(key) {
    this.#labels.say(this.#parts.connection, key);
  }

  ended() {
    this.#labels.say(this.#parts.connection, "widget.ended");
  }

  /** @param {Draft} draft */
  draft(draft) {
    this.#transcript.draft(draft);
  }

  /** @param {string} before @param {Draft} draft */
  renamed(before, draft) {
    this.#transcript.renamed(before, draft);
  }

  /** @param {Draft} draft */
  sending(draft) {
    this.#transcript.sending(draft);
  }

  /** @param {string} id @param {string} text @param {import("./api.js").Span[]} [spans] */
  sent(id, text, spans) {
    this.#transcript.sent(id, text, spans);
  }

  /** @param {string} id @param {string} name */
  file(id, name) {
    this.#labels.hush(this.#parts.fileNote);
    this.#transcript.file(id, name);
  }

  /** @param {string} id @param {string} name */
  fileKept(id, name) {
    this.#transcript.fileKept(id, name);
  }

  /** @param {string} id @param {string} detail */
  fileRefused(id, detail) {
    this.#transcript.fileRefused(id, detail);
  }

  /** A file was not even sent. @param {"large" | "type"} fault @param {{bytes: number, types: string[]}} rules */
  fileFault(fault, rules) {
    const { fileNote } = this.#parts;
    if (fault === "type") this.#labels.say(fileNote, "widget.attach.type", { types: kindNames(rules.types) });
    else this.#labels.say(fileNote, "widget.attach.large", { megabytes: Math.floor(rules.bytes / 2 ** 20) });
  }

  /** Somebody at the desk is writing. */
  typing() {
    this.#parts.typing.hidden = false;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => (this.#parts.typing.hidden = true), TYPING_SHOWN);
  }

  /** @param {Draft} draft @param {number} seconds */
  kept(draft, seconds) {
    this.#transcript.kept(draft, seconds);
  }

  /** @param {Draft} draft @param {string} key @param {{detail: string, appeal: string, secret: boolean}} said */
  refused(draft, key, said) {
    this.#transcript.refused(draft, key, said);
  }

  /** @param {Entry[]} entries @param {boolean} quiet */
  entries(entries, quiet) {
    if (entries.some((entry) => entry.author === "agent")) this.#parts.typing.hidden = true;
    this.#transcript.entries(entries, quiet);
  }

  /** @param {import("./api.js").Standing} standing */
  standing({ state, waiting, people, closed, call_back }) {
    const { person, callbackOpen, feedbackOpen } = this.#parts;
    const again = closed && (/** @param {import("./words.js").Words} words */ (words) => sayAgain(words, closed));
    if (again && state === "waiting" && waiting) this.#state("hours.waiting", { position: waiting.position, again });
    else if (again && state === "bot") this.#state("hours.away", { again });
    else if (state === "waiting" && waiting?.minutes) {
      this.#state("widget.waiting_minutes", { position: waiting.position, count: waiting.minutes });
    } else if (state === "waiting" && waiting) this.#state("widget.waiting_position", { position: waiting.position });
    else this.#state(STANDING[state] ?? (people === false ? "widget.people_away" : ""));
    // Nobody there, and nobody has it: an answer can come later.
    // Nor are they kept waiting for long without being asked.
    const offered = ["bot", "waiting"].includes(state) && Boolean(call_back);
    callbackOpen.hidden = !this.#accepted || !(offered || (people === false && ["bot", "waiting"].includes(state)));
    const words = offered ? "widget.offer.open" : "widget.callback.open";
    if (this.#labels.keyOf(callbackOpen) !== words) this.#labels.say(callbackOpen, words);
    this.#extras.offered = offered;
    feedbackOpen.hidden = !this.#accepted || state !== "resolved" || this.#extras.judged;
    if (state !== "resolved") this.#extras.judged = false;
    person.disabled = state === "waiting" || state === "human";
    person.setAttribute("aria-busy", "false");
  }

  /** @param {"working" | "done" | "without" | ""} progress */
  effort(progress) {
    this.#place.show(progress);
  }

  /** @param {"asking" | "asked" | "failed"} progress */
  person(progress) {
    const { person } = this.#parts;
    person.setAttribute("aria-busy", String(progress === "asking"));
    person.disabled = progress !== "failed";
    if (progress === "asked") this.#state("widget.person_asked");
    if (progress === "failed") this.#state("widget.failed");
  }

  /** @param {"widget.offline" | "widget.reconnecting" | "widget.connected"} key */
  connection(key) {
    const { connection } = this.#parts;
    this.#labels.say(connection, key);
    connection.classList.toggle("trouble", key !== "widget.connected");
    if (key !== "widget.connected") return;
    setTimeout(() => {
      if (this.#labels.keyOf(connection) === key) this.#labels.hush(connection);
    }, GONE_AFTER);
  }

  /** @param {number} count */
  unread(count) {
    const p = this.#parts;
    p.badge.hidden = count === 0;
    p.badge.textContent = count > 99 ? "99+" : String(count);
    this.#labels.say(p.launcher, count ? "widget.unread" : "widget.open", { count }, "aria-label");
    if (count) this.#labels.say(p.live, "widget.new_message");
    else this.#labels.hush(p.live);
  }

  #serveComposer() {
    const { composer, message } = this.#parts;
    composer.addEventListener("submit", (event) => this.#submit(event));
    message.addEventListener("input", () => {
      this.#parts.warning.hidden = true;
      this.#measure();
      if (message.value.trim()) this.#chat.typing();
    });
    message.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit(event);
    });
  }

  /** Whoever edits has not sent anything; whoever sends it anyway has been warned. */
  #serveWarning() {
    const { warning, edit, sendAnyway, message } = this.#parts;
    const hide = () => {
      warning.hidden = true;
      message.focus();
    };
    edit.addEventListener("click", hide);
    sendAnyway.addEventListener("click", () => {
      hide();
      this.#send(message.value);
    });
    warning.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      hide();
    });
  }

  #serveFiles() {
    const { attach, fileInput } = this.#parts;
    attach.addEventListener("click", () => fileInput.click());
    fileInput.addEventListener("change", () => {
      const [file] = fileInput.files ?? [];
      if (file) this.#chat.attach(file);
      fileInput.value = "";
    });
  }

  /** Escape closes the panel, and so does the back gesture of telephones. */
  #serveLeaving() {
    const { panel } = this.#parts;
    const leave = (event) => {
      event.preventDefault();
      this.#chat.close();
    };
    panel.addEventListener("cancel", leave);
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (this.#sheet.isOpen) {
        event.preventDefault();
        this.#sheet.close();
      } else leave(event);
    });
    this.#narrow.addEventListener("change", () => this.#open && this.#show());
  }

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

  /** How the conversation stands; said only when it changes. @param {string} key @param {import("./labels.js").Places} [places] */
  #state(key, places) {
    const { state } = this.#parts;
    if (!key) this.#labels.hush(state);
    else if (places || this.#labels.keyOf(state) !== key) this.#labels.say(state, key, places);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const { message } = this.#parts;
    const text = message.value;
    if (!this.#accepted || !text.trim() || lengthOf(text) > this.#longest) return;
    const suspicion = this.#chat.suspect(text);
    if (suspicion) this.#warn(suspicion);
    else this.#send(text);
  }

  /** @param {string} text */
  #send(text) {
    const { message } = this.#parts;
    message.value = "";
    this.#measure();
    this.#sheet.close();
    this.#chat.say(text);
    message.focus();
  }

  /** Nothing has left the browser yet. @param {"card" | "iban" | "code"} suspicion */
  #warn(suspicion) {
    const { warning, warningText, edit } = this.#parts;
    this.#labels.say(warningText, WARNINGS[suspicion]);
    warning.hidden = false;
    edit.focus();
  }

  /** Grow the field with its text, and say how much room is left once it gets scarce. */
  #measure() {
    const { message, counter, send } = this.#parts;
    const left = this.#longest - lengthOf(message.value);
    message.rows = Math.min(ROWS, Math.max(1, message.value.split("\n").length));
    message.setAttribute("aria-invalid", String(left < 0));
    send.disabled = !this.#accepted || !message.value.trim() || left < 0;
    counter.classList.toggle("over", left < 0);
    if (left < 0) this.#labels.say(counter, "widget.characters_over", { count: -left });
    else if (left <= this.#longest / 5) this.#labels.say(counter, "widget.characters_left", { count: left });
    else this.#labels.hush(counter);
  }
}
