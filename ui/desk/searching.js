// What stands in the search field is looked for a moment after the last letter. Sending the form looks at once, and for more
// (customers known by exactly this): what waited then must not come after it and show less.
const PAUSE = 250;

export function searchWhileTyping() {
  let waiting = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "search-text") return;
    clearTimeout(waiting);
    waiting = setTimeout(() => window.htmx.trigger(event.target, "typed"), PAUSE);
  });
  document.addEventListener("submit", (event) => event.target.id === "search-form" && clearTimeout(waiting), { capture: true });
}
