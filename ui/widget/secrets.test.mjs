import assert from "node:assert/strict";
import test from "node:test";

import { Secrets, isIban, isLuhn } from "./secrets.js";

const WORDS = ["pin", "code", "password*", "passwort*", "şifre*", "sandi*", "код", "парол*", "cvv", "doğrulama kod*"];
const secrets = new Secrets(WORDS);

test("cards are known by their check digit, however they are written", () => {
  for (const text of ["4242 4242 4242 4242", "my card is 4242-4242-4242-4242!", "x5555555555554444x", "3782 822463 10005"])
    assert.equal(secrets.find(text), "card", text);
  for (const text of ["4242 4242 4242 4243", "0000 0000 0000 0000", "order 20260102103000", "call +44 20 7946 0991"])
    assert.equal(secrets.find(text), "", text);
  assert.ok(isLuhn("79927398713"));
});

test("account numbers are known by their check digits", () => {
  assert.equal(secrets.find("it is DE89 3704 0044 0532 0130 00 please"), "iban");
  assert.equal(secrets.find("tr330006100519786457841326"), "iban");
  assert.equal(secrets.find("DE88 3704 0044 0532 0130 00"), "");
  assert.ok(isIban("GB82WEST12345698765432"));
});

test("digits beside the name of a secret are one, in every language", () => {
  for (const text of [
    "my PIN is 4821",
    "Mein Passwort: Sommer!9",
    "şifrem 482913",
    "ŞİFREM 482913",
    "Doğrulama kodu: 48 29 13",
    "kata sandi saya adalah rahasia9",
    "мой пароль: qwerty12",
    "код 482 913",
    "482913 was the code",
    "the password=hunter2",
  ])
    assert.equal(secrets.find(text), "code", text);
});

test("names without values and values without names are no secret", () => {
  for (const text of [
    "I forgot my PIN",
    "Where do I change my password?",
    "I spoke to 4 people",
    "opinion 4821",
    "it costs 1,250.00",
    "Wie ändere ich mein Passwort im Portal?",
    "",
  ])
    assert.equal(secrets.find(text), "", text);
  assert.equal(new Secrets([]).find("my PIN is 4821"), "");
});

test("a long text is looked at in a moment", () => {
  const began = performance.now();
  secrets.find("code ".repeat(800) + "4242 ".repeat(400));
  assert.ok(performance.now() - began < 2000);
});

test("words are words, whatever signs they hold", () => {
  assert.equal(new Secrets(["p.i.n", "a(b", "[x"]).find("my p.i.n 4821"), "code");
  assert.equal(new Secrets(["p.i.n"]).find("my pxixn 4821"), "");
});
