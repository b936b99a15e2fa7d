// Keys. What a key presses says so itself (data-shortcut); single keys can be switched off (WCAG 2.1.4) and never do anything
// while somebody types, holds another key, or has a dialog open. Ctrl+K and Cmd+K always open the palette.
import { Palette } from "./palette.js";
import { pickRow } from "./picking.js";
import { use } from "./using.js";

const SEQUENCE = 1200;
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]:not([contenteditable=false])";
let begun = "";
let forget = null;

function isShown(element) {
  return element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;
}

// The field of a dialog that was closed a moment ago still has the focus, until the page is drawn anew.
function isTyping(target) {
  const field = target.closest?.(FIELDS);
  return Boolean(field) && isShown(field);
}

function press(keys) {
  const found = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(keys)}"]`)];
  // What the page itself has for a key goes before what the frame around it has.
  const element = found.find((one) => isShown(one) && one.closest("main")) ?? found.find(isShown) ?? found.find((one) => one.href);
  if (!element) return false;
  if (element.tagName === "FORM") element.requestSubmit(element.querySelector("[type=submit]"));
  else use(element);
  // Before the next key: what opens may say so only later.
  document.getElementById(element.dataset.thenFocus)?.focus();
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll(".row-link")];
  if (!rows.length) return false;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].focus();
  return true;
}

function reply() {
  const field = document.getElementById("reply-text");
  if (!field || field.form.hidden) return false;
  field.focus();
  return true;
}

function search() {
  const field = document.getElementById("search-text");
  if (!field) return press("/");
  field.focus();
  field.select();
  return true;
}

const KEYS = {
  "/": search,
  j: () => move(1),
  k: () => move(-1),
  r: reply,
  x: pickRow,
  "?": () => {
    document.getElementById("keys")?.showModal();
    return true;
  },
};

function remember(key) {
  clearTimeout(forget);
  begun = key;
  forget = setTimeout(() => (begun = ""), SEQUENCE);
}

function single(event) {
  const key = event.key;
  if (key.length !== 1) return;
  if (begun) {
    const keys = `${begun} ${key}`;
    begun = "";
    if (press(keys)) event.preventDefault();
    return;
  }
  if (key === "g") remember(key);
  else if (KEYS[key] ? KEYS[key]() : press(key)) event.preventDefault();
}

export function listenToKeys() {
  const palette = new Palette();
  if (!palette.isThere) return;
  palette.listen();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) palette.open();
      return;
    }
    if (document.body.dataset.shortcuts !== "on" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    single(event);
  });
}
