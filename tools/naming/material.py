"""What the training is made of: our own templates and lists, and names of the world from the package Faker (MIT).

`material/<language>/templates.jsonl` holds messages with slots as customers and agents write them, `prose.jsonl` what
else people write, tell and forward; the other files are lists, one entry a line. Lists that detectors need as well are
those of the language packs.
"""

import importlib
import json
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from doorward.kit.i18n import read_words
from tools.naming.cyrillic import in_cyrillic

FOLDER: Final = Path(__file__).parent / "material"
PACKS: Final = Path(__file__).parents[2] / "src/doorward/plugins/languages"
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")

_OF_PACKS: Final = {
    "given": "given_name",
    "surname": "surname",
    "city": "place",
    "country": "country",
    "street_word": "street_word",
    "form_of_address": "form_of_address",
    "kinship": "kinship",
    "common": "common_word",
    "capitals": "proper_word",
}


class People(NamedTuple):
    """Names of one of Faker's locales."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]


def read_list(language: str, name: str) -> tuple[str, ...]:
    """Return a list of a language: of its pack, where detectors need it too, else of the material."""
    shared = _OF_PACKS.get(name)
    path = PACKS / language / "lexicon" / f"{shared}.txt" if shared else FOLDER / language / f"{name}.txt"
    if shared:
        return tuple(read_words(path))
    # Formats of addresses hold line ends as `\n`.
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line.replace("\\n", "\n") for line in lines if line.strip())


def read_templates(language: str) -> list[Mapping[str, str]]:
    """Return the messages with slots of a language."""
    texts = [(FOLDER / language / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("templates", "prose")]
    return [json.loads(line) for text in texts for line in text.splitlines() if line.strip()]


@cache
def world() -> Mapping[str, People]:
    """Return the names of all of Faker's locales by locale."""
    from faker.providers import person  # noqa: PLC0415 - only training needs it

    found = {}
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        given = _names(provider, "first_name")
        surnames = _names(provider, "last_name")
        if given and surnames:
            found[module.name] = People(given, surnames)
    return found


@cache
def neighbours() -> Sequence[People]:
    """Return the names of peoples that Russian writes in Cyrillic: their own writing, or letter by letter."""
    found = [world()[locale] for locale in ("uk_UA", "bg_BG")]
    for locale in ("az_AZ", "uz_UZ", "uz_UZ", "tr_TR"):
        people = world()[locale]
        found.append(People(tuple(map(in_cyrillic, people.given)), tuple(map(in_cyrillic, people.surnames))))
    return found


def _names(provider: Any, part: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for attribute in sorted(dir(provider)):
        value = getattr(provider, attribute)
        if part in attribute and isinstance(value, tuple | list | dict | set):
            names.update(dict.fromkeys(name for name in sorted(value) if isinstance(name, str) and name.strip()))
    return tuple(names)
