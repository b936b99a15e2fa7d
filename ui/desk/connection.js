// Says when the live connection is interrupted, and that it is back.
export function watchConnection() {
  const note = document.getElementById("offline");
  if (!note) return;
  document.body.addEventListener("htmx:sse:error", () => (note.hidden = false));
  document.body.addEventListener("htmx:sse:after:connection", () => (note.hidden = true));
  // A page that comes back from the browser's memory, or from the background, may have missed something.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}
