import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { formattedNodes } from "./formatting.js";

// The cases that the house's own renderer is held to as well (tests/unit/doors/web/test_formatting.py).
const cases = readFileSync(new URL("../../tests/unit/doors/web/formatted.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("'", "&#39;").replaceAll('"', "&#34;");

function make(tag, attributes = {}, ...children) {
  return { tag, attributes, children, append: (...more) => children.push(...more) };
}

function html(node) {
  if (typeof node === "string") return escaped(node);
  const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const begin = `<${node.tag}${attributes.join("")}>`;
  return node.tag === "br" ? begin : `${begin}${node.children.map(html).join("")}</${node.tag}>`;
}

const mask = (text) => make("mark", {}, text);

for (const one of cases) {
  test(`the chat shows ${JSON.stringify(one.text).slice(0, 60)} as the desk does`, () => {
    assert.equal(formattedNodes(one.pieces, { make, mask }).map(html).join(""), one.html);
  });
}

test("a link leads only where people are sent: by http, https or mail", () => {
  for (const href of ["javascript:alert(1)", "data:text/html,x", " https://a.example", "//a.example", ""])
    assert.equal(formattedNodes([{ kind: "link", href }, { kind: "end" }], { make, mask }).map(html).join(""), "<a></a>");
});

test("pieces that do not fit together are shown as far as they do", () => {
  const pieces = [{ kind: "end" }, { kind: "end" }, { kind: "unheard_of" }, { kind: "text", text: "<b>" }];
  assert.equal(formattedNodes(pieces, { make, mask }).map(html).join(""), "<span>&lt;b&gt;</span>");
});
