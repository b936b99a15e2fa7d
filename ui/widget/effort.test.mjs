import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { canWork, solve } from "./effort.js";

const golden = JSON.parse(await readFile(new URL("../../tests/unit/admission/effort_golden.json", import.meta.url), "utf8"));
const never = new AbortController().signal;

test("what others found is found", async () => {
  assert.ok(canWork());
  for (const { challenge, solution } of golden.solved) assert.deepEqual(await solve(challenge, never), solution);
});

test("work ends when it is ended, when it takes too long, and is not begun where it is not understood", async () => {
  const [{ challenge }] = golden.solved;
  const endless = { ...challenge, parameters: { ...challenge.parameters, keyPrefix: "no key begins like this" } };
  assert.equal(await solve(challenge, AbortSignal.abort()), null);
  assert.equal(await solve(endless, never, 20), null);
  const other = { ...challenge, parameters: { ...challenge.parameters, algorithm: "ARGON2ID" } };
  assert.equal(await solve(other, never), null);
});
