// Form by keys and buttons while somebody writes, and a look at how it will be read. What is put into the field are the signs that
// may be written by hand as well; the house says what they mean.
const SIGNS = { strong: "**", emphasis: "*" };
const KEYS = { b: "strong", i: "emphasis" };
const ADDRESS = "https://";

// The words that were chosen get signs around them, or lose them where they have them already.
function wrap(field, sign) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  const around = value.slice(start - sign.length, start) === sign && value.slice(end, end + sign.length) === sign;
  // A single star beside another one is half of a double one.
  const doubled = sign === "*" && value[start - 2] === "*" && value[start - 3] !== "*";
  if (around && !doubled) {
    field.setRangeText(chosen, start - sign.length, end + sign.length, "select");
    return;
  }
  // Signs stand at the words' edges: with a blank between them they would be signs only.
  const words = chosen.trim();
  const before = chosen.slice(0, chosen.length - chosen.trimStart().length);
  const behind = words ? chosen.slice(chosen.trimEnd().length) : "";
  field.setRangeText(`${before}${sign}${words}${sign}${behind}`, start, end, "end");
  const at = start + before.length + sign.length;
  field.setSelectionRange(at, at + words.length);
}

function link(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  field.setRangeText(isAddress ? `[](${chosen})` : `[${chosen}](${ADDRESS})`, start, end, "end");
  // What is still to be written is where the caret goes: the words, or the address.
  const at = isAddress || !chosen ? start + 1 : start + chosen.length + 3 + ADDRESS.length;
  field.setSelectionRange(at, at);
}

function format(field, name) {
  if (name === "link") link(field);
  else wrap(field, SIGNS[name]);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function press(event) {
  const { target } = event;
  if (!target.matches?.("[data-formats]") || !(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
  const key = event.key.toLowerCase();
  const name = event.shiftKey ? key === "k" && "link" : KEYS[key];
  if (!name) return;
  event.preventDefault();
  event.stopPropagation();
  format(target, name);
}

function fold(button) {
  button.setAttribute("aria-expanded", "false");
  document.getElementById(button.dataset.preview)?.setAttribute("hidden", "");
}

function previews() {
  // Pressed again it goes; before htmx hears of it, which would ask for it anew.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("[data-preview]");
      if (button?.getAttribute("aria-expanded") !== "true") return;
      event.preventDefault();
      event.stopPropagation();
      fold(button);
    },
    true,
  );
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const button = detail.ctx.sourceElement;
    if (!button.matches?.("[data-preview]")) return;
    button.setAttribute("aria-expanded", "true");
    document.getElementById(button.dataset.preview)?.removeAttribute("hidden");
  });
  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("[data-formats]")) return;
    const button = document.querySelector(`[data-preview="${CSS.escape(target.id)}-preview"]`);
    if (button) fold(button);
  });
}

export function formatByKeys() {
  document.addEventListener("keydown", press, true);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-format]");
    const field = button && document.getElementById(button.dataset.field);
    if (field) format(field, button.dataset.format);
  });
  previews();
}
