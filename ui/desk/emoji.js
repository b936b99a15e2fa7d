// Emoji by their names: the ones that the house's languages know, offered behind a colon and in a grid that arrows walk through.
// What is put into the field is the character itself.
const COLUMNS = 10;
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };

let asked = null;

// Asked for once a page: the names are those of the reader's language.
export function emoji() {
  asked ??= fetch("/desk/emoji", { headers: { accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : []))
    .catch(() => []);
  return asked;
}

export async function emojiOffers() {
  return (await emoji()).map(({ sign, words }) => ({ keys: words, name: `${sign} ${words[0]}`, text: sign }));
}

function cell({ sign, words }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "emoji";
  button.textContent = sign;
  button.tabIndex = -1;
  button.title = words[0];
  button.setAttribute("role", "gridcell");
  button.setAttribute("aria-label", words[0]);
  return button;
}

function fill(panel, all) {
  const grid = document.createElement("div");
  grid.className = "emoji-grid";
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", panel.dataset.label);
  for (let at = 0; at < all.length; at += COLUMNS) {
    const row = document.createElement("div");
    row.className = "emoji-row";
    row.setAttribute("role", "row");
    row.append(...all.slice(at, at + COLUMNS).map(cell));
    grid.append(row);
  }
  panel.replaceChildren(grid);
}

// One cell of the grid takes part in the order of the tabulator: the one that was reached last.
function focus(cells, at) {
  for (const one of cells) one.tabIndex = -1;
  cells[at].tabIndex = 0;
  cells[at].focus();
}

function close(button, panel) {
  panel.hidden = true;
  button.setAttribute("aria-expanded", "false");
}

async function open(button, panel) {
  if (!panel.firstChild) fill(panel, await emoji());
  const cells = [...panel.querySelectorAll(".emoji")];
  if (!cells.length) return;
  panel.hidden = false;
  button.setAttribute("aria-expanded", "true");
  focus(cells, Math.max(0, cells.findIndex((one) => one.tabIndex === 0)));
}

function walk(event, panel) {
  const cells = [...panel.querySelectorAll(".emoji")];
  const at = cells.indexOf(document.activeElement);
  const inline = getComputedStyle(panel).direction === "rtl" && event.key.match(/Left|Right/) ? -1 : 1;
  const wanted = { Home: 0, End: cells.length - 1 }[event.key] ?? (event.key in STEPS ? at + STEPS[event.key] * inline : -1);
  if (!(event.key in STEPS) && !["Home", "End"].includes(event.key)) return;
  event.preventDefault();
  if (cells[wanted]) focus(cells, wanted);
}

// A field that comes later brings its button along: `root` is what came.
export function pickEmoji(root = document) {
  for (const button of root.querySelectorAll("[data-emoji-for]")) {
    const panel = document.getElementById(button.getAttribute("aria-controls"));
    const field = document.getElementById(button.dataset.emojiFor);
    button.addEventListener("click", () => (panel.hidden ? open(button, panel) : close(button, panel)));
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return walk(event, panel);
      event.stopPropagation();
      close(button, panel);
      button.focus();
    });
    panel.addEventListener("focusout", ({ relatedTarget }) => {
      if (!panel.contains(relatedTarget) && relatedTarget !== button) close(button, panel);
    });
    panel.addEventListener("click", ({ target }) => {
      const chosen = target.closest(".emoji");
      if (!chosen) return;
      field.setRangeText(chosen.textContent, field.selectionStart, field.selectionEnd, "end");
      close(button, panel);
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
