// Rows of the inbox that are picked for a bulk action. The boxes and their form work without this; here are the keys, how many
// are picked, and that a refresh of the lists takes no pick away.
function boxes() {
  return [...document.querySelectorAll("#inbox [data-pick]")];
}

function tell(form) {
  const number = boxes().filter((box) => box.checked).length;
  const words = form.querySelector("[data-picked]");
  words.textContent = number ? words.dataset.some.replace("{number}", number) : words.dataset.none;
  form.querySelector(".bulk-acts").hidden = !number;
}

// What `x` does: the row with the focus is picked, or picked no more.
export function pickRow() {
  const box = document.activeElement?.closest(".row")?.querySelector("[data-pick]");
  box?.click();
  return Boolean(box);
}

export function pickRows() {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const picked = new Set();

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-pick]")) return;
    if (box.checked) picked.add(box.value);
    else picked.delete(box.value);
    // In two lists at once it is one conversation.
    for (const other of boxes()) if (other.value === box.value) other.checked = box.checked;
    tell(form);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-pick-all]")) return;
    const all = boxes();
    const on = !all.every((box) => box.checked);
    picked.clear();
    for (const box of all) {
      box.checked = on;
      if (on) picked.add(box.value);
    }
    tell(form);
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const box of boxes()) box.checked = picked.has(box.value);
    tell(form);
  });
  document.body.addEventListener("picked-done", () => {
    picked.clear();
    for (const box of boxes()) box.checked = false;
    for (const menu of form.querySelectorAll("details[open]")) menu.open = false;
    tell(form);
  });
  tell(form);
}
