"""Messages that the judge of secrets learns from: marked ones of our own, and others that hold no secret.

A line of `material/<language>.jsonl` is a message in which `[[KIND|value]]` marks a value. All of it is made up, by
people who had read neither a detector, nor a word list, nor a message of the evaluation sets.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tools.naming.filling import Filler
from tools.naming.material import read_templates

FOLDER: Final = Path(__file__).parent / "material"
PLUGINS: Final = Path(__file__).parents[2] / "src/doorward/plugins"
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")
_BY_WORDS: Final = frozenset({"security_answer", "api_secret", "unfinished", "instruction", "link_trick"})
"""Detectors whose examples may hold what is a secret as well."""

_MARK: Final = re.compile(r"\[\[([A-Z_]+)\|(.+?)\]\](?!\])", re.DOTALL)


class Marked(NamedTuple):
    """A message and the places of its values: start, end (exclusive), kind."""

    text: str
    places: tuple[tuple[int, int, str], ...]


def parse(line: str) -> Marked:
    """Return a message whose values are marked in its text."""
    pieces: list[str] = []
    places = []
    done = size = 0
    for match in _MARK.finditer(line):
        pieces += [line[done : match.start()], match[2]]
        begin = size + match.start() - done
        size = begin + len(match[2])
        places.append((begin, size, match[1]))
        done = match.end()
    return Marked("".join([*pieces, line[done:]]), tuple(places))


def read_material(language: str, folder: Path = FOLDER) -> list[Marked]:
    """Return the marked messages of a language."""
    lines = (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [parse(json.loads(line)["text"]) for line in lines]


def from_cases() -> Iterator[tuple[Marked, bool]]:
    """Yield the detectors' own examples with what they find, and whether they are those of secrets."""
    for path in sorted(PLUGINS.glob("detectors/*/cases/*.jsonl")):
        own = path.parts[-3] == "secret_code"
        if path.stem not in {"hit", "miss"} or (path.stem == "hit" and path.parts[-3] in _BY_WORDS):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            places = tuple(
                (one["start"], one["end"], one["kind"])
                for one in case.get("findings", ())
                if one.get("start") is not None
            )
            yield Marked(case["text"], places), own


def without_secrets(times: int = 2) -> Iterator[Marked]:
    """Yield what customers of the project's own companies ask, and messages with names, addresses and numbers.

    The latter are those that the finder of names learns from, each filled so many times.
    """
    for number, language in enumerate(LANGUAGES):
        filler = Filler(language, 77 + number)
        for template in read_templates(language):
            for _ in range(times if "{" in template["text"] else 1):
                yield Marked(filler.fill(template["text"], speech=template["channel"] == "speech").text, ())
    for path in sorted(PLUGINS.glob("companies/*/cases/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(line).get("text")
            if text:
                yield Marked(text, ())


def questions(path: Path) -> Iterator[Marked]:
    """Yield the texts of a gzipped file of JSON objects, one a line: questions that hold no secret."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield Marked(json.loads(line)["text"], ())
