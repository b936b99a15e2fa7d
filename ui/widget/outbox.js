// What the customer has written and the server has not yet accepted. The same id goes out with every try, so that a
// message whose acknowledgement was lost is not stored twice.

/** @typedef {"waiting" | "sending" | "sent" | "refused"} DraftState */
/** @typedef {{id: string, text: string, state: DraftState, tries: number}} Draft */

export class Outbox {
  /** @type {Draft[]} */
  #drafts = [];
  #newId;

  /** @param {() => string} newId makes ids of 1 to 64 characters from A-Za-z0-9_- */
  constructor(newId) {
    this.#newId = newId;
  }

  /** @param {string} text @returns {Draft} */
  add(text) {
    const draft = { id: this.#newId(), text, state: /** @type {DraftState} */ ("waiting"), tries: 0 };
    this.#drafts.push(draft);
    return draft;
  }

  /** The draft to send now, marked as being sent: the oldest that waits, and none while another is on its way. */
  take() {
    if (this.#drafts.some((draft) => draft.state === "sending")) return null;
    const draft = this.#drafts.find((one) => one.state === "waiting") ?? null;
    if (draft) {
      draft.state = "sending";
      draft.tries += 1;
    }
    return draft;
  }

  /** The server has it; its text is not kept here any longer. @param {Draft} draft */
  sent(draft) {
    draft.state = "sent";
    draft.text = "";
    this.#drafts = this.#drafts.filter((one) => one !== draft);
  }

  /** It was seen in the conversation although its acknowledgement was lost. @param {string} id @returns {boolean} whether it waited */
  arrived(id) {
    const draft = this.#drafts.find((one) => one.id === id && one.state === "waiting");
    if (draft) this.sent(draft);
    return Boolean(draft);
  }

  /** It did not get through: it keeps its place and its id. @param {Draft} draft */
  keep(draft) {
    if (draft.state === "sending") draft.state = "waiting";
  }

  /** The server will not have it as it is; the others go on. @param {Draft} draft */
  refuse(draft) {
    draft.state = "refused";
  }

  /** Try a refused draft again, as a new message at the end. @param {Draft} draft */
  renew(draft) {
    this.#drafts = this.#drafts.filter((one) => one !== draft);
    Object.assign(draft, { id: this.#newId(), state: "waiting", tries: 0 });
    this.#drafts.push(draft);
  }

  get waiting() {
    return this.#drafts.filter((draft) => draft.state === "waiting").length;
  }
}
