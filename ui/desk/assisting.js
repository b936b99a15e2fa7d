// A suggested answer goes into the reply's field, behind what stands there already. It is never sent by itself.
import { toast } from "../design/behaviour.js";

export function useAnswers() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-uses-answer]");
    const field = document.getElementById("reply-text");
    if (!form || !field || field.form.hidden) return;
    event.preventDefault();
    const begun = field.value.trimEnd();
    field.value = begun ? `${begun}\n\n${form.elements.text.value}` : form.elements.text.value;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    toast(form.dataset.used, "info");
  });
}
