// Suggestions while somebody writes: a slash at the beginning of a word offers canned replies, an at sign colleagues, a colon and
// two letters emoji. The field
// keeps the focus; arrows choose, Enter or the tabulator takes, Escape leaves. What is offered is read out by the field itself.
import { emojiOffers } from "./emoji.js";
import { words } from "./words.js";

const MOST = 8;

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

class Suggestions {
  #field;
  #sign;
  #offers;
  #list;
  #shown = [];
  #at = 0;
  #begin = -1;
  #takes;
  #least;

  constructor(field, { sign, name, offers, takes, least = 0 }) {
    this.#field = field;
    this.#sign = sign;
    this.#offers = offers;
    this.#takes = takes;
    this.#least = least;
    this.#list = document.createElement("ul");
    this.#list.className = "suggestions";
    // A field may have several kinds of suggestions, each with a list of its own.
    this.#list.id = `${field.id}-suggestions-${sign.codePointAt(0)}`;
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", name);
    field.after(this.#list);
    field.setAttribute("aria-autocomplete", "list");
    field.addEventListener("input", () => this.#look());
    field.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    field.addEventListener("keydown", (event) => this.#press(event));
    this.#list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const place = [...this.#list.children].indexOf(event.target.closest("li"));
      if (place >= 0) this.#take(place);
    });
  }

  async #look() {
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    const begin = before.lastIndexOf(this.#sign);
    const wanted = before.slice(begin + 1);
    if (begin < 0 || wanted.length < this.#least || /\s/.test(wanted) || (begin > 0 && !/\s/.test(before[begin - 1]))) return this.#close();
    const offers = await this.#offers();
    const folded = fold(wanted);
    const keys = (one) => (one.keys ?? [one.key]).map(fold);
    const first = offers.filter((one) => keys(one).some((key) => key.startsWith(folded)));
    const others = offers.filter((one) => !first.includes(one) && `${keys(one).join(" ")} ${fold(one.name)}`.includes(folded));
    this.#begin = begin;
    this.#show([...first, ...others].slice(0, MOST));
  }

  #show(offers) {
    this.#shown = offers;
    this.#list.replaceChildren(...offers.map((one, place) => this.#option(one, place)));
    this.#list.hidden = offers.length === 0;
    if (!offers.length) return this.#close();
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#choose(0);
  }

  #option(one, place) {
    const option = document.createElement("li");
    option.id = `${this.#list.id}-${place}`;
    option.setAttribute("role", "option");
    const name = Object.assign(document.createElement("span"), { className: "suggestion-name", textContent: one.name });
    const more = Object.assign(document.createElement("span"), { className: "muted small", textContent: one.more ?? "", dir: "auto" });
    option.append(name, more);
    return option;
  }

  #choose(place) {
    this.#at = place;
    [...this.#list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
    this.#field.setAttribute("aria-activedescendant", `${this.#list.id}-${place}`);
    this.#list.children[place]?.scrollIntoView({ block: "nearest" });
  }

  #press(event) {
    if (this.#list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose((this.#at + step + this.#shown.length) % this.#shown.length);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") this.#take(this.#at);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #take(place) {
    const one = this.#shown[place];
    const end = this.#field.selectionStart;
    this.#field.setRangeText(one.text, this.#begin, end, "end");
    this.#takes?.(one);
    this.#close();
    this.#field.focus();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #close() {
    this.#list.hidden = true;
    this.#shown = [];
    if (this.#field.getAttribute("aria-controls") !== this.#list.id) return; // another kind is offered
    this.#field.removeAttribute("aria-activedescendant");
    this.#field.removeAttribute("aria-controls");
  }
}

let canned = null;

// Asked for once a page: the replies are few and filled in for this customer.
async function cannedReplies(address) {
  canned ??= fetch(address, { headers: { accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : []))
    .catch(() => []);
  return (await canned).map((one) => ({ key: one.shortcut, name: one.name, more: one.text.slice(0, 80), text: one.text }));
}

function colleagues(form) {
  return [...form.querySelectorAll("[data-name]")].map((box) => ({
    key: box.dataset.name,
    name: box.dataset.name,
    text: `${box.dataset.name} `,
    box,
  }));
}

export function offerEmoji(field) {
  new Suggestions(field, { sign: ":", least: 2, name: words().emoji, offers: emojiOffers });
}

export function suggest() {
  for (const field of document.querySelectorAll("[data-formats]")) offerEmoji(field);
  const reply = document.querySelector("[data-canned]");
  if (reply) new Suggestions(reply, { sign: "/", name: words().canned, offers: () => cannedReplies(reply.dataset.canned) });
  const note = document.querySelector("[data-mentions]");
  if (!note) return;
  new Suggestions(note, { sign: "@", name: words().colleagues, offers: async () => colleagues(note.form), takes: ({ box }) => (box.checked = true) });
}
