// Notes, tasks and replies that wait: boxes that open on a key, forms that are empty again once they were taken, and words that
// come back into their fields when a reply is undone.
import { freshKey } from "./fresh.js";
import { showTranslation } from "./translating.js";
import { tellZone } from "./zones.js";

// The box of a form that was taken closes, and the next one is another: it gets a key of its own.
function taken(form) {
  form.reset();
  form.querySelector("[data-fresh-key]").value = freshKey();
  tellZone();
  const box = form.closest("details");
  box.open = false;
  box.querySelector("summary").focus();
}

const NOTHING = { conversation: "", text: "", translated: "" };
let said = NOTHING; // what was sent last, as it was written; in memory alone

export function composeMore() {
  document.addEventListener(
    "toggle",
    ({ target }) => {
      const wanted = target.open && target.querySelector?.(":scope > summary[data-then-focus]");
      if (wanted) document.getElementById(wanted.dataset.thenFocus)?.focus();
    },
    true,
  );
  document.addEventListener("htmx:before:request", ({ detail }) => {
    const form = detail.ctx.sourceElement;
    if (!form.matches?.("[data-reply]")) return;
    const { text, translated } = form.elements;
    said = { conversation: form.dataset.reply, text: text.value, translated: translated?.value ?? "" };
  });
  document.addEventListener("htmx:after:request", ({ detail }) => {
    const form = detail.ctx.sourceElement;
    if (!form.matches || detail.ctx.response.status >= 300) return;
    if (form.matches("[data-note], [data-task]")) taken(form);
    else if (form.matches("[data-takes-back]")) giveBack(form.dataset, "shortcut" in form.dataset);
    else if (form.matches("[data-reply]")) form.querySelector("details[open]")?.removeAttribute("open");
  });
}

// The field may hold the next reply already: what is taken back goes before it. Only of the reply that was sent last the page
// knows what was written, unmasked.
function giveBack({ words, translated }, last) {
  const field = document.getElementById("reply-text");
  if (!field) return;
  const mine = last && said.conversation === field.form.dataset.reply ? said : { text: words, translated };
  const next = field.form.elements.translated?.value;
  const shown = mine.translated && showTranslation([mine.translated, next].filter(Boolean).join("\n"));
  field.value = [shown ? mine.text : mine.translated || mine.text || words, field.value].filter(Boolean).join("\n");
  said = NOTHING;
  field.focus();
  (shown ? field.form.elements.translated : field).dispatchEvent(new Event("input", { bubbles: true }));
}
