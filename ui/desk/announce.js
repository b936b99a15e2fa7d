// Tells screen readers what a refresh brought. A region says in data-say what is worth saying, and counts in data-last;
// only a rising count is news.
const seen = new Map();

function look(region, announcer) {
  const before = seen.get(region.id);
  const now = Number(region.dataset.last ?? 0);
  seen.set(region.id, now);
  if (before !== undefined && now > before && region.dataset.say) announcer.textContent = region.dataset.say;
}

export function announceChanges() {
  const announcer = document.getElementById("announcer");
  const lookAtAll = () => {
    for (const region of document.querySelectorAll("[data-say]")) look(region, announcer);
  };
  lookAtAll();
  document.addEventListener("htmx:after:swap", lookAtAll);
}
