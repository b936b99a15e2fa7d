import assert from "node:assert/strict";
import test from "node:test";

import { Line } from "./line.js";

// Streams as a browser has them: they speak when the test says so.
class Stream {
  static all = [];
  open = true;
  #listeners = {};

  constructor(address) {
    this.address = address;
    Stream.all.push(this);
  }

  addEventListener(name, listener) {
    this.#listeners[name] = listener;
  }

  close() {
    this.open = false;
  }

  say(name, data = {}) {
    if (this.open) this.#listeners[name]({ data: JSON.stringify(data) });
  }
}

globalThis.EventSource = Stream;

function line(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  Stream.all = [];
  const told = [];
  const made = new Line((message) => told.push(message.event));
  const join = (tab, follow) => {
    made.join(tab, follow);
    context.mock.timers.tick(1_000);
  };
  return { made, told, join };
}

test("the old stream is heard until the new one speaks", (context) => {
  const { told, join } = line(context);
  join("one", "a");
  const [old] = Stream.all;
  old.say("conversation", { id: "a" });
  join("two", "b");
  old.say("typing", { id: "a" });
  assert.equal(told.at(-1), "typing");
  const fresh = Stream.all[1];
  fresh.say("desk");
  assert.deepEqual([old.open, fresh.open], [false, true]);
  assert.match(fresh.address, /a%2Cb$/);
});

test("a stream that was replaced before it spoke does not leave the one before it open", (context) => {
  const { join } = line(context);
  join("one", "a");
  Stream.all[0].say("desk");
  join("two", "b");
  join("three", "c");
  Stream.all[2].say("desk");
  assert.deepEqual(Stream.all.map((stream) => stream.open), [false, false, true]);
});

test("when the last tab goes, no stream stays", (context) => {
  const { made, join } = line(context);
  join("one", "a");
  join("two", "b");
  made.leave("one");
  made.leave("two");
  assert.deepEqual(Stream.all.map((stream) => stream.open), [false, false]);
});
