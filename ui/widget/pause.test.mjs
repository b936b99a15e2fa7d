import assert from "node:assert/strict";
import { test } from "node:test";

import { Naps, pause, pauseAfter } from "./pause.js";

test("the wait doubles up to half a minute, half of it by chance", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 60].map((tries) => pauseAfter(tries, () => 1)), [1e3, 2e3, 4e3, 8e3, 16e3, 30e3, 30e3]);
  assert.equal(pauseAfter(3, () => 0), 2e3);
});

test("waiting ends when the signal says so", async () => {
  const stop = new AbortController();
  const waited = pause(1e9, stop.signal);
  stop.abort();
  await waited;
  await pause(1e9, stop.signal);
});

test("naps are cut short together, except where the server said how long", async () => {
  const naps = new Naps();
  const short = [naps.take(1e9), naps.after(new TypeError("no network"), 6)];
  let firm = false;
  naps.after({ retryAfter: 1e6 }, 1).then(() => (firm = true));
  naps.wake();
  await Promise.all(short);
  assert.equal(firm, false);
  naps.end();
  await naps.take(1e9);
  await new Promise(setImmediate);
  assert.ok(firm && naps.ended);
});
