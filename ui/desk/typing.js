// Signs that somebody writes: the customer's are shown for a moment, the agent's go out now and then. Kept nowhere.

const EVERY = 3_000; // milliseconds between two signs of ours
const SHOWN = 6_000; // milliseconds that a sign of theirs counts

let timer = 0;
let told = 0;
let heard = 0; // messages of the customer on the page

function hide() {
  clearTimeout(timer);
  for (const one of document.querySelectorAll("[data-typing]")) one.hidden = true;
}

function messages() {
  return document.querySelectorAll("#lines .line-customer").length;
}

// The customer of the open conversation is writing.
export function showTyping() {
  const sign = document.querySelector("[data-typing]");
  if (!sign) return;
  sign.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hide, SHOWN);
}

export function tellTyping() {
  heard = messages();
  // The sign outlives a refresh of the page, until what was being written is there.
  document.addEventListener("htmx:after:swap", () => {
    const now = messages();
    if (now > heard) hide();
    heard = now;
  });
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "reply-text" || !target.value.trim() || Date.now() - told < EVERY) return;
    const form = target.form;
    told = Date.now();
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    fetch(`/desk/conversations/${form.dataset.reply}/typing`, { method: "POST", body }).catch(() => {});
  });
}
