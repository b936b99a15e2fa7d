"""An article's form: read strictly, shown again with everything that was written, faults named field by field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from doorward.kit.ids import new_id
from doorward.vocabulary.company import ArticleSection, ArticleSeed

FIELDS: Final = 400
"""Fields that an article's form may have: some four for each section."""

SECTIONS: Final = 50
LINE: Final = 200
SUMMARY: Final = 1000
BODY: Final = 20_000
FORM_BYTES: Final = 1_048_576
"""A form's size: an article of 50,000 characters in a script whose letters take nine bytes each in a form."""

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPECIAL: Final = str.maketrans({"ı": "i", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "đ": "d"})


class SectionForm(msgspec.Struct, frozen=True, kw_only=True):
    """One section as it stands in the form; `questions` has one on each line."""

    id: str = ""
    heading: str = ""
    body: str = ""
    questions: str = ""


class ArticleForm(msgspec.Struct, frozen=True, kw_only=True):
    """An article as it stands in the form. `expected` is the number of the edition that the writer began with.

    `removed` is the section that was taken out last, until the form is saved, with the place where it stood, from 1.
    """

    slug: str
    language: str
    title: str = ""
    summary: str = ""
    keywords: str = ""
    sections: tuple[SectionForm, ...] = (SectionForm(),)
    expected: int = 0
    removed: SectionForm | None = None
    removed_from: int = 1

    def seed(self) -> ArticleSeed:
        """Return the content; sections in which nothing stands are left out."""
        return ArticleSeed(
            slug=self.slug,
            language=self.language,
            title=self.title.strip(),
            summary=self.summary.strip(),
            keywords=tuple(word.strip() for word in self.keywords.split(",") if word.strip()),
            sections=tuple(
                ArticleSection(
                    id=one.id,
                    heading=one.heading.strip(),
                    body=one.body.strip(),
                    questions=tuple(line.strip() for line in one.questions.splitlines() if line.strip()),
                )
                for one in self.sections
                if one.heading.strip() or one.body.strip() or one.questions.strip()
            ),
        )


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a field, as a sentence's key."""

    key: str
    limit: int = 0


def read_article(fields: Mapping[str, str], *, slug: str, language: str) -> ArticleForm:
    """Return what a form says, whatever was sent: a new article names itself, others keep their name."""

    def field(name: str) -> str:
        return _CONTROLS.sub("", fields.get(name, "").replace("\r\n", "\n"))

    def section(name: str) -> SectionForm | None:
        if f"{name}-heading" not in fields and f"{name}-body" not in fields:
            return None
        return SectionForm(
            id=field(f"{name}-id")[:100],
            heading=field(f"{name}-heading"),
            body=field(f"{name}-body"),
            questions=field(f"{name}-questions"),
        )

    read = (section(f"section-{number}") for number in range(1, SECTIONS + 1))
    place = fields.get("removed-from", "")
    arrangement = _rearranged(
        [one for one in read if one is not None],
        fields.get("do", ""),
        removed=section("removed"),
        place=int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 1,
    )
    expected = fields.get("expected", "")
    title = field("title")
    return ArticleForm(
        slug=slug or field("slug").strip() or slug_of(title),
        language=language,
        title=title,
        summary=field("summary"),
        keywords=field("keywords"),
        sections=tuple(arrangement.sections) or (SectionForm(),),
        removed=arrangement.removed,
        removed_from=arrangement.place,
        expected=int(expected) if expected.isascii() and expected.isdigit() and len(expected) < 9 else 0,
    )


def form_of(seed: ArticleSeed, *, expected: int) -> ArticleForm:
    """Return the form with an article's content in it."""
    return ArticleForm(
        slug=seed.slug,
        language=seed.language,
        title=seed.title,
        summary=seed.summary,
        keywords=", ".join(seed.keywords),
        sections=tuple(
            SectionForm(id=one.id, heading=one.heading, body=one.body, questions="\n".join(one.questions))
            for one in seed.sections
        )
        or (SectionForm(),),
        expected=expected,
    )


def form_about(asked: Sequence[str], *, language: str) -> ArticleForm:
    """Return the form of a new article that is to answer questions, the first of which is what it is called."""
    section = SectionForm(heading=asked[0], questions="\n".join(asked))
    return ArticleForm(slug="", language=language, title=asked[0], sections=(section,))


def empty_like(seed: ArticleSeed, *, language: str) -> ArticleForm:
    """Return an empty form with the sections of another language's version, so that the two belong together."""
    return ArticleForm(
        slug=seed.slug, language=language, sections=tuple(SectionForm(id=one.id) for one in seed.sections)
    )


def faults_of(form: ArticleForm, *, publishing: bool) -> dict[str, Fault]:
    """Return what is wrong, by the field's name: a draft needs a title alone, what is published needs everything."""
    found: dict[str, Fault] = {}
    if not form.title.strip():
        found["title"] = Fault(key="knowledge.wrong.title")
    if not _SLUG.fullmatch(form.slug) or len(form.slug) > 100:
        found["slug"] = Fault(key="knowledge.wrong.slug")
    limits = {"title": LINE, "summary": SUMMARY, "keywords": SUMMARY}
    values: dict[str, Any] = {name: getattr(form, name) for name in limits}
    for number, section in enumerate(form.sections, start=1):
        for part, limit in (("heading", LINE), ("body", BODY), ("questions", BODY)):
            limits[f"section-{number}-{part}"] = limit
            values[f"section-{number}-{part}"] = getattr(section, part)
        written = section.heading.strip() or section.body.strip() or section.questions.strip()
        for part in ("heading", "body"):
            if publishing and written and not getattr(section, part).strip():
                found[f"section-{number}-{part}"] = Fault(key=f"knowledge.wrong.{part}")
    for name, limit in limits.items():
        if len(values[name]) > limit:
            found[name] = Fault(key="knowledge.wrong.long", limit=limit)
    if publishing and not form.seed().sections:
        found.setdefault("section-1-heading", Fault(key="knowledge.wrong.sections"))
    return found


def slug_of(title: str) -> str:
    """Return a name for addresses made from a title; a title without Latin letters gets one that says nothing."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_SPECIAL)).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:80].strip("-") or f"article-{new_id()[-8:]}"


def focus_after(form: ArticleForm, wish: str) -> str:
    """Return the id of the field to go on in after a button that adds, removes or puts back a section."""
    if wish == "add":
        return f"section-{len(form.sections)}-heading"
    if wish == "put-back":
        return f"section-{min(form.removed_from, len(form.sections))}-heading"
    return "put-back" if form.removed is not None else ""


class _Arrangement(msgspec.Struct):
    sections: list[SectionForm]
    removed: SectionForm | None
    place: int


def _rearranged(sections: list[SectionForm], wish: str, *, removed: SectionForm | None, place: int) -> _Arrangement:
    """Return the sections after a button that adds, removes or puts back one; new ones get an id for all languages."""
    now = _Arrangement(sections, removed, place)
    number = wish.removeprefix("remove-")
    if wish == "add" and len(sections) < SECTIONS:
        sections.append(SectionForm(id=new_id()[-10:]))
    elif wish == "put-back" and removed is not None and len(sections) < SECTIONS:
        sections.insert(max(0, place - 1), removed)
        now.removed = None
    elif number != wish and number.isascii() and number.isdigit() and 1 <= int(number[:3]) <= len(sections):
        now.place = int(number[:3])
        now.removed = sections.pop(now.place - 1)
    return now
