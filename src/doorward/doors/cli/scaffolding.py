"""Making a plugin's folder from the templates in `scaffold/<kind>/`, or a language from the English pack."""

import keyword
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Final

from babel import Locale, UnknownLocaleError

from doorward.doors.cli.ending import Code, Stop
from doorward.kit.plugins import KINDS, FoundPlugin, discover

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_SUFFIX: Final = ".template"
_LONGEST: Final = 40

_STEMMERS: Final = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "el": "greek", "es": "spanish", "et": "estonian", "eu": "basque",
    "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "nb": "norwegian", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "yi": "yiddish",
}  # fmt: skip
"""Languages that the Snowball stemmers know, by ISO 639-1 code."""


def make_plugin(kind: str, name: str, *, house: Path) -> tuple[Path, ...]:
    """Write a plugin's folder into `house` (the folder with `channels`, `detectors` …) and return the files.

    Raises `Stop` for a name that cannot be one or is taken; then nothing is written.
    """
    _check_name(kind, name)
    target = house / KINDS[kind] / name
    if target.exists() or name in {plugin.manifest.id for plugin in discover(kind)}:
        raise Stop(f"There is a {kind} '{name}' already; it was left as it is. Take another name.")
    contents = dict(_language(name) if kind == "language" else _from_templates(kind, name))
    if not contents:
        raise Stop(
            f"This version of Doorward runs no {kind} plugins yet, so there is no template. Nothing was written."
        )
    for path, text in contents.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tuple(target / path for path in contents)


def plugin_house() -> Path:
    """Return the folder that the house's own plugins lie in. Raises `Stop` when that is not a checkout."""
    folder = Path(str(files("doorward.plugins")))
    if not (folder.parents[2] / "pyproject.toml").exists():
        raise Stop(
            "This Doorward was installed, so a plugin in its folder would be lost with the next version. Nothing was "
            "written. Name a folder with --into and offer it by an entry point (docs/guides/extend.md).",
            code=Code.USAGE,
        )
    return folder


def _check_name(kind: str, name: str) -> None:
    if kind == "language":
        if not _LANGUAGE.fullmatch(name):
            raise Stop("A language is named by its two letters in ISO 639-1, such as fr.", code=Code.USAGE)
    elif not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(name):
        raise Stop(
            f"'{name[:_LONGEST]}' cannot be a plugin's name: small letters, digits and single underscores, a letter "
            f"first, {_LONGEST} characters at most, such as order_status.",
            code=Code.USAGE,
        )


def _from_templates(kind: str, name: str) -> Iterator[tuple[str, str]]:
    words = {
        "name": name,
        "class_name": "".join(word.capitalize() for word in name.split("_")),
        "slug": name.replace("_", "-"),
        "kind": name.upper(),
        "title": " ".join(name.split("_")).capitalize(),
    }
    folder = files(__package__) / "scaffold" / kind
    if folder.is_dir():
        yield from _fill(folder, "", words)


def _fill(folder: Traversable, prefix: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _fill(entry, f"{prefix}{entry.name}/", words)
        elif entry.name.endswith(_SUFFIX):
            path = prefix + entry.name.removesuffix(_SUFFIX).replace("NAME", words["name"])
            yield path, Template(entry.read_text("utf-8")).substitute(words)


def _language(code: str) -> Iterator[tuple[str, str]]:
    """Yield an English pack under another code: everything is there and works, and waits to be translated."""
    try:
        locale = Locale.parse(code)
    except UnknownLocaleError as error:
        raise Stop(f"There is no language '{code}' in ISO 639-1.", code=Code.USAGE) from error
    own_name = (locale.get_display_name(code) or code).capitalize()
    english_name = locale.get_display_name("en") or code
    english = next(plugin for plugin in discover("language") if plugin.manifest.id == "en")
    words = {
        "name": code,
        "own_name": own_name,
        "english_name": english_name,
        "direction": 'direction="rtl",\n        ' if locale.text_direction == "rtl" else "",
        "stemmer": _STEMMERS.get(code, ""),
    }
    yield from _fill(files(__package__) / "scaffold" / "language", "", words)
    yield from _untranslated(english, code)


def _untranslated(english: FoundPlugin, code: str) -> Iterator[tuple[str, str]]:
    for file in sorted((english.folder / "lexicon").glob("*.txt")):
        yield f"lexicon/{file.name}", file.read_text(encoding="utf-8")
    for file in sorted((english.folder / "cases").glob("*.jsonl")):
        yield f"cases/{file.name}", file.read_text(encoding="utf-8")
    for file in sorted((english.folder / "messages").glob("*.po")):
        messages = file.read_text(encoding="utf-8").replace('"Language: en\\n"', f'"Language: {code}\\n"')
        yield f"messages/{file.name}", _with_plurals_of(Locale.parse(code), messages)


def _with_plurals_of(locale: Locale, messages: str) -> str:
    """Return the catalogue with one entry per plural category of `locale` (CLDR) where English has its two."""
    categories = ("other", *sorted(tag for tag in locale.plural_form.tags if tag != "other"))
    blocks: list[str] = []
    for block in messages.split("\n\n"):
        if '|one"\n' in block and "one" not in categories:
            continue
        blocks.append(block)
        if '|other"\n' in block:
            key, sentence = re.findall(r'^(msgid "[^"|]*|msgstr .*)', block, flags=re.MULTILINE)
            more = (category for category in categories if category not in {"one", "other"})
            blocks += [f'{key}|{category}"\n{sentence}'.rstrip() for category in more]
    return "\n\n".join(blocks).rstrip() + "\n"
