// Handing a conversation over: what is asked comes into a dialog. A refusal is shown in it with all that was written; once it
// is done the dialog goes, and how the conversation stands now is read next: the button that opened it is gone.
export function askToWhom() {
  const dialog = document.getElementById("hand-over");
  if (!dialog) return;
  const content = dialog.querySelector("#hand-over-content");

  const done = () => {
    dialog.close();
    document.getElementById("standing")?.focus();
  };

  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const source = detail.ctx.sourceElement;
    if (source.matches?.("[data-asks-to-whom]")) {
      if (!dialog.open) dialog.showModal();
      content.querySelector("input:checked")?.focus();
    } else if (source.matches?.("[data-hands-over]")) {
      if (detail.ctx.response.status < 300) done();
      else content.querySelector("input:checked, a")?.focus();
    }
  });
  dialog.addEventListener("close", () => content.replaceChildren());
  // Where the dialog is, keeping the conversation is closing it.
  content.addEventListener("click", (event) => event.target.closest("[data-close]") && event.preventDefault());
}
