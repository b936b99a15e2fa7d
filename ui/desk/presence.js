// Saying why one is away: the menu closes, and the focus is where it was opened.
export function sayPresence() {
  const chosen = new WeakSet();
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.closest?.("#presence-menu")) chosen.add(ctx);
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const menu = chosen.has(ctx) && document.getElementById("presence-menu");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
