// Files for a reply: chosen ones go at once, pasted ones too, and the words that are being written stay where they are.
import { freshKey } from "./fresh.js";

function form() {
  return document.querySelector("[data-attaches]");
}

// Another choice is another file: under the key of the one before, the house would take it for that one sent again.
function send(target) {
  target.querySelector("[data-fresh-key]").value = freshKey();
  target.requestSubmit();
}

function taken(target) {
  target.reset();
  target.closest("details").open = false;
  document.getElementById("reply-text")?.focus();
}

// What brings a file needs no words.
function askForWords() {
  const field = document.getElementById("reply-text");
  if (field) field.required = !field.form.querySelector('[name^="file-"]');
}

export function attachFiles() {
  document.addEventListener("htmx:after:swap", askForWords);
  document.addEventListener("change", ({ target }) => {
    if (target.id === "attach-files" && target.files.length) send(target.form);
  });
  document.addEventListener("paste", (event) => {
    const there = event.target.id === "reply-text" && form();
    const { files, types } = event.clipboardData ?? {};
    // Office programs lay a picture of the words beside them: what was meant are the words.
    if (!there || !files?.length || types.includes("text/plain")) return;
    event.preventDefault();
    there.elements.files.files = files;
    send(there);
  });
  document.addEventListener("htmx:after:request", ({ detail }) => {
    const source = detail.ctx.sourceElement;
    if (source.matches?.("[data-attaches]") && detail.ctx.response.status < 300) taken(source);
    else if (source.matches?.("[data-detaches]")) document.getElementById("reply-text")?.focus();
  });
}
