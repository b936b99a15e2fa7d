// What asks before it does something (`hx-confirm`) asks in a dialog of the design, not in the browser's own box. Only a press on
// the button that says what is done goes on: Escape, the safe button and a click beside the dialog drop it.
export function askFirst() {
  const dialog = document.getElementById("confirm");
  if (!dialog?.showModal) return;
  const question = dialog.querySelector("[data-question]");
  const yes = dialog.querySelector("[data-yes]");
  const agreed = new WeakSet();
  let waiting = null;

  document.addEventListener("htmx:confirm", (event) => {
    event.preventDefault();
    const { ctx, issueRequest, dropRequest } = event.detail;
    if (waiting) {
      dropRequest();
      return;
    }
    waiting = { ctx, issueRequest, dropRequest };
    const pressed = ctx.sourceElement.querySelector("[type=submit]") ?? ctx.sourceElement;
    question.textContent = ctx.confirm;
    yes.querySelector("span").textContent = pressed.textContent.trim();
    dialog.showModal();
  });
  yes.addEventListener("click", () => {
    if (!waiting) return;
    agreed.add(waiting.ctx);
    waiting.issueRequest();
    waiting = null;
  });
  dialog.addEventListener("close", () => {
    waiting?.dropRequest();
    waiting = null;
  });
  // What was pressed is often gone once it is done: what stands there now is read next, unless somebody is busy elsewhere.
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (agreed.has(detail.ctx) && document.activeElement === document.body) document.getElementById("standing")?.focus();
  });
}
