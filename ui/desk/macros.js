// Running a macro: the macros there are come into a dialog, and after a run what became of each step. The conversation behind it
// is asked for anew when the dialog goes, whether or not the stream told of the change.
export function runMacros() {
  const dialog = document.getElementById("macros");
  if (!dialog) return;
  const content = dialog.querySelector("#macros-content");
  let ran = false;

  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const source = detail.ctx.sourceElement;
    if (source.matches?.("[data-asks-which-macro]")) {
      if (!dialog.open) dialog.showModal();
      content.querySelector("input:checked, a")?.focus();
    } else if (source === content || source.matches?.("[data-runs-macro]")) {
      // The form that was sent is gone by now, and what it was put into stands for it.
      ran = true;
      content.querySelector("#macro-steps, input:checked, a")?.focus();
    }
  });
  dialog.addEventListener("close", () => {
    content.replaceChildren();
    if (ran) document.getElementById("standing")?.focus();
    if (ran) window.htmx.trigger(document.body, "conversation");
    ran = false;
  });
  // Where the dialog is, going back to the conversation is closing it.
  content.addEventListener("click", (event) => event.target.closest("[data-close]") && event.preventDefault());
}
