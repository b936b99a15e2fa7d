// Colleagues who look at the same conversation that nobody has, and supervisors who read along one that somebody has: a
// quiet word that comes and goes. Kept nowhere.

const EVERY = 15_000; // milliseconds between two signs of ours
const COUNTS = 40_000; // milliseconds that a sign of theirs counts: one that is lost is not noticed

/** Who looks, by id: the timer that forgets them, and whether they read along. @type {Map<string, {timer: number, along: boolean}>} */
const lookers = new Map();

function looks() {
  const { standing, along } = document.getElementById("conversation")?.dataset ?? {};
  return (["free", "over"].includes(standing) || along === "yes") && !document.hidden && document.body.dataset.connection !== "ended";
}

function give(gone) {
  const csrf = document.querySelector("[name=csrf]")?.value ?? "";
  const body = new URLSearchParams(gone ? { csrf, gone: "yes" } : { csrf });
  const address = `/desk/conversations/${document.body.dataset.follow}/looking`;
  fetch(address, { method: "POST", body, keepalive: true }).catch(() => {});
}

function show() {
  const place = document.getElementById("lookers");
  if (!place) return;
  // Who only looked before a colleague took the conversation does not read along: they stop giving signs of it.
  const held = ["mine", "theirs"].includes(document.getElementById("conversation")?.dataset.standing);
  const shown = [...lookers].filter(([, { along }]) => along === held);
  const names = shown.map(([who]) => document.querySelector(`#colleagues [data-member="${who}"]`)?.textContent);
  const known = names.filter(Boolean);
  const name = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(known);
  const { one, several, alongOne, alongSeveral } = place.dataset;
  const sentence = held ? (known.length > 1 ? alongSeveral : alongOne) : known.length > 1 ? several : one;
  const text = known.length ? sentence.replace("{name}", () => name) : "";
  if (place.textContent !== text) place.textContent = text;
}

function forget(who) {
  clearTimeout(lookers.get(who)?.timer);
  lookers.delete(who);
  show();
}

// A colleague looks at the open conversation, or has left it. Whoever is new to us does not know of us yet either.
export function hearLooking({ who, gone, along = false }) {
  const known = lookers.has(who);
  clearTimeout(lookers.get(who)?.timer);
  if (gone) {
    forget(who);
    return;
  }
  lookers.set(who, { along, timer: setTimeout(() => forget(who), COUNTS) });
  show();
  if (!known && looks()) give(false);
}

export function tellLooking() {
  if (!document.body.dataset.follow) return;
  const sign = () => looks() && give(false);
  // The line is live before we speak, or the answers would be missed.
  const state = new MutationObserver(() => document.body.dataset.connection === "live" && sign());
  state.observe(document.body, { attributeFilter: ["data-connection"] });
  setInterval(sign, EVERY);
  document.addEventListener("htmx:after:swap", show); // who has the conversation may have changed
  document.addEventListener("visibilitychange", () => (document.hidden ? give(true) : sign()));
  window.addEventListener("pagehide", () => give(true));
}
