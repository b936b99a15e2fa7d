// Handing a conversation over to the chat widget: it looks into the tab's session storage for a visit to go on with
// (ui/widget/memory.js), and finds the token that the house wrote into the page.

const PREFIX = "doorward:";

/** @param {HTMLMetaElement | null} visit */
export function handVisit(visit) {
  if (!visit) return;
  const state = { token: visit.content, language: visit.dataset.language, open: true };
  try {
    sessionStorage.setItem(PREFIX + visit.dataset.key, JSON.stringify(state));
  } catch {
    // Without storage the chat opens with a new conversation.
  }
}

/** Whoever signs out leaves no conversation behind in this tab. */
export function forgetVisits() {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // There is none.
  }
}
