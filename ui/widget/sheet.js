// What takes the place of the conversation for a moment: a source, the notice, a form. One at a time.

import { make } from "./parts.js";

export class Sheet {
  #parts;
  #labels;
  /** @type {HTMLElement | null} */
  #opener = null;

  /** @param {ReturnType<import("./parts.js").build>} parts @param {import("./labels.js").Labels} labels */
  constructor(parts, labels) {
    this.#parts = parts;
    this.#labels = labels;
    parts.sheetBack.addEventListener("click", () => this.close());
  }

  get isOpen() {
    return !this.#parts.sheet.hidden;
  }

  /** @param {HTMLElement} opener who gets the focus back @param {Node[]} content @param {string} [title] a text that is no key */
  open(opener, content, title = "") {
    const { sheet, sheetTitle, sheetBody, log } = this.#parts;
    this.#labels.forget(sheetBody);
    this.#labels.hush(sheetTitle);
    if (title) sheetTitle.textContent = title;
    sheetBody.replaceChildren(...content);
    this.#opener = opener;
    log.hidden = true;
    sheet.hidden = false;
    sheetBody.scrollTop = 0;
    sheetTitle.focus();
  }

  /** Name what is open by a sentence. @param {string} key */
  name(key) {
    this.#labels.say(this.#parts.sheetTitle, key);
  }

  close() {
    const { sheet, sheetBody, log } = this.#parts;
    if (sheet.hidden) return;
    sheet.hidden = true;
    log.hidden = false;
    this.#labels.forget(sheetBody);
    sheetBody.replaceChildren();
    if (this.#opener?.isConnected && this.#opener.offsetParent) this.#opener.focus();
    else this.#parts.message.focus();
  }

  /** A form with one button, which says what became of it. @param {string} button key of its words @param {Node[]} fields
   * @param {() => Promise<{done: boolean, wait: number}>} send @param {(result: any) => string} done key of what is said then */
  form(button, fields, send, done) {
    const submit = make("button", { type: "submit", class: "primary" });
    const note = make("p", { class: "hint", role: "status" });
    this.#labels.say(submit, button);
    const form = make("form", { class: "stack" }, ...fields, submit);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      const result = await send();
      submit.disabled = false;
      if (result.done) {
        form.hidden = true;
        this.#labels.say(note, done(result));
      } else if (result.wait) this.#labels.say(note, "widget.wait", { count: Math.ceil(result.wait) });
      else this.#labels.say(note, "widget.failed");
    });
    return [form, note];
  }
}
