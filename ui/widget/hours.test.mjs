import assert from "node:assert/strict";
import { test } from "node:test";

import { sayAgain } from "./hours.js";
import { Words } from "./words.js";

const SENTENCES = {
  "hours.again": "Again {day} at {time} ({zone}).",
  "hours.unknown": "Nobody knows.",
  "hours.on.mon": "on Monday",
  "hours.on.date": "on {date}",
};

test("the next opening is told by its weekday, in the company's own time", () => {
  const closed = { again: { day: "mon", time: "09:00", zone: "America/New_York" } };
  assert.equal(sayAgain(new Words("en", SENTENCES), closed), "Again on Monday at 09:00 (America/New York).");
});

test("an opening that is far away is told by its date, whatever the browser's time zone", () => {
  const closed = { again: { day: "2026-12-28", time: "09:00", zone: "UTC" } };
  assert.equal(sayAgain(new Words("de", SENTENCES), closed), "Again on 28. Dezember at 09:00 (UTC).");
});

test("without an opening no day is promised", () => {
  assert.equal(sayAgain(new Words("en", SENTENCES), { again: null }), "Nobody knows.");
});

test("what a place says follows the language", () => {
  const words = new Words("en", { "hours.away": "At once. {again}", ...SENTENCES });
  assert.equal(words.say("hours.away", { again: (spoken) => sayAgain(spoken, {}) }), "At once. Nobody knows.");
});
