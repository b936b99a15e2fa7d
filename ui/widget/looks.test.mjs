import assert from "node:assert/strict";
import { test } from "node:test";

import { inkOn, lengthOf, luminance, pieces, safeColour } from "./looks.js";

const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

test("ink is readable on every accent (WCAG AA, 4.5)", () => {
  for (let red = 0; red < 256; red += 15)
    for (let green = 0; green < 256; green += 15)
      for (let blue = 0; blue < 256; blue += 15) {
        const colour = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
        assert.ok(contrast(colour, inkOn(colour)) >= 4.5, `${colour} ${inkOn(colour)}`);
      }
});

test("only plain colours reach the style sheet", () => {
  assert.equal(safeColour("#0F6b5c", "#000000"), "#0F6b5c");
  for (const bad of ["red", "#fff", "#123456;}*{display:none", null, 7]) assert.equal(safeColour(bad, "#000000"), "#000000");
});

test("length is counted in code points", () => {
  assert.equal(lengthOf("a😀é"), 3);
});

test("a masked text is cut at its masked places, counted in code points", () => {
  assert.deepEqual(pieces("😀 [CARD·4242]!", [{ start: 2, end: 13 }]), [
    { text: "😀 ", masked: false },
    { text: "[CARD·4242]", masked: true },
    { text: "!", masked: false },
  ]);
});

test("places that make no sense are plain text", () => {
  const text = "hello";
  for (const spans of [undefined, [], [{ start: 3, end: 99 }], [{ start: 2, end: 2 }], [{ start: -1, end: 2 }]])
    assert.deepEqual(pieces(text, spans), [{ text, masked: false }]);
  assert.deepEqual(pieces("", undefined), []);
});

test("a typed look-alike of a mask is text: only the door's places count", () => {
  assert.deepEqual(pieces("I typed \\[CARD·4242] myself", []), [{ text: "I typed \\[CARD·4242] myself", masked: false }]);
});
