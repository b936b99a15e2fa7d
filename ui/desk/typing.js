// Signs that somebody writes: the customer's are shown for a moment, the agent's go out now and then. Kept nowhere.

const EVERY = 3_000; // milliseconds between two signs of ours
const SHOWN = 6_000; // milliseconds that a sign of theirs counts

let timer = 0;
let told = 0;

// The customer of the open conversation is writing.
export function showTyping() {
  const sign = document.querySelector("[data-typing]");
  if (!sign) return;
  sign.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const one of document.querySelectorAll("[data-typing]")) one.hidden = true;
  }, SHOWN);
}

export function tellTyping() {
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "reply-text" || !target.value.trim() || Date.now() - told < EVERY) return;
    const form = target.form;
    told = Date.now();
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    fetch(`/desk/conversations/${form.dataset.reply}/typing`, { method: "POST", body }).catch(() => {});
  });
}
