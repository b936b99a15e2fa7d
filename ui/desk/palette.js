// The command palette (ARIA Authoring Practices Guide, "Combobox"): the field keeps the focus, the arrows choose in the list,
// Enter does it. The list comes from the house; here it is only filtered.
import { use } from "./using.js";

function fold(text) {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .replace(/ı/g, "i")
    .toLowerCase();
}

// What something on the page is called: its own words, or for a field what it says itself (data-called).
function nameOf(element) {
  return element.dataset.called ?? element.textContent.trim();
}

export class Palette {
  #dialog = document.getElementById("palette");
  #field = document.getElementById("palette-input");
  #list = document.getElementById("palette-list");
  #none = document.getElementById("palette-none");
  #chosen = null;
  #presses = new WeakMap(); // what buttons are called: a refresh meanwhile may make another button of the same element

  get isThere() {
    return Boolean(this.#dialog);
  }

  listen() {
    this.#field.addEventListener("input", () => this.#filter());
    this.#field.addEventListener("keydown", (event) => this.#press(event));
    this.#list.addEventListener("click", (event) => this.#do(event.target.closest("[role=option]")));
    this.#list.addEventListener("pointermove", (event) => this.#choose(event.target.closest("[role=option]")));
    // The field keeps the focus, whatever is pressed in the list.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    document.addEventListener("click", (event) => event.target.closest?.("[data-palette-open]") && this.open());
  }

  open() {
    if (this.#dialog.open) return;
    this.#field.value = "";
    this.#takeUpPage();
    this.#dialog.showModal();
    this.#field.focus();
    this.#filter();
    this.#fetchRecent();
  }

  // What the page's own buttons do can be chosen here too: pressing the choice presses the button.
  #takeUpPage() {
    const group = document.getElementById("palette-here");
    const title = Object.assign(document.createElement("li"), { className: "palette-group", textContent: group.dataset.title });
    title.setAttribute("role", "presentation");
    group.replaceChildren(title, ...this.#offered().map((button) => this.#optionOf(button)));
  }

  #offered() {
    return [...document.querySelectorAll("main [data-in-palette]")].filter((button) => button.checkVisibility());
  }

  #optionOf(button) {
    const option = document.createElement("li");
    option.className = "palette-item";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const text = Object.assign(document.createElement("span"), { className: "palette-text", textContent: nameOf(button) });
    const drawing = button.querySelector(".icon");
    option.append(...(drawing ? [drawing.cloneNode(true)] : []), text);
    if (button.dataset.inPalette) option.append(Object.assign(document.createElement("kbd"), { textContent: button.dataset.inPalette }));
    this.#presses.set(option, nameOf(button));
    return option;
  }

  async #fetchRecent() {
    const group = document.getElementById("palette-recent");
    await window.htmx.ajax("GET", "/desk/recent", { target: group, swap: "innerHTML" });
    this.#filter();
  }

  #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  #filter() {
    const wanted = fold(this.#field.value).split(/\s+/).filter(Boolean);
    let number = 0;
    for (const option of this.#options()) {
      option.id ||= `palette-option-${(number += 1)}-${Math.random().toString(36).slice(2, 8)}`;
      const words = fold(option.dataset.words ?? option.textContent);
      option.hidden = "fallback" in option.dataset || !wanted.every((word) => words.includes(word));
    }
    const found = this.#shown().length > 0;
    // What nothing here is called can be searched for everywhere.
    for (const option of this.#list.querySelectorAll("[data-fallback]")) option.hidden = found;
    for (const group of this.#list.querySelectorAll("[role=group]")) {
      group.hidden = !group.querySelector("[role=option]:not([hidden])");
    }
    const shown = this.#shown();
    this.#none.hidden = found;
    if (!this.#chosen?.isConnected || this.#chosen.hidden || wanted.length) this.#choose(shown[0] ?? null);
  }

  #shown() {
    return this.#options().filter((option) => !option.hidden);
  }

  #choose(option) {
    if (option === undefined || (option && option === this.#chosen && option.ariaSelected === "true")) return;
    if (this.#chosen) this.#chosen.setAttribute("aria-selected", "false");
    this.#chosen = option;
    this.#field.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
  }

  #press(event) {
    if (event.isComposing) return;
    const shown = this.#shown();
    const at = shown.indexOf(this.#chosen);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#choose(shown[(at + step + shown.length) % shown.length] ?? null);
    else if (event.key === "Enter") this.#do(this.#chosen);
    else return;
    event.preventDefault();
  }

  #do(option) {
    if (!option) return;
    const { href, submit, opens, choose, value } = option.dataset;
    this.#dialog.close();
    const called = this.#presses.get(option);
    const pressed = called && this.#offered().find((button) => nameOf(button) === called);
    if (pressed) use(pressed);
    else if (called) return;
    else if (href) window.location.assign(href);
    else if (opens) document.getElementById(opens).showModal();
    else if (submit) {
      const form = document.getElementById(submit);
      if (form.elements.text) form.elements.text.value = this.#field.value;
      form.requestSubmit();
    }
    else if (choose) this.#send(choose, value);
  }

  #send(name, value) {
    const form = document.getElementById("palette-form");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
    form.requestSubmit();
  }
}
