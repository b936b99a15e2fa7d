// What a page paints while nobody can see it has not been seen: it says so, and asks again once somebody looks.
const HIDDEN = "X-Page-Hidden"; // read in doors/web/desk/conversation/seeing.py

export function tellSeeing() {
  let missed = false;
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.target?.id !== "conversation" || !document.hidden) return;
    ctx.request.headers[HIDDEN] = "yes";
    missed = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !missed) return;
    missed = false;
    window.htmx.trigger(document.body, "conversation");
  });
}
