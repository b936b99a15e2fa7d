import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "./outbox.js";

function outbox() {
  let number = 0;
  return new Outbox(() => `id${(number += 1)}`);
}

test("messages go out one at a time, in the order in which they were written", () => {
  const box = outbox();
  const [first, second] = [box.add("a"), box.add("b")];
  assert.equal(box.take(), first);
  assert.equal(box.take(), null);
  box.sent(first);
  assert.equal(box.take(), second);
});

test("a message that did not get through keeps its place and its id", () => {
  const box = outbox();
  const first = box.add("a");
  box.add("b");
  const { id } = box.take();
  box.keep(first);
  assert.equal(box.take(), first);
  assert.equal(first.id, id);
  assert.equal(first.tries, 2);
});

test("a refused message does not hold up the others, and is a new message when it is sent again", () => {
  const box = outbox();
  const [first, second] = [box.add("a"), box.add("b")];
  box.take();
  box.refuse(first);
  assert.equal(box.take(), second);
  box.sent(second);
  const { id } = first;
  box.renew(first);
  assert.notEqual(first.id, id);
  assert.equal(box.take(), first);
});

test("what the server has is forgotten here", () => {
  const box = outbox();
  const draft = box.add("my card is 1234");
  box.take();
  box.sent(draft);
  assert.equal(draft.text, "");
  assert.equal(box.waiting, 0);
});

test("a message that is seen in the conversation is not sent again", () => {
  const box = outbox();
  const draft = box.add("a");
  assert.equal(box.take(), draft);
  assert.equal(box.arrived(draft.id), false);
  box.keep(draft);
  assert.equal(box.arrived(draft.id), true);
  assert.equal(box.take(), null);
});
