// A conversation's page is asked for in two ways, by what an agent does and by the refresh that news brings, and answers may
// overtake each other. What was shown before an action must not be shown again after it: that would take the field away
// under the agent's hands. So a refresh that was asked for before an action was answered is not shown, but asked for again.
const REFRESHED = "conversation"; // the event of the body that the refresh waits for (connection.js)

export function keepOrder() {
  const began = new WeakMap();
  let asked = 0;
  let actionShown = 0; // what had been asked for when the last action's answer was shown
  let refreshShown = 0;
  const concerns = (ctx) => ctx.target?.id === "conversation";
  const isRefresh = (ctx) => ctx.request.method === "GET";
  const again = () => window.htmx.trigger(document.body, REFRESHED);

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    asked += 1;
    if (concerns(ctx)) began.set(ctx, asked);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!concerns(ctx) || !began.has(ctx)) return;
    if (!isRefresh(ctx)) {
      actionShown = asked;
      // A refresh that was asked for later and is shown already may have known more than this answer.
      if (refreshShown > began.get(ctx)) setTimeout(again);
    } else if (began.get(ctx) <= actionShown) {
      event.preventDefault();
      setTimeout(again);
    } else refreshShown = began.get(ctx);
  });
}
