// What components do beyond what the browser does by itself: dialogs open, toasts go, the list of mistakes is read first.
// Everything is listened for at the document, so that parts of pages that come later need no word to it.
const TOAST_MILLISECONDS = 8000;

function openDialog(event) {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
}

function closeDialog(event) {
  const dialog = event.target.closest?.("dialog");
  // A click on the dialog's own box, outside of what it holds, is one on the backdrop.
  const box = event.target === dialog ? dialog.getBoundingClientRect() : null;
  const beside =
    box && event.detail > 0 && (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom);
  if (beside || event.target.closest?.("[data-close]")) dialog?.close();
}

function toasts() {
  let place = document.getElementById("toasts");
  if (!place) {
    place = document.createElement("div");
    place.id = "toasts";
    place.className = "toasts";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  return place;
}

// Says something that needs no answer. `tone`: info, success, warning, danger. What must not be missed is a notice instead.
export function toast(text, tone = "info") {
  const one = document.createElement("div");
  one.className = `toast toast-${tone}`;
  const words = document.createElement("p");
  words.textContent = text;
  one.append(words);
  toasts().append(one);
  let leave = setTimeout(() => one.remove(), TOAST_MILLISECONDS);
  const stay = () => clearTimeout(leave);
  const go = () => (leave = setTimeout(() => one.remove(), TOAST_MILLISECONDS));
  one.addEventListener("pointerenter", stay);
  one.addEventListener("pointerleave", go);
  one.addEventListener("click", () => one.remove());
}

// What was waited for has ended: its sentence is read next, unless somebody is busy elsewhere on the page meanwhile.
function readEndNext() {
  const busy = document.activeElement?.matches("input, textarea, select, button, a, summary, [contenteditable]");
  if (!busy) document.querySelector("[data-ends]")?.focus();
}

function readMistakesFirst() {
  document.querySelector("[data-focus]")?.focus();
  readEndNext();
}

// Of tabs that a narrow screen cannot show all at once, the open one is in sight.
function showOpenTab() {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const tabs = tab.closest(".tabs");
    const beyond = tab.getBoundingClientRect().right - tabs.getBoundingClientRect().right;
    if (beyond > 0) tabs.scrollLeft += beyond + tabs.clientWidth / 4;
  }
}

export function startComponents() {
  document.addEventListener("click", (event) => {
    openDialog(event);
    closeDialog(event);
    event.target.closest?.("[data-dismiss]")?.closest(".toast, .notice")?.remove();
  });
  // A server's answer may bring a sentence: HX-Trigger: {"toast": {"text": …, "tone": …}}
  document.body.addEventListener("toast", (event) => {
    if (event.detail?.text) toast(event.detail.text, event.detail.tone);
  });
  readMistakesFirst();
  showOpenTab();
  window.addEventListener("resize", showOpenTab);
  document.body.addEventListener("htmx:after:swap", (event) => {
    event.target.querySelector?.("[data-focus]")?.focus();
    readEndNext();
  });
}
