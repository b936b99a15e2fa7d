// A draft in the customer's language: it comes into a field of its own, goes with the reply that was sent, and says when the words
// that it was made of have changed.
import { offerEmoji } from "./suggest.js";

function place() {
  return document.getElementById("reply-translation");
}

function drop() {
  place()?.replaceChildren();
}

export function translateDrafts() {
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const field = detail.ctx.sourceElement.matches?.("[data-translates]") && place()?.querySelector("textarea");
    if (!field) return;
    offerEmoji(field);
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
    document.getElementById("reply-text")?.focus();
  });
}
