"""The language packs and the code that speaks by them: the same keys everywhere, none missing, none unused."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from babel import Locale

from doorward.kit.i18n import places, read_pack_folder
from doorward.plugins import languages
from doorward.record import READS
from doorward.record.card import State
from doorward.vocabulary.decision import SHORT_LIVED, Action, Facts
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Role

ROOT = Path(__file__).parents[2]
PACKS = {
    folder.parent.name: read_pack_folder(folder.parent) for folder in Path(languages.__path__[0]).glob("*/messages")
}
ENGLISH = PACKS["en"].messages
OTHERS = sorted(set(PACKS) - {"en"})
FAMILIES = frozenset(key.partition(".")[0] for key in ENGLISH)

LATIN_IN_RUSSIAN = frozenset(
    {
        *("doorward", "iban", "pin", "ip", "url", "html", "unicode", "id", "api", "markdown", "csv", "zip"),
        *("cards", "de", "md", "close", "account"),
    }
)
"""Names that Russian writes in Latin letters, and the parts of examples of names (`cards/de.md`, `close_account`)."""

_QUOTED = re.compile(r""""([a-z]\w*(?:\.\w*)+)"|'([a-z]\w*(?:\.\w*)+)'|`([a-z]\w*(?:\.\w*)+)(?:`|\$\{)""")
_SAID = re.compile(r"""\b(?:t|say)\(\s*["']([a-z]\w*(?:\.\w+)+)["']""")
_LABEL = re.compile(r"""\blabel\(\s*["'](\w+)["']\s*,""")
_KEY = re.compile(r"[a-z]\w*(\.\w+)+")
_WORD = re.compile(r"[^\W\d_]+")


def base(key: str) -> str:
    """Return a key without its plural category."""
    return key.partition("|")[0]


@cache
def sources() -> tuple[Path, ...]:
    """Return every file of the product that could name a key: code, templates, rules and front end, without tests."""
    found = [
        path
        for pattern in ("src/doorward/**/*.py", "src/doorward/**/*.html", "src/doorward/**/*.toml", "ui/**/*.*js")
        for path in ROOT.glob(pattern)
    ]
    built = ROOT / "src" / "doorward" / "doors" / "web" / "static"
    return tuple(p for p in found if "tests" not in p.parts and ".test." not in p.name and built not in p.parents)


def python_constants(tree: ast.AST) -> Iterator[str]:
    """Yield the string constants of Python code; of an f-string only what stands before its first place."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values[1:]}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def python_said(tree: ast.AST) -> Iterator[str]:
    """Yield the constant keys in calls of `say(language, key)` and `say(key)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "say":
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and _KEY.fullmatch(str(argument.value)):
                    yield str(argument.value)


@cache
def named() -> frozenset[str]:
    """Return every string constant of the product that could be a key, or the beginning of one."""
    found: set[str] = set()
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            found.update(python_constants(ast.parse(text)))
        elif path.suffix == ".toml":
            found.update(re.findall(r'"([^"]+)"', text))
        else:
            found.update("".join(groups) for groups in _QUOTED.findall(text))
    return frozenset(found)


@cache
def said() -> dict[str, str]:
    """Return the keys that are said somewhere as a constant, with the file that says them."""
    found: dict[str, str] = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        keys = python_said(ast.parse(text)) if path.suffix == ".py" else iter(_SAID.findall(text))
        found |= dict.fromkeys(keys, str(path.relative_to(ROOT)))
    return found


def error_codes() -> set[str]:
    """Return the codes of all errors, those of single rooms and doors included."""
    found = (re.findall(r'code: ClassVar\[str\] = "(\w+)"', path.read_text(encoding="utf-8")) for path in sources())
    return set().union(*found)


def words(text: str) -> list[str]:
    """Return the words of a sentence, places left out."""
    return _WORD.findall(re.sub(r"\{\w+\}", "", text))


def scripts(word: str) -> set[str]:
    """Return the scripts of a word's letters, as Unicode names them."""
    return {unicodedata.name(letter).partition(" ")[0] for letter in word}


def is_subkind(code: str, kinds: set[str]) -> bool:
    """Return whether a risk's code is a finding's kind and one of its subkinds, such as `link.shortener`."""
    return any(code.startswith(f"{kind}.") and code.removeprefix(f"{kind}.") in named() for kind in kinds)


def family(name: str) -> set[str]:
    """Return the keys of a family without its name, in English."""
    return {base(key).partition(".")[2] for key in ENGLISH if key.startswith(f"{name}.")}


@pytest.mark.parametrize("code", OTHERS)
def test_every_pack_has_every_key(code: str) -> None:
    """No pack lacks a sentence of the reference or has one that the reference lacks."""
    assert {base(key) for key in PACKS[code].messages} == {base(key) for key in ENGLISH}


@pytest.mark.parametrize("code", sorted(PACKS))
def test_every_plural_is_complete(code: str) -> None:
    """A sentence that depends on a number has exactly the categories that CLDR gives the language."""
    wanted = {*Locale.parse(code).plural_form.tags, "other"}
    counted = {base(key) for key in ENGLISH if "|" in key}
    found = {key: {k.partition("|")[2] for k in PACKS[code].messages if base(k) == key} for key in counted}
    assert {key: categories for key, categories in found.items() if categories != wanted} == {}


@pytest.mark.parametrize("code", sorted(PACKS))
def test_every_sentence_has_the_places_of_the_reference(code: str) -> None:
    """What is inserted in English is inserted everywhere, in every plural."""
    wanted = {base(key): places(text) for key, text in ENGLISH.items()}
    assert [key for key, text in PACKS[code].messages.items() if places(text) != wanted[base(key)]] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_translated(code: str) -> None:
    """A sentence of three words or more is not the English one, and ends as the English one does."""
    ends = {base(key): text[-1] for key, text in ENGLISH.items() if text[-1] in ".?!:…"}
    same = [k for k, text in PACKS[code].messages.items() if text == ENGLISH.get(k) and len(_WORD.findall(text)) > 2]
    assert same == []
    assert [k for k, t in PACKS[code].messages.items() if base(k) in ends and t[-1] != ends[base(k)]] == []


@pytest.mark.parametrize("code", sorted(PACKS))
def test_every_sentence_is_in_its_script(code: str) -> None:
    """Russian is Cyrillic, the others are Latin, and no word mixes the two (look-alike letters)."""
    own = "CYRILLIC" if code == "ru" else "LATIN"
    sentences = [(key, text) for key, text in PACKS[code].messages.items()]
    phrases = [(purpose, text) for purpose, texts in PACKS[code].lexicon.items() for text in texts]
    mixed = [(key, word) for key, text in sentences + phrases for word in words(text) if len(scripts(word)) > 1]
    # Codes and passwords are asked for in Latin letters in every language, so lexicons may hold words of both scripts.
    foreign = [(key, word) for key, text in sentences for word in words(text) if scripts(word) != {own}]
    assert mixed == []
    assert [(key, word) for key, word in foreign if word.casefold() not in LATIN_IN_RUSSIAN] == []


def test_nothing_is_said_that_no_pack_has() -> None:
    """Every constant key in the code, the templates and the front end has a sentence."""
    spoken = {base(key) for key in ENGLISH}
    assert {key: place for key, place in said().items() if key not in spoken} == {}


def test_nothing_is_translated_that_nobody_says() -> None:
    """Every key is named somewhere: whole, by a beginning that ends in a dot, or by its code in a family of labels.

    The door hands out all of `widget.`; which of them are said, only the widget's own code tells.
    """
    kinds = {code.lower().replace("_", ".", 1) for code in named() if code.isupper()}
    labels = {family for path in sources() for family in _LABEL.findall(path.read_text(encoding="utf-8"))}
    beginnings = {text for text in named() if re.fullmatch(r"[a-z]\w*(\.\w+)*\.", text)} - {"widget."}
    unused = []
    for key in dict.fromkeys(map(base, ENGLISH)):
        name, _, code = key.partition(".")
        labelled = name in labels and (code in named() | kinds or is_subkind(code, kinds))
        begun = any(key.startswith(text) for text in beginnings if name not in labels)
        if key not in named() and not labelled and not begun:
            unused.append(key)
    assert unused == []


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("error", error_codes()),
        ("state", set(get_args(State))),
        ("action", set(get_args(Action))),
        ("role", set(get_args(Role))),
        ("assurance", {level.name.lower() for level in AssuranceLevel}),
    ],
)
def test_every_code_has_a_sentence(name: str, codes: set[str]) -> None:
    """Codes of the vocabulary are said in words, and no words are left over for codes that are gone."""
    assert family(name) == codes


def test_a_customer_reads_in_words_how_somebody_looked_at_their_data() -> None:
    """What staff search for is about nobody yet, so that no customer's list has it; all else is in it, and said."""
    about_nobody = {"conversations.searched", "customers.searched", "protection.opening.read"}
    said = {one.removeprefix("read.") for one in family("portal") if one.startswith("read.")}
    assert said == set(READS) - about_nobody


def test_every_fact_that_is_kept_has_a_name_in_words() -> None:
    """What a rule looked at can be told; how somebody felt is kept nowhere and has no name."""
    named_facts = {name.partition(".")[0] for name in family("fact")} - {"yes", "no"}
    assert named_facts == set(Facts.__struct_fields__) - SHORT_LIVED


def test_every_reason_of_a_policy_has_a_sentence() -> None:
    """A rule may not decide for a reason that an agent could not read."""
    reasons = {
        reason
        for path in (ROOT / "src" / "doorward" / "plugins" / "policies").glob("*/rules.toml")
        for reason in re.findall(r'^reason = "(.+)"$', path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert reasons
    assert reasons - family("reason") == set()
    # That a person has the conversation decides nothing that a customer would ask about.
    explained = {key.removeprefix("why.") for key in family("portal")}
    assert reasons - explained == {"person_has_it"}
