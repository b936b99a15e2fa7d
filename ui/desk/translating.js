// A draft in the customer's language: it comes into a field of its own, with all that helps to write there, goes with the reply that
// was sent, and says when the words that it was made of have changed. What stands there is kept as the reply is (drafts.js).
import { pickEmoji } from "./emoji.js";
import { offerEmoji } from "./suggest.js";

function place() {
  return document.getElementById("reply-translation");
}

function drop() {
  place()?.replaceChildren();
}

function changed(field) {
  field?.dispatchEvent(new Event("input", { bubbles: true }));
}

function helpToWrite(field) {
  offerEmoji(field);
  pickEmoji(place());
}

// What was kept stands in its field again; the page brings an empty one along for it. Returns whether there is one.
export function showTranslation(words) {
  const empty = document.getElementById("reply-translation-empty");
  if (!empty || !place()) return false;
  place().replaceChildren(empty.content.cloneNode(true));
  window.htmx.process(place());
  const field = place().querySelector("textarea");
  field.value = words;
  helpToWrite(field);
  return true;
}

export function translateDrafts() {
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const field = detail.ctx.sourceElement.matches?.("[data-translates]") && place()?.querySelector("textarea");
    if (!field) return;
    helpToWrite(field);
    changed(field);
    field.focus();
  });
  document.addEventListener("htmx:after:request", ({ detail }) => {
    if (detail.ctx.sourceElement.matches?.("[data-reply]") && detail.ctx.response.status < 300) drop();
  });
  document.addEventListener("input", ({ target }) => {
    const told = target.id === "reply-text" && place()?.querySelector("[data-draft-changed]");
    if (told && !told.textContent) told.textContent = told.dataset.told;
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.("[data-drop-translation]")) return;
    drop();
    const field = document.getElementById("reply-text");
    changed(field);
    field?.focus();
  });
}
