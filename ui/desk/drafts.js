// What an agent is writing: sent with Ctrl+Enter, emptied once it was sent, and untouched by everything else.
function replyOf(event) {
  return event.detail?.ctx?.sourceElement?.closest?.("[data-reply]") ?? null;
}

export function keepDrafts() {
  document.body.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-reply]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.body.addEventListener("htmx:after:request", (event) => {
    const form = replyOf(event);
    if (form && event.detail.ctx.response.status < 300) form.querySelector("textarea").value = "";
  });
}
