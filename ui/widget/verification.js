// Proving who one is by a mailed code: two small forms of their own, so that a code is never typed into a message.

export class Verification {
  #parts;
  #labels;
  #chat;
  /** What was to be done once it is clear who this is. */
  #then = () => {};

  /** @param {ReturnType<import("./parts.js").build>} parts @param {import("./labels.js").Labels} labels @param {import("./chat.js").Chat} chat */
  constructor(parts, labels, chat) {
    this.#parts = parts;
    this.#labels = labels;
    this.#chat = chat;
    parts.verifyCancel.addEventListener("click", () => this.show(false));
    parts.emailForm.addEventListener("submit", (event) => this.#mail(event));
    parts.codeForm.addEventListener("submit", (event) => this.#confirm(event));
  }

  /** @param {boolean} on @param {string} [why] key of what is said first @param {() => void} [then] done once it is clear who this is */
  show(on, why = "", then = () => {}) {
    const p = this.#parts;
    p.verify.hidden = !on;
    this.#then = then;
    p.verifyForm.hidden = false;
    p.emailForm.hidden = false;
    p.codeForm.hidden = true;
    p.email.value = "";
    p.code.value = "";
    if (why) this.#labels.say(p.verifyNote, why);
    else this.#labels.hush(p.verifyNote);
    (on ? p.email : p.menuOpen).focus();
  }

  /** A code is on its way already: only its field is needed. Nobody's writing is interrupted. */
  code() {
    const p = this.#parts;
    this.#then = () => {};
    p.verify.hidden = false;
    p.verifyForm.hidden = false;
    p.emailForm.hidden = true;
    p.codeForm.hidden = false;
    p.code.value = "";
    this.#labels.say(p.verifyNote, "widget.verify.sent");
  }

  /** @param {Event} event */
  async #mail(event) {
    event.preventDefault();
    const p = this.#parts;
    if (!(await this.#done(this.#chat.verify(p.email.value.trim()), "widget.verify.sent", "widget.failed"))) return;
    p.emailForm.hidden = true;
    p.codeForm.hidden = false;
    p.code.focus();
  }

  /** @param {Event} event */
  async #confirm(event) {
    event.preventDefault();
    const p = this.#parts;
    const code = p.code.value.replace(/\s/g, "");
    if (!(await this.#done(this.#chat.confirm(code), "widget.verify.confirmed", "widget.verify.wrong"))) return;
    p.verifyForm.hidden = true;
    p.message.focus();
    this.#then();
  }

  /** @param {ReturnType<import("./chat.js").Chat["verify"]>} step @param {string} good @param {string} bad */
  async #done(step, good, bad) {
    const { verify, verifyNote } = this.#parts;
    verify.setAttribute("aria-busy", "true");
    const { done, wait, wrong } = await step;
    verify.setAttribute("aria-busy", "false");
    if (done) this.#labels.say(verifyNote, good);
    else if (wait) this.#labels.say(verifyNote, "widget.wait", { count: Math.ceil(wait) });
    else this.#labels.say(verifyNote, wrong ? bad : "widget.failed");
    return done;
  }
}
