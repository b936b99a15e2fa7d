// What an agent is writing: kept sealed in this browser by conversation and member of staff until it is sent, given back after a
// reload, a crash or a new sign-in, never shown to anybody else, and never sent twice. Where nothing can be sealed it is kept for
// this tab alone.
//
// A form carries a key, and the house takes one key for one reply. While the text stays as it was when it was sent and no
// answer came, it keeps its key: sent again, it is still one reply. Once it is changed, or answered, it gets a new one.
import { freshKey } from "./fresh.js";
import { toast } from "../design/behaviour.js";
import { canSeal, forget, forgetOld, forgetSealed, seal, sealingKey, unseal } from "./sealed.js";
import { showTranslation } from "./translating.js";
import { words } from "./words.js";

const PREFIX = "doorward.draft.";

const drafts = new Map(); // by conversation, as this page knows them

function place(conversation) {
  return `${document.body.dataset.member}.${conversation}`;
}

function read(conversation) {
  return drafts.get(conversation) ?? {};
}

async function load(conversation) {
  if (canSeal) return (await unseal(place(conversation))) ?? {};
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + place(conversation))) ?? {};
  } catch {
    return {};
  }
}

function write(conversation, draft) {
  drafts.set(conversation, draft);
  const begun = draft.text || draft.translated;
  if (canSeal) return begun ? seal(place(conversation), draft) : forget(place(conversation));
  try {
    if (begun) sessionStorage.setItem(PREFIX + place(conversation), JSON.stringify(draft));
    else sessionStorage.removeItem(PREFIX + place(conversation));
  } catch {
    // Storage may be full or forbidden; the text is still in its field.
  }
}

export function forgetDrafts(but = "") {
  if (!but && canSeal) forgetSealed();
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX) && !(but && name.startsWith(`${PREFIX}${but}.`))) sessionStorage.removeItem(name);
  }
}

function parts() {
  const form = document.querySelector("[data-reply]");
  return form && { form, text: form.elements.text, key: form.elements.key, conversation: form.dataset.reply };
}

function translation({ form }) {
  return form.elements.translated?.value ?? "";
}

// What would be sent: with a translation beside it, both.
function whole(here) {
  const translated = translation(here);
  return translated ? `${here.text.value}\u0000${translated}` : here.text.value;
}

async function restore() {
  const here = parts();
  if (!here) return;
  const draft = await load(here.conversation);
  if (!(draft.text || draft.translated) || here.text.value || translation(here) || drafts.has(here.conversation)) return;
  drafts.set(here.conversation, draft);
  // Where nothing translates any more, what was written for the customer is not lost with its field.
  const lost = draft.translated && !showTranslation(draft.translated);
  here.text.value = lost ? [draft.text, draft.translated].filter(Boolean).join("\n\n") : draft.text;
  // What was tried may have come: under its key it is taken once. Whatever is typed now makes it another reply.
  if (draft.tried !== undefined && draft.key) here.key.value = draft.key;
  if (!here.form.hidden) toast(words().restored, "info");
}

function note(here) {
  const draft = read(here.conversation);
  // A text that was sent and then changed is another reply.
  if (draft.tried !== undefined && draft.tried !== whole(here)) {
    here.key.value = freshKey();
    draft.tried = undefined;
  }
  write(here.conversation, { ...draft, text: here.text.value, translated: translation(here), key: here.key.value });
}

// When a colleague has the conversation now, what was begun is shown beside it instead of vanishing with the form.
function showKept() {
  const here = parts();
  const kept = document.getElementById("kept");
  if (!here || !kept) return;
  const begun = [here.text.value, translation(here)].filter((one) => one.trim()).join("\n\n");
  kept.hidden = !here.form.hidden || !begun;
  document.getElementById("kept-text").textContent = begun;
}

function sent(here) {
  write(here.conversation, {});
  here.text.value = "";
  here.key.value = freshKey();
}

function isReply(event) {
  return event.detail?.ctx?.sourceElement?.matches?.("[data-reply]");
}

function followSending() {
  document.addEventListener("htmx:before:request", (event) => {
    const here = parts();
    if (!isReply(event)) return;
    const tried = whole(here);
    write(here.conversation, { text: here.text.value, translated: translation(here), key: here.key.value, tried });
  });
  document.addEventListener("htmx:after:request", (event) => {
    if (isReply(event) && event.detail.ctx.response.status < 300) sent(parts());
  });
  document.addEventListener("htmx:error", (event) => {
    if (!isReply(event)) return;
    const trouble = document.getElementById("trouble");
    const notice = document.createElement("p");
    notice.className = "notice notice-warning";
    notice.textContent = words().unsent;
    trouble.replaceChildren(notice);
  });
}

export function keepDrafts() {
  const { member } = document.body.dataset;
  if (!member) return;
  forgetDrafts(member);
  if (canSeal) forgetOld();
  if (canSeal && parts()) sealingKey();
  restore().then(showKept);
  document.body.addEventListener("input", (event) => {
    const here = parts();
    if (here && (event.target === here.text || event.target === here.form.elements.translated)) note(here);
  });
  document.body.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-reply]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.body.addEventListener("submit", (event) => {
    if (event.target.matches("[data-ends-session]")) forgetDrafts();
  });
  document.addEventListener("htmx:after:swap", showKept);
  followSending();
}
