// Files for a reply: chosen ones go at once, pasted ones too, and the words that are being written stay where they are.
function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function form() {
  return document.querySelector("[data-attaches]");
}

function taken(target) {
  target.reset();
  target.querySelector("[data-fresh-key]").value = freshKey();
  target.closest("details").open = false;
  document.getElementById("reply-text")?.focus();
}

export function attachFiles() {
  document.addEventListener("change", ({ target }) => {
    if (target.id === "attach-files" && target.files.length) target.form.requestSubmit();
  });
  document.addEventListener("paste", (event) => {
    const there = event.target.id === "reply-text" && form();
    const { files } = event.clipboardData ?? {};
    if (!there || !files?.length) return;
    event.preventDefault();
    there.elements.files.files = files;
    there.requestSubmit();
  });
  document.addEventListener("htmx:after:request", ({ detail }) => {
    const source = detail.ctx.sourceElement;
    if (source.matches?.("[data-attaches]") && detail.ctx.response.status < 300) taken(source);
    else if (source.matches?.("[data-detaches]")) document.getElementById("reply-text")?.focus();
  });
}
