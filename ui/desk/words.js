// The few sentences that scripts say themselves, in the reader's language, as the page brings them.
export function words() {
  return document.getElementById("shell-words")?.dataset ?? {};
}
