// What is known of a customer, opened beside the conversation: what came is read next.
export function showKnown() {
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (detail.ctx.sourceElement.matches?.("[data-shows-known]")) document.getElementById("known")?.focus();
  });
}
