import assert from "node:assert/strict";
import test from "node:test";

import { base64, faultOf, kindNames, plainName, typeOf } from "./files.js";

const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const RULES = { bytes: 100, types: ["image/png", "application/pdf"] };

test("a file is what its first bytes say, not what it is called", () => {
  assert.equal(typeOf(bytes("\x89PNG\r\n\x1a\nrest")), "image/png");
  assert.equal(typeOf(bytes("\xff\xd8\xff\xe0")), "image/jpeg");
  assert.equal(typeOf(bytes("RIFF1234WEBPVP8 ")), "image/webp");
  assert.equal(typeOf(bytes("\0\0\0\x18ftypheic")), "image/heic");
  assert.equal(typeOf(bytes("%PDF-1.7")), "application/pdf");
  for (const other of ["", "<svg onload=alert(1)>", "MZ\x90", "x%PDF-", "GIF89a", "<!doctype html>"]) assert.equal(typeOf(bytes(other)), "");
});

test("too large and not taken are told apart", () => {
  assert.equal(faultOf({ size: 100 }, "image/png", RULES), "");
  assert.equal(faultOf({ size: 101 }, "image/png", RULES), "large");
  assert.equal(faultOf({ size: 1 }, "image/webp", RULES), "type");
  assert.equal(faultOf({ size: 1 }, "", RULES), "type");
});

test("a name cannot turn around, break the line or go on for ever", () => {
  assert.equal(plainName("invoice\u202egnp.exe"), "invoice_gnp.exe");
  assert.equal(plainName("a\r\nb\u0000\u200b.png"), "a__b__.png");
  assert.equal(plainName("<img src=x>.png"), "<img src=x>.png");
  assert.ok(Array.from(plainName("😀".repeat(500))).length <= 120);
});

test("types are called as people call them", () => {
  assert.equal(kindNames(["image/png", "application/pdf"]), "PNG, PDF");
});

test("base 64 is the same as everybody's, for long files as well", () => {
  const long = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
  assert.equal(base64(long), Buffer.from(long).toString("base64"));
});
