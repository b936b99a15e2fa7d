// When people answer again, in the customer's language and in the company's own time.

/**
 * @param {import("./words.js").Words} words
 * @param {import("./api.js").Closed} closed
 * @returns {string} one sentence
 */
export function sayAgain(words, { again }) {
  if (!again) return words.say("hours.unknown");
  const { day, time, zone } = again;
  return words.say("hours.again", { day: dayOf(words, day), time, zone: zone.replaceAll("_", " ") });
}

/** @param {import("./words.js").Words} words @param {string} day `today`, `mon` to `sun`, or a date such as 2026-12-28 */
function dayOf(words, day) {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return words.say(`hours.on.${day}`);
  const format = new Intl.DateTimeFormat(words.language, { day: "numeric", month: "long", timeZone: "UTC" });
  return words.say("hours.on.date", { date: format.format(new Date(`${day}T00:00:00Z`)) });
}
