// Warns before something that is written and not saved would be lost: a form with `data-guard`. The house shows a form anew with
// what was written after a mistake or a conflict and says then that nothing of it is saved (`data-guard="unsaved"`).
function show(form) {
  for (const place of form.querySelectorAll("[data-guard-state]")) place.hidden = form.dataset.guard !== "unsaved";
}

export function guardForms() {
  const forms = () => [...document.querySelectorAll("form[data-guard]")];
  forms().forEach(show);
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-guard]")) return;
    form.dataset.guard = "unsaved";
    show(form);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-guard]") && !event.defaultPrevented) event.target.dataset.guard = "sending";
  });
  window.addEventListener("beforeunload", (event) => {
    if (forms().some((form) => form.dataset.guard === "unsaved")) event.preventDefault();
  });
  // A form that was sent and came to nothing, because the network was gone, is unsaved still when one comes back to it.
  window.addEventListener("pageshow", () => {
    for (const form of forms()) if (form.dataset.guard === "sending") form.dataset.guard = "unsaved";
    forms().forEach(show);
  });
}
