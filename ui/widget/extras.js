// What one can do besides talking: judge, keep, have it mailed, be forgotten, be called back, read a source or the notice.

import { make } from "./parts.js";
import { asText, save } from "./saving.js";

const LONGEST_COMMENT = 1_000;
const LONGEST_CONTACT = 200;
const AUTHORS = { customer: "widget.author.you", bot: "widget.author.bot", agent: "widget.author.agent" };

export class Extras {
  #parts;
  #labels;
  #chat;
  #transcript;
  #sheet;
  #verification;
  /** Whether this part of the conversation was judged. */
  judged = false;
  /** Whether they wait, and were offered to be called or written back. */
  offered = false;

  /**
   * @param {ReturnType<import("./parts.js").build>} parts @param {import("./labels.js").Labels} labels
   * @param {{chat: import("./chat.js").Chat, transcript: import("./transcript.js").Transcript,
   *   sheet: import("./sheet.js").Sheet, verification: import("./verification.js").Verification}} others
   */
  constructor(parts, labels, { chat, transcript, sheet, verification }) {
    this.#parts = parts;
    this.#labels = labels;
    this.#chat = chat;
    this.#transcript = transcript;
    this.#sheet = sheet;
    this.#verification = verification;
    this.#serveMenu();
    parts.callbackOpen.addEventListener("click", () => this.callBack(parts.callbackOpen));
    parts.feedbackOpen.addEventListener("click", () => this.#feedback(parts.feedbackOpen));
  }

  /** Close the list, if it is open. Returns whether it was. */
  closeMenu() {
    const { menu, menuOpen } = this.#parts;
    const was = !menu.hidden;
    menu.hidden = true;
    menuOpen.setAttribute("aria-expanded", "false");
    return was;
  }

  /** @param {string} slug @param {string} language */
  async source(slug, language) {
    const opener = /** @type {HTMLElement} */ (this.#parts.log.getRootNode().activeElement ?? this.#parts.message);
    const waiting = this.#labels.make("p", "widget.opening");
    this.#sheet.open(opener, [waiting]);
    this.#sheet.name("widget.sources");
    try {
      const article = await this.#chat.source(slug, language);
      const sections = article.sections.flatMap(({ heading, body }) => [
        make("h4", { dir: "auto" }, heading),
        make("p", { class: "plain", dir: "auto" }, body),
      ]);
      const whole = make("div", { class: "stack", lang: article.language }, ...sections);
      if (waiting.isConnected) this.#sheet.open(opener, [whole], article.title);
    } catch {
      this.#labels.say(waiting, "widget.failed");
    }
  }

  /** Why a line was said, with the way to a person. @param {number} number */
  async why(number) {
    const opener = /** @type {HTMLElement} */ (this.#parts.log.getRootNode().activeElement ?? this.#parts.message);
    const waiting = this.#labels.make("p", "widget.opening");
    this.#sheet.open(opener, [waiting]);
    this.#sheet.name("widget.why");
    try {
      const { decided, why, by, language } = await this.#chat.why(number);
      const said = [decided, why, by].map((sentence) => make("p", { dir: "auto" }, sentence));
      const whole = make("div", { class: "stack", lang: language }, ...said);
      if (!waiting.isConnected) return;
      this.#sheet.open(opener, [whole, this.#labels.make("p", "widget.why.person"), this.#toPerson()]);
      this.#sheet.name("widget.why");
    } catch {
      this.#labels.say(waiting, "widget.failed");
    }
  }

  #toPerson() {
    const button = make("button", { type: "button", class: "primary" }, this.#labels.make("span", "widget.person"));
    button.addEventListener("click", () => {
      this.#sheet.close();
      this.#chat.askForPerson();
    });
    return button;
  }

  #serveMenu() {
    const p = this.#parts;
    p.menuOpen.addEventListener("click", () => {
      if (this.closeMenu()) return;
      p.menu.hidden = false;
      p.menuOpen.setAttribute("aria-expanded", "true");
      p.menu.querySelector("button:not([hidden])")?.focus();
    });
    p.menu.addEventListener("keydown", (event) => this.#walkMenu(event));
    p.menu.addEventListener("focusout", (event) => {
      if (!p.menu.contains(event.relatedTarget) && event.relatedTarget !== p.menuOpen) this.closeMenu();
    });
    const deeds = {
      verify: () => this.#verification.show(true),
      feedback: () => this.#feedback(p.menuOpen),
      download: () => this.#download(),
      mail: () => this.#mail(),
      notice: () => this.#notice(),
      delete: () => this.#delete(),
    };
    for (const button of p.menu.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        this.closeMenu();
        p.menuOpen.focus();
        deeds[button.dataset.deed]();
      });
    }
  }

  /** @param {KeyboardEvent} event */
  #walkMenu(event) {
    const { menu, menuOpen } = this.#parts;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.closeMenu();
      menuOpen.focus();
      return;
    }
    const buttons = [...menu.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    buttons[(at + step + buttons.length) % buttons.length].focus();
  }

  /** @param {HTMLElement} opener */
  #feedback(opener) {
    const choice = (value, key) => {
      const input = make("input", { type: "radio", name: "helpful", value, required: true });
      return make("label", { class: "choice" }, input, this.#labels.make("span", key));
    };
    const legend = this.#labels.make("legend", "widget.feedback.title");
    legend.className = "unseen";
    const answers = make("fieldset", {}, legend, choice("yes", "widget.feedback.yes"), choice("no", "widget.feedback.no"));
    const comment = make("textarea", { rows: "3", maxlength: String(LONGEST_COMMENT), dir: "auto" });
    const label = make("label", { class: "field" }, this.#labels.make("span", "widget.feedback.comment"), comment);
    const send = () => this.#chat.feedback(answers.querySelector("input:checked").value === "yes", comment.value);
    const done = ({ value }) => {
      this.#parts.feedbackOpen.hidden = true;
      this.judged = true;
      return value?.duplicate ? "widget.feedback.before" : "widget.feedback.done";
    };
    this.#sheet.open(opener, this.#sheet.form("widget.feedback.send", [answers, label], send, done));
    this.#sheet.name("widget.feedback.title");
  }

  /** Leave an address to be answered at. @param {HTMLElement} opener */
  callBack(opener) {
    const contact = make("input", { type: "text", maxlength: String(LONGEST_CONTACT), autocomplete: "email", required: true, dir: "auto" });
    const label = make("label", { class: "field" }, this.#labels.make("span", "widget.callback.contact"), contact);
    // In a flood people are there, and busy.
    const busy = opener === this.#parts.effortCallBack ? "widget.effort.callback" : "widget.callback.intro";
    const intro = this.#labels.make("p", this.offered ? "widget.offer.intro" : busy);
    const send = () => this.#chat.callBack(contact.value.trim());
    const done = () => {
      opener.hidden = true;
      contact.value = "";
      return "widget.callback.done";
    };
    const fields = this.#sheet.form("widget.callback.send", [intro, label], send, done);
    this.#sheet.open(opener, fields);
    this.#sheet.name(this.offered ? "widget.offer.open" : "widget.callback.open");
  }

  #download() {
    const title = this.#parts.title.textContent ?? "";
    const say = (key) => (key ? (this.#labels.words?.say(key) ?? "") : "");
    const lines = this.#transcript.said.map((line) => ({ ...line, author: say(AUTHORS[line.author]) }));
    save("conversation.txt", asText(title, lines, this.#labels.words?.locale ?? "en"));
  }

  async #mail() {
    const { menuOpen } = this.#parts;
    const note = make("p", { role: "status" });
    this.#sheet.open(menuOpen, [note]);
    this.#sheet.name("widget.menu.mail");
    const asked = await this.#chat.mail();
    if (asked.code === "step_up_required") {
      this.#sheet.close();
      this.#verification.show(true, "widget.mail.verify", () => this.#mail());
    } else if (asked.wait) this.#labels.say(note, "widget.wait", { count: Math.ceil(asked.wait) });
    else this.#labels.say(note, asked.done ? "widget.mail.done" : "widget.failed");
  }

  #notice() {
    const text = make("p", { class: "plain", dir: "auto" }, this.#parts.noticeText.textContent ?? "");
    this.#sheet.open(this.#parts.menuOpen, [text]);
    this.#sheet.name("widget.menu.notice");
  }

  #delete() {
    const intro = this.#labels.make("p", "widget.delete.confirm");
    const fields = this.#sheet.form("widget.delete.send", [intro], () => this.#chat.forget(), () => "widget.delete.done");
    this.#sheet.open(this.#parts.menuOpen, fields);
    this.#sheet.name("widget.menu.delete");
  }
}
