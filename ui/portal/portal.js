// The portal works without this script but for two things that only a script can do: passkeys, and opening the chat.
import { ask } from "./passkeys.js";
import { forgetVisits, handVisit } from "./visits.js";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  for (const mark of document.querySelectorAll("[data-or]")) mark.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.answer.value) return; // the authenticator has answered: the form goes its usual way
    event.preventDefault();
    ask(form);
  });
}

for (const form of document.querySelectorAll("form[data-leaves]")) form.addEventListener("submit", forgetVisits);

handVisit(document.querySelector('meta[name="doorward-visit"]'));
