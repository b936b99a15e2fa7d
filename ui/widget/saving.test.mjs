import assert from "node:assert/strict";
import test from "node:test";

import { asText } from "./saving.js";

test("a saved conversation says who said what and when", () => {
  const text = asText("Chat with Halden", [{ at: "2026-01-02T10:00:00Z", author: "You", text: "Hello\n[CARD·4242]" }], "en-GB");
  assert.match(text, /^Chat with Halden\n=+\n/);
  assert.match(text, /2 Jan 2026.* · You\nHello\n\[CARD·4242\]\n/);
});
