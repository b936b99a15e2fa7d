import assert from "node:assert/strict";
import { test } from "node:test";

import { Words, nameOf, wishes } from "./words.js";

const RUSSIAN = { "n|one": "{count} знак", "n|few": "{count} знака", "n|many": "{count} знаков", "n|other": "{count} знака" };

test("places are filled with plain text, once", () => {
  const words = new Words("en", { hello: "Chat with {company}" });
  assert.equal(words.say("hello", { company: "{company} <b>" }), "Chat with {company} <b>");
  assert.equal(words.say("hello"), "Chat with …");
});

test("numbers choose the plural of the language", () => {
  const words = new Words("ru", RUSSIAN);
  assert.deepEqual([1, 3, 5, 11, 21].map((count) => words.say("n", { count })), ["1 знак", "3 знака", "5 знаков", "11 знаков", "21 знак"]);
});

test("a category that a language lacks is said with the one for all others", () => {
  assert.equal(new Words("id", { "n|other": "sisa {count}" }).say("n", { count: 1 }), "sisa 1");
});

test("a missing sentence is seen", () => {
  assert.equal(new Words("en", {}).say("no.such"), "[no.such]");
});

test("the direction follows the script", () => {
  assert.deepEqual(["tr", "ru", "ar", "he"].map((code) => new Words(code, {}).direction), ["ltr", "ltr", "rtl", "rtl"]);
});

test("a language says its own name", () => {
  assert.deepEqual(["de", "tr", "ru"].map(nameOf), ["Deutsch", "Türkçe", "Русский"]);
});

test("the page's wish comes before the browser's, and English is the last resort", () => {
  assert.deepEqual(wishes("tr", ["de-AT"]), ["tr", "en"]);
  assert.deepEqual(wishes("auto", ["de-AT", "de", "RU"]), ["de", "ru", "en"]);
  assert.deepEqual(wishes(undefined, ["../../x", ""]), ["en"]);
});
