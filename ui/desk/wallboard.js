// The wallboard: it is asked for again now and then, since waits grow though nothing happens. On the whole screen what surrounds
// it goes and letters grow; Escape, or the key again, brings it back.
const EVERY = 5000; // milliseconds

function set(on) {
  document.body.toggleAttribute("data-wall-full", on);
  document.querySelector("[data-wall]")?.setAttribute("aria-pressed", String(on));
}

export function showWall() {
  const button = document.querySelector("[data-wall]");
  if (!button) return;
  setInterval(() => document.hidden || window.htmx.trigger(document.getElementById("wall"), "wall"), EVERY);
  button.addEventListener("click", () => {
    const on = !document.body.hasAttribute("data-wall-full");
    set(on);
    // A browser that refuses, as inside of a frame, still shows the page without what surrounds it.
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  });
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || set(false));
}
