import assert from "node:assert/strict";
import { test } from "node:test";

import { EventReader } from "./events.js";

const STREAM = ': hello\n\nid: 7\nevent: entry\ndata: {"a":1}\n\nevent: state\ndata: one\ndata: two\n\n';

test("a stream is cut into its events", () => {
  const events = new EventReader().read(STREAM);
  assert.deepEqual(events, [
    { id: "7", name: "entry", data: '{"a":1}' },
    { id: "7", name: "state", data: "one\ntwo" },
  ]);
});

test("it does not matter where the network cuts the stream, nor how lines end", () => {
  for (const text of [STREAM, STREAM.replaceAll("\n", "\r\n"), STREAM.replaceAll("\n", "\r")]) {
    const whole = new EventReader();
    const byOne = new EventReader();
    const expected = whole.read(`${text}:\n`);
    assert.deepEqual(Array.from(`${text}:\n`).flatMap((letter) => byOne.read(letter)), expected);
    assert.equal(expected.length, 2);
  }
});

test("comments, unknown fields and events without data give nothing", () => {
  assert.deepEqual(new EventReader().read(":\n\nretry: 5\nnonsense\n\nevent: entry\n\n"), []);
});
