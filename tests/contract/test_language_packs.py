"""What every language pack promises, whoever wrote it: found by looking into the folder of language plugins."""

import tomllib
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
import snowballstemmer

from doorward.kit.words import Stemmer, split_words, visible
from doorward.plugins import languages
from doorward.understanding.intent import Understander
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import house_text
from doorward.vocabulary.understanding import Understanding

FOLDER = Path(languages.__path__[0])
CODES = sorted(file.parent.name for file in FOLDER.glob("*/plugin.toml"))
OWN_WORDS = (
    "person_request",
    "call_request",
    "complaint_request",
    "greeting",
    "thanks",
    "farewell",
    "stop_words",
    "yes",
    "no",
)


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message, and whether it asks for a person, a call or that a complaint is taken down, or is small talk."""

    text: str
    wants_person: bool = False
    wants_call: bool = False
    wants_complaint: bool = False
    social: str = ""


def build(code: str) -> LanguagePack:
    """Return a pack as the house builds it."""
    pack = import_module(f"doorward.plugins.languages.{code}.plugin").build(None)
    assert isinstance(pack, LanguagePack)
    return pack


PACKS = {code: build(code) for code in CODES}


def cases(name: str) -> list[tuple[str, Case]]:
    """Return the cases of one kind of all packs, with the pack's code."""
    return [
        (code, msgspec.json.decode(line, type=Case))
        for code in CODES
        for line in (FOLDER / code / "cases" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


@pytest.fixture(scope="module")
def understander() -> Understander:
    """Return the room that looks for the packs' phrases."""
    return Understander(PACKS.values())


def understand(understander: Understander, code: str, text: str) -> Understanding:
    """Return what is understood of a text that is known to be in this language."""
    pack = PACKS[code]
    stemmer = Stemmer(pack.stemmer)
    words = tuple(pack.fold_case(word) for word in split_words(visible(text)))
    reading = Reading(language=code, language_score=1.0, words=words, stems=tuple(stemmer.stem(word) for word in words))
    return understander.understand(reading, house_text(text), nearest=lambda _reading: ())


@pytest.mark.parametrize("code", CODES)
def test_a_pack_says_what_it_is(code: str) -> None:
    """Folder, plugin.toml and pack agree on the language."""
    about = tomllib.loads((FOLDER / code / "plugin.toml").read_text(encoding="utf-8"))
    assert (about["id"], about["kind"], about["languages"]) == (code, "language", [code])
    assert PACKS[code].code == code
    assert (FOLDER / code / "README.md").exists()


@pytest.mark.parametrize("code", CODES)
def test_a_pack_has_the_words_that_the_rooms_ask_for(code: str) -> None:
    """The common lexicons are there, and the way to a person is wide."""
    pack = PACKS[code]
    assert [purpose for purpose in OWN_WORDS if len(pack.words(purpose)) < 20] == []
    assert len(pack.words("person_request")) >= 40


@pytest.mark.parametrize("code", CODES)
def test_a_pack_names_a_stemmer_that_exists(code: str) -> None:
    """`stemmer` is empty or one of Snowball's algorithms."""
    assert PACKS[code].stemmer in {"", *snowballstemmer.algorithms()}


@pytest.mark.parametrize("code", CODES)
def test_phrases_have_words(code: str) -> None:
    """No phrase of a lexicon is made of signs alone, which could never be found in a text."""
    lexicon = PACKS[code].lexicon
    wordless = [(purpose, phrase) for purpose in OWN_WORDS for phrase in lexicon[purpose] if not split_words(phrase)]
    assert wordless == []


@pytest.mark.parametrize(("code", "case"), cases("person_request"), ids=lambda value: getattr(value, "text", value))
def test_a_wish_for_a_person_is_heard(understander: Understander, code: str, case: Case) -> None:
    """A pack's own examples are told apart: asking for a person, and merely speaking of one."""
    assert understand(understander, code, case.text).wants_person is case.wants_person


@pytest.mark.parametrize(("code", "case"), cases("call_request"), ids=lambda value: getattr(value, "text", value))
def test_a_wish_for_a_call_is_heard(understander: Understander, code: str, case: Case) -> None:
    """Asking for a call is asking for a person too; speaking of calls, or wanting none, is neither."""
    found = understand(understander, code, case.text)
    assert (found.wants_call, found.wants_person) == (case.wants_call, case.wants_call)


@pytest.mark.parametrize("code", CODES)
def test_asking_for_a_call_is_among_what_asks_for_a_person(code: str) -> None:
    """A person calls in the end, unless a procedure sees to it."""
    assert set(PACKS[code].words("call_request")) <= set(PACKS[code].words("person_request"))


@pytest.mark.parametrize(("code", "case"), cases("complaint_request"), ids=lambda value: getattr(value, "text", value))
def test_a_wish_to_complain_is_heard(understander: Understander, code: str, case: Case) -> None:
    """Asking that a complaint is taken down is told from speaking of one, asking how, and wanting none."""
    assert understand(understander, code, case.text).wants_complaint is case.wants_complaint


@pytest.mark.parametrize(("code", "case"), cases("small_talk"), ids=lambda value: getattr(value, "text", value))
def test_small_talk_is_heard(understander: Understander, code: str, case: Case) -> None:
    """A greeting, thanks or goodbye alone is small talk; with a request beside it, it is not."""
    assert (understand(understander, code, case.text).social or "") == case.social


@pytest.mark.parametrize("code", CODES)
def test_the_offered_person_is_a_wish_for_a_person(understander: Understander, code: str) -> None:
    """What is sent when the customer takes the choice 'talk to a person' asks for a person."""
    assert understand(understander, code, PACKS[code].messages["reply.person_says"]).wants_person
