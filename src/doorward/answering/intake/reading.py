"""Files as articles: the companies' own form, plain Markdown, HTML pages and tables; whatever is wrong says where."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Final, Literal

import msgspec

from doorward.answering.intake.files import Brought, FileTrouble
from doorward.answering.intake.pages import as_markdown
from doorward.vocabulary.article_files import parse_article
from doorward.vocabulary.company import ArticleSection, ArticleSeed

MOST_ARTICLES: Final = 2_000
LINE: Final = 200
SUMMARY: Final = 1_000
BODY: Final = 20_000
SECTIONS: Final = 50
"""What the form of an article takes."""

ReadTrouble = FileTrouble | Literal["form", "no_title", "no_body", "too_long", "double", "no_column"]

LONGEST_CELL: Final = 131_072
"""Characters of one cell of a table: a quotation mark that is never closed makes the rest of a file one. The `csv`
module has a bound of its own, which is of the whole process, and whoever reads archives raises it."""

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEADING: Final = re.compile(r"## +(?P<heading>.+?)(?: +\{#(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)\})?\s*")
_CYRILLIC: Final = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
_SPECIAL: Final = str.maketrans(
    {"ı": "i", "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "đ": "d"}
    | {letter: latin.strip("_") for letter, latin in _CYRILLIC.items()}
)
"""What letters become in a name for addresses, where taking marks off does not do."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be taken: the place, with the line or row where one is known, and why."""

    place: str
    trouble: ReadTrouble
    line: int = 0


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """An article as it was read, and where it lay."""

    place: str
    seed: ArticleSeed


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Which columns of a table hold what, by their names in its first row; rows of one slug are its sections in order.

    Without a column for the slug every row is an article of its own; `questions` and `keywords` are apart by `|`.
    """

    title: str = "title"
    body: str = "body"
    slug: str = "slug"
    language: str = "language"
    heading: str = "heading"
    summary: str = "summary"
    keywords: str = "keywords"
    questions: str = "questions"


class _Faulty(Exception):
    """An article that cannot be taken."""

    def __init__(self, trouble: ReadTrouble, line: int = 0) -> None:
        super().__init__(trouble)
        self.trouble: ReadTrouble = trouble
        self.line = line


def read_files(
    files: Iterable[Brought], *, languages: Collection[str], language: str, columns: Columns | None = None
) -> tuple[tuple[Read, ...], tuple[Refused, ...]]:
    """Return the articles that lie in files, at most `MOST_ARTICLES`, and what was refused with its place.

    The language of a file is told by its name (`cards/de.md`, `cards.de.md`), or by the column, else it is `language`;
    `languages` are those there may be. The slug is the file's or folder's name.
    """
    found: dict[tuple[str, str], Read] = {}
    refused: list[Refused] = []
    for file in files:
        if file.trouble is not None:
            refused.append(Refused(place=file.place, trouble=file.trouble))
            continue
        for one in _articles(file, languages, language, columns or Columns()):
            if isinstance(one, Refused):
                refused.append(one)
            elif (one.seed.slug, one.seed.language) in found:
                refused.append(Refused(place=one.place, trouble="double"))
            elif len(found) >= MOST_ARTICLES * max(1, len(languages)):
                refused.append(Refused(place=one.place, trouble="too_many"))
            else:
                found[one.seed.slug, one.seed.language] = one
    slugs = dict.fromkeys(slug for slug, _ in found)
    kept = set(list(slugs)[:MOST_ARTICLES])
    refused += [Refused(place=one.place, trouble="too_many") for (slug, _), one in found.items() if slug not in kept]
    return tuple(one for (slug, _), one in found.items() if slug in kept), tuple(refused)


def slug_of(title: str) -> str:
    """Return a name for addresses made of a title, empty if no letter of it has one."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_SPECIAL))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")[:100].strip("-")


def _articles(file: Brought, languages: Collection[str], language: str, columns: Columns) -> Iterator[Read | Refused]:
    suffix = PurePosixPath(file.place).suffix.lower()
    if suffix == ".csv":
        yield from _rows(file, languages, language, columns)
        return
    slug, told = _named(file.place, languages)
    read = _page if suffix in {".html", ".htm"} else _markdown
    yield _attempt(file.place, lambda: read(file.text, slug, told or language))


def _attempt(place: str, read: Callable[[], ArticleSeed]) -> Read | Refused:
    try:
        return Read(place=place, seed=_checked(read()))
    except _Faulty as fault:
        return Refused(place=place, trouble=fault.trouble, line=fault.line)


def _named(place: str, languages: Collection[str]) -> tuple[str, str]:
    """Return slug and language that a place tells, the language empty if it tells none."""
    path = PurePosixPath(place)
    stem, folder = path.stem, path.parent.name
    if stem.lower() in languages and folder and not folder.lower().endswith(".zip"):
        return slug_of(folder), stem.lower()
    name, dot, ending = stem.rpartition(".")
    if dot and ending.lower() in languages:
        return slug_of(name), ending.lower()
    if folder.lower() in languages:
        return slug_of(stem), folder.lower()
    return slug_of(stem), ""


def _markdown(text: str, slug: str, language: str) -> ArticleSeed:
    """Read the companies' own form where a file begins as one, plain Markdown elsewhere."""
    clean = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if clean.startswith("---\n"):
        try:
            return parse_article(clean, slug=slug, language=language)
        except ValueError as error:
            found = re.match(r"line (\d+)", str(error))
            raise _Faulty("form", int(found[1]) if found else 0) from None
    return _plain(clean, slug, language)


def _plain(text: str, slug: str, language: str, title: str = "") -> ArticleSeed:
    lines = text.strip().split("\n")
    if not title and lines and lines[0].startswith("# "):
        title, lines = lines[0][2:].strip(), lines[1:]
    title = title or slug.replace("-", " ").capitalize()
    parts: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("## "):
            parts.append([])
        parts[-1].append(line)
    sections = [ArticleSection(heading=title, body=_body(parts[0]), questions=_asked(parts[0]))]
    for part in parts[1:]:
        match = _HEADING.fullmatch(part[0])
        if match is not None:
            sections.append(
                ArticleSection(
                    heading=match["heading"], body=_body(part[1:]), questions=_asked(part), id=match["id"] or ""
                )
            )
    if not sections[0].body:  # a page that begins with a section has no lead
        sections = sections[1:]
    return ArticleSeed(
        slug=slug, language=language, title=title, summary="", keywords=(), sections=tuple(filter(_says, sections))
    )


def _page(text: str, slug: str, language: str) -> ArticleSeed:
    try:
        title, body = as_markdown(_CONTROLS.sub("", text))
    except ValueError:
        raise _Faulty("too_long") from None
    return _plain(body, slug, language, title)


def _body(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if not line.startswith("? ")).strip()


def _asked(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(line[2:].strip() for line in lines if line.startswith("? ") and line[2:].strip())


def _says(section: ArticleSection) -> bool:
    return bool(section.body)


def _rows(file: Brought, languages: Collection[str], language: str, columns: Columns) -> Iterator[Read | Refused]:
    try:
        dialect = csv.Sniffer().sniff(file.text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.DictReader(io.StringIO(file.text, newline=""), dialect=dialect)
    try:
        named_columns = tuple(reader.fieldnames or ())
    except csv.Error:
        named_columns = None
    if named_columns is None or _overlong(named_columns):
        yield Refused(place=file.place, trouble="form", line=1)
        return
    missing = {columns.title, columns.body} - set(named_columns)
    if missing:
        yield Refused(place=file.place, trouble="no_column", line=1)
        return
    groups: dict[tuple[str, str, int], list[tuple[int, dict[str, str]]]] = {}
    try:
        for row in reader:
            values = {name: _CONTROLS.sub("", value) for name, value in row.items() if name and isinstance(value, str)}
            if _overlong(values.values()):
                yield Refused(place=file.place, trouble="form", line=reader.line_num)
                continue
            told = values.get(columns.language, "").strip().lower() or language
            named = values.get(columns.slug, "").strip().lower()
            slug = named or slug_of(values.get(columns.title, ""))
            if told not in languages:
                yield Refused(place=file.place, trouble="form", line=reader.line_num)
                continue
            # A row that names no article is one of its own, whatever others are called.
            groups.setdefault((slug, told, 0 if named else reader.line_num), []).append((reader.line_num, values))
    except csv.Error:
        yield Refused(place=file.place, trouble="form", line=reader.line_num)
    seen: Counter[tuple[str, str]] = Counter()
    for (slug, told, _), rows in groups.items():
        seen[slug, told] += 1
        own = slug if seen[slug, told] == 1 or not slug else f"{slug[:95]}-{seen[slug, told]}"
        one = _attempt(file.place, partial(_of_rows, own, told, rows, columns))
        yield one if isinstance(one, Read) else msgspec.structs.replace(one, line=rows[0][0])


def _overlong(cells: Iterable[str]) -> bool:
    return any(len(cell) > LONGEST_CELL for cell in cells)


def _of_rows(slug: str, language: str, rows: list[tuple[int, dict[str, str]]], columns: Columns) -> ArticleSeed:
    first = rows[0][1]

    def cell(row: dict[str, str], name: str) -> str:
        return row.get(name, "").strip()

    title = cell(first, columns.title)
    return ArticleSeed(
        slug=slug,
        language=language,
        title=title,
        summary=cell(first, columns.summary),
        keywords=_several(cell(first, columns.keywords)),
        sections=tuple(
            ArticleSection(
                heading=cell(row, columns.heading) or cell(row, columns.title) or title,
                body=cell(row, columns.body),
                questions=_several(cell(row, columns.questions)),
            )
            for _, row in rows
        ),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _checked(seed: ArticleSeed) -> ArticleSeed:
    """Return an article that the form of articles would take. Raises `_Faulty`."""
    if not seed.title.strip() or not _NAME.fullmatch(seed.slug):
        raise _Faulty("no_title")
    if not seed.sections or not any(section.body for section in seed.sections):
        raise _Faulty("no_body")
    lines = [seed.title, *seed.keywords]
    for section in seed.sections:
        lines += [section.heading, *section.questions]
    long = any(len(line) > LINE for line in lines) or len(seed.summary) > SUMMARY or len(seed.slug) > 100
    if long or len(seed.sections) > SECTIONS or any(len(section.body) > BODY for section in seed.sections):
        raise _Faulty("too_long")
    if any(len(section.questions) > 50 for section in seed.sections) or len(seed.keywords) > 50:
        raise _Faulty("too_long")
    return seed
