"""Languages: reading the folder of a language pack, and saying its sentences.

A pack's `messages/*.po` are gettext catalogues, one for each place where sentences are read: msgid is a stable key,
msgstr the sentence, with `{named}` places. A sentence that depends on a number has one entry per CLDR plural category:
`queue.ahead|one`, `queue.ahead|other`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from doorward.kit.logging import get_logger

REFERENCE: Final = "en"
_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MISSING_PLACE: Final = "…"

_log = get_logger("kit")


class PackUnreadable(ValueError):
    """A language pack's folder cannot be used; the sentence names the file and what is wrong with it."""


@dataclass(frozen=True)
class PackFolder:
    """What stands in a language pack's folder: sentences by key, words by purpose as written, and what words mean."""

    messages: Mapping[str, str] = field(default_factory=dict)
    lexicon: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Pack(Protocol):
    """The part of a language pack that sentences come from; `vocabulary.language.LanguagePack` is one."""

    @property
    def messages(self) -> Mapping[str, str]:
        """Return the sentences by key."""


def read_pack_folder(folder: Path) -> PackFolder:
    """Read `messages/*.po` and `lexicon/*.txt` of a language pack; either may be absent.

    Raises `PackUnreadable` for a damaged catalogue, a doubled key, an empty or fuzzy sentence, or a doubled word.
    """
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("messages/*.po")):
        catalogue = read_messages(path)
        if doubled := sorted(catalogue.keys() & messages.keys()):
            raise PackUnreadable(f"{path}: '{doubled[0]}' stands in another catalogue too")
        messages |= catalogue
    words = {path.stem: read_words(path) for path in sorted(folder.glob("lexicon/*.txt"))}
    return PackFolder(
        messages=messages,
        lexicon={purpose: tuple(meanings) for purpose, meanings in words.items()},
        values={purpose: _with_meaning(meanings) for purpose, meanings in words.items() if any(meanings.values())},
    )


def _with_meaning(meanings: Mapping[str, str]) -> dict[str, str]:
    return {phrase: meaning for phrase, meaning in meanings.items() if meaning}


def read_messages(path: Path) -> dict[str, str]:
    """Return the sentences of a PO file by key, in order. Raises `PackUnreadable` as `read_pack_folder` does."""
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, ignore_obsolete=True, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise PackUnreadable(f"{path}: not a PO file in UTF-8 ({type(error).__name__})") from error
    messages: dict[str, str] = {}
    for message in catalogue:
        if message.id == "":
            continue
        messages[_checked_key(message, path)] = unicodedata.normalize("NFC", str(message.string))
    # Babel keeps the last of two entries with the same key without a word, so the entries are counted here.
    written = sum(line.startswith('msgid "') for line in path.read_text(encoding="utf-8").splitlines())
    if written != len(messages) + 1:
        raise PackUnreadable(f"{path}: {written - 1} entries, {len(messages)} different keys")
    return messages


def _checked_key(message: Message, path: Path) -> str:
    if not isinstance(message.id, str) or not isinstance(message.string, str):
        raise PackUnreadable(f"{path}: write plurals as key|category, not as msgid_plural")
    if message.fuzzy:
        raise PackUnreadable(f"{path}: '{message.id}' is marked fuzzy")
    if not message.string.strip():
        raise PackUnreadable(f"{path}: '{message.id}' has no sentence")
    return message.id


def read_words(path: Path) -> dict[str, str]:
    """Return the words and phrases of a lexicon file, in order, with what each means, or an empty text.

    One a line, UTF-8, in NFC; `#` begins a comment line, ` = ` a meaning (`seven = 7`). Raises `PackUnreadable` when a
    phrase stands there twice, whatever its case, when a side of ` = ` is empty, or when the file is not UTF-8.
    """
    try:
        lines = unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).splitlines()
    except UnicodeDecodeError as error:
        raise PackUnreadable(f"{path}: not UTF-8") from error
    lines = [word for line in lines if not line.startswith("#") and (word := line.strip())]
    if not any("=" in line for line in lines) and len(set(map(str.casefold, lines))) == len(lines):
        return dict.fromkeys(lines, "")  # as nearly all files are: lists of names have tens of thousands of lines
    words: dict[str, str] = {}
    seen: set[str] = set()
    for line in lines:
        phrase, sign, meaning = (part.strip() for part in f" {line} ".partition(" = "))
        if sign and not (phrase and meaning):
            raise PackUnreadable(f"{path}: '{line}' has an empty side")
        if phrase.casefold() in seen:
            raise PackUnreadable(f"{path}: '{phrase}' stands there twice")
        seen.add(phrase.casefold())
        words[phrase] = meaning
    return words


def places(sentence: str) -> frozenset[str]:
    """Return the names of the `{named}` places of a sentence."""
    return frozenset(_PLACE.findall(sentence))


def fill(sentence: str, values: Mapping[str, object]) -> str:
    """Return the sentence with its places filled by `str(value)`, once: a brace inside a value stays a brace.

    Only simple names are places (no attributes, no indexes, no format specifications). A place without a value becomes
    an ellipsis, so that the sentence stays readable.
    """
    if "{" not in sentence:
        return sentence
    return _PLACE.sub(lambda match: str(values.get(match[1], _MISSING_PLACE)), sentence)


class Translator:
    """Says the sentences of all language packs. Made once at start; safe to share between threads."""

    def __init__(self, packs: Mapping[str, Pack]) -> None:
        """Take the packs by language code; `en` is the reference and must be among them."""
        if REFERENCE not in packs:
            raise PackUnreadable(f"there is no language pack '{REFERENCE}', which all others fall back to")
        self._messages: dict[str, Mapping[str, str]] = {code: pack.messages for code, pack in packs.items()}
        self._plurals = {code: _plural_rule(code) for code in packs}
        self._reported: set[tuple[str, str]] = set()

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the codes of all packs, in the order given."""
        return tuple(self._messages)

    def resolve(self, language: str | None) -> str:
        """Return the pack that speaks for `language`: itself, else its base (`de` for `de-AT`), else `en`."""
        code = (language or "").replace("_", "-").lower()
        while code and code not in self._messages:
            code = code.rpartition("-")[0]
        return code or REFERENCE

    def say(self, language: str | None, key: str, /, *, count: int | None = None, **values: object) -> str:
        """Return the sentence for `key` in `language` with its places filled; a missing sentence never raises.

        `count` chooses among `key|category` by the language's plural rule and fills the place `{count}`. A key that the
        language lacks is said in English; one that English lacks too comes back as `[key]`. Both are logged once.
        """
        if count is not None:
            values["count"] = count
        wanted = self.resolve(language)
        for code in dict.fromkeys((wanted, REFERENCE)):
            sentence = self._sentence(code, key, count)
            if sentence is not None:
                return fill(sentence, values)
            self._report(code, key)
        return f"[{key}]"

    def has(self, key: str) -> bool:
        """Return whether the reference language has a sentence for `key`."""
        return self._sentence(REFERENCE, key, None) is not None

    def strings(self, language: str | None, prefix: str) -> dict[str, str]:
        """Return all sentences whose key begins with `prefix`, unfilled, in `language`, in English where it has none.

        Plural entries keep their category: the reader chooses by the same CLDR rule.
        """
        own = self._messages[self.resolve(language)]
        found = {key: text for key, text in own.items() if key.startswith(prefix)}
        spoken = {key.partition("|")[0] for key in found}
        spare = self._messages[REFERENCE].items()
        return found | {k: v for k, v in spare if k.startswith(prefix) and k.partition("|")[0] not in spoken}

    def _sentence(self, code: str, key: str, count: int | None) -> str | None:
        messages = self._messages[code]
        if count is None:
            return messages.get(key, messages.get(f"{key}|other"))
        tried = (f"{key}|{self._plurals[code](count)}", f"{key}|other", key)
        return next((messages[name] for name in tried if name in messages), None)

    def _report(self, code: str, key: str) -> None:
        if (code, key) not in self._reported:
            self._reported.add((code, key))
            _log.warning("i18n.key.missing", language=code, key=key)


class _PluralRule(Protocol):
    """Says which CLDR plural category a number has."""

    def __call__(self, n: int, /) -> str: ...


def _plural_rule(code: str) -> _PluralRule:
    try:
        return Locale.parse(code, sep="-").plural_form
    except (UnknownLocaleError, ValueError) as error:
        raise PackUnreadable(f"'{code}' is not a language that CLDR knows") from error
