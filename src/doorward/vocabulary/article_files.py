"""How a company writes a knowledge article down: one Markdown file per language, read here as text.

---
title: Lost or stolen card
summary: One sentence that says what the article is about.
keywords: lost, stolen, freeze
questions:
- I lost my card, what do I do?
---

The lead: what to know if nothing else is read.

## Freeze your card {#freeze}
? How do I freeze my card?

The section's body, in Markdown. The id in braces is the same in every language.
"""

import re
from collections.abc import Iterator, Sequence

from doorward.vocabulary.company import ArticleSection, ArticleSeed

_FENCE = "---"
_HEADING = re.compile(r"## +(?P<heading>\S.*?) +\{#(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)\}")
_KEYS = ("title", "summary", "keywords", "questions")

Line = tuple[int, str]
"""A line with its number in the file, counted from 1."""


def parse_article(text: str, *, slug: str, language: str) -> ArticleSeed:
    """Return the article that `text` holds; its first section is the lead, under the article's title.

    Raises ValueError with the number of the line that is wrong, never with its content.
    """
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1)]
    front, rest = _split_front(lines)
    values, questions = _read_front(front)
    parts = list(_split_sections(rest))
    lead = ArticleSection(heading=values["title"], body=_body(parts[0], after=rest[0][0]), questions=questions)
    sections = (lead, *(_read_section(part) for part in parts[1:]))
    _refuse_doubles(sections, parts)
    return ArticleSeed(
        slug=slug,
        language=language,
        title=values["title"],
        summary=values["summary"],
        keywords=tuple(word.strip() for word in values["keywords"].split(",") if word.strip()),
        sections=sections,
    )


def _split_front(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """Return the lines between the two fences, and those from the second fence on."""
    if not lines or lines[0][1] != _FENCE:
        raise ValueError("line 1: an article begins with ---")
    for place, (_, line) in enumerate(lines[1:], start=1):
        if line == _FENCE:
            return lines[1:place], lines[place:]
    raise ValueError(f"line {lines[-1][0]}: the front matter is never closed with ---")


def _read_front(lines: Sequence[Line]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the values of the front matter by key, and the questions below `questions:`."""
    values: dict[str, str] = {}
    questions: list[str] = []
    for number, line in lines:
        if line.startswith("- ") and "questions" in values:
            questions.append(line[2:].strip())
            continue
        key, colon, value = line.partition(":")
        if not colon or key not in _KEYS or key in values:
            raise ValueError(f"line {number}: expected one of {', '.join(_KEYS)}, each once")
        if not value.strip() and key != "questions":
            raise ValueError(f"line {number}: {key} is empty")
        values[key] = value.strip()
    if missing := [key for key in _KEYS if key not in values]:
        raise ValueError(f"line 1: the front matter lacks {', '.join(missing)}")
    return values, tuple(questions)


def _split_sections(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lead's lines without the fence, then each section's lines with its heading first."""
    part: list[Line] = []
    for number, line in lines[1:]:
        if line.startswith("## "):
            yield part
            part = []
        part.append((number, line))
    yield part


def _read_section(lines: Sequence[Line]) -> ArticleSection:
    number, first = lines[0]
    match = _HEADING.fullmatch(first)
    if match is None:
        raise ValueError(f"line {number}: a heading reads ## Words {{#stable-id}}")
    questions = tuple(line[2:].strip() for _, line in lines[1:] if line.startswith("? "))
    body = _body([pair for pair in lines[1:] if not pair[1].startswith("? ")], after=number)
    return ArticleSection(heading=match["heading"], body=body, questions=questions, id=match["id"])


def _body(lines: Sequence[Line], *, after: int) -> str:
    body = "\n".join(line for _, line in lines).strip()
    if not body:
        raise ValueError(f"line {after}: nothing stands below this line")
    return body


def _refuse_doubles(sections: Sequence[ArticleSection], parts: Sequence[Sequence[Line]]) -> None:
    seen: set[str] = set()
    for section, part in zip(sections[1:], parts[1:], strict=True):
        if section.id in seen:
            raise ValueError(f"line {part[0][0]}: a section of this id stands above")
        seen.add(section.id)
