// Putting a conversation in order by the keyboard: after an answer the focus is where it was, fields show what is kept, a menu
// that a key opened has its first choice ready, and times are told in the reader's own time zone.
function tellMoments() {
  const language = document.documentElement.lang;
  for (const time of document.querySelectorAll("time[data-at]")) {
    time.textContent = new Date(time.dateTime).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  }
}

// What was sent is kept: its fields show what the answer says, and the menu that it was chosen in closes.
function showAsKept(sent) {
  for (const form of document.querySelectorAll("form[data-marks]")) {
    if (form.getAttribute("action") !== sent.getAttribute("action")) continue;
    form.reset();
    for (const menu of form.querySelectorAll("details[open]")) menu.open = false;
  }
}

function keepPlace() {
  const left = new WeakMap();
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement.matches?.("[data-marks]")) left.set(ctx, document.activeElement?.id ?? "");
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (!left.has(ctx)) return;
    if (ctx.response?.status < 300) showAsKept(ctx.sourceElement);
    const place = document.getElementById(left.get(ctx));
    if (document.activeElement === document.body || place) (place ?? document.getElementById("marks"))?.focus();
  });
}

export function markConversations() {
  tellMoments();
  keepPlace();
  document.addEventListener("htmx:after:swap", tellMoments);
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (target.open && target.querySelector("summary[data-then-first]")) target.querySelector(".menu-item")?.focus();
    },
    true,
  );
}
