"""What was asked for in words becomes the wish, where the company has a procedure for it."""

from datetime import UTC, datetime

import msgspec
import pytest

from doorward.answering.procedures import known_of, load_procedures
from doorward.flow.asked import BY_WORDS, MOST, SURE, heard_by_value, heard_in_words
from doorward.flow.procedures import Standing, TenantProcedures
from doorward.kit.clock import FixedClock
from doorward.kit.expressions import compile_expression
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from doorward.vocabulary.text import MaskedText, Span
from doorward.vocabulary.understanding import Intent, Understanding
from tests.support.halden import PROCEDURES

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
COMPLAINT = Understanding(intent=None, wants_complaint=True, version="packs@1")
CALL = Understanding(intent=None, wants_person=True, wants_call=True, version="packs@1")
LANGUAGES = ("en", "de", "tr", "id", "ru")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """Return how things stand with all of the bank's procedures, for a stranger."""
    core = HaldenCore(tmp_path_factory.mktemp("core"), seed=make_seed_of({}), clock=FixedClock(NOW))
    loaded = load_procedures(PROCEDURES, languages=LANGUAGES, known=known_of(core), compiled=compile_expression)
    return Standing(procedures=TenantProcedures(procedures=loaded.procedures, core=core), kept=None, level=0, now=NOW)


def wishing(found: Understanding, *wishes: tuple[str, float], stranger: bool = False) -> Understanding:
    """Return what was understood with what a model says of it."""
    named = tuple(Intent(name=name, score=score, label=name.title()) for name, score in wishes)
    intent = None if stranger or not named else named[0]
    return msgspec.structs.replace(found, intent=intent, wishes=named, stranger=stranger, near=True)


@pytest.mark.parametrize(("found", "name"), [(COMPLAINT, "complaint"), (CALL, "callback.wanted")])
def test_what_was_asked_for_is_the_likeliest_wish(standing: Standing, found: Understanding, name: str) -> None:
    """Also where the company has no model; what it goes by is in the version."""
    heard = heard_in_words(found, standing)
    assert heard.intent == Intent(name=name, score=BY_WORDS)
    assert heard.wishes == (heard.intent,)
    assert heard.version == "packs@1 by-words@1"


def test_the_model_s_wishes_stand_behind_it(standing: Standing) -> None:
    """One of a few, or none of them, is no longer asked about; no wish is there twice, and no more than ever."""
    others = tuple((f"other.{place}", 0.3) for place in range(MOST))
    for stranger in (False, True):
        heard = heard_in_words(wishing(COMPLAINT, *others, stranger=stranger), standing)
        assert [one.name for one in heard.wishes] == ["complaint", *(name for name, _ in others[: MOST - 1])]
        assert (heard.intent, heard.stranger, heard.near) == (heard.wishes[0], False, False)
    known = heard_in_words(wishing(COMPLAINT, ("fees.ask", 0.5), ("complaint", 0.4)), standing)
    assert [(one.name, one.score, one.label) for one in known.wishes] == [
        ("complaint", BY_WORDS, "Complaint"),
        ("fees.ask", 0.5, "Fees.Ask"),
    ]


@pytest.mark.parametrize(
    ("name", "score", "first"),
    [
        ("card.block", SURE, "card.block"),
        ("card.block", SURE - 0.01, "complaint"),
        ("person.wanted", 0.99, "complaint"),
        ("complaint", 0.99, "complaint"),
    ],
)
def test_what_the_model_is_sure_of_stays_first(standing: Standing, name: str, score: float, first: str) -> None:
    """A lost card is blocked first; wanting a person is what a complaint looks like to a model without that intent."""
    heard = heard_in_words(wishing(COMPLAINT, (name, score)), standing)
    assert heard.intent is not None
    assert heard.intent.name == first
    assert heard.near is (first == "card.block")


def test_a_complaint_comes_before_a_call(standing: Standing) -> None:
    """Both in one breath: the complaint is what is lost otherwise."""
    heard = heard_in_words(msgspec.structs.replace(CALL, wants_complaint=True), standing)
    assert heard.intent is not None
    assert heard.intent.name == "complaint"


def test_without_a_procedure_for_it_nothing_changes(standing: Standing) -> None:
    """A company that has none answers as ever."""
    bare = msgspec.structs.replace(standing, procedures=msgspec.structs.replace(standing.procedures, procedures={}))
    for found in (COMPLAINT, CALL):
        assert heard_in_words(found, None) is found
        assert heard_in_words(found, bare) is found


def test_what_was_not_asked_for_changes_nothing(standing: Standing) -> None:
    """Wanting a person is none of these wishes."""
    found = Understanding(intent=None, wants_person=True)
    assert heard_in_words(found, standing) is found


def test_the_bank_s_procedures_begin_by_these_names(standing: Standing) -> None:
    """The vocabulary's names are those in the bank's procedures."""
    begun = [standing.procedures.started_by(name) for name in ("complaint", "callback.wanted")]
    assert [one.id for one in begun if one is not None] == ["complaint", "call_back"]


def holding(*kinds: str) -> MaskedText:
    """Return a message with a masked place of each kind."""
    text, spans = "and this too:", []
    for kind in kinds:
        spans.append(Span(kind=kind, start=len(text) + 1, end=len(text) + 3 + len(kind)))
        text = f"{text} [{kind}]"
    return MaskedText(text, tuple(spans))


def guessed(*wishes: tuple[str, float], stranger: bool = True) -> Understanding:
    """Return what a model guesses."""
    return wishing(Understanding(intent=None, version="model@1"), *wishes, stranger=stranger)


def test_the_value_that_a_wish_needs_makes_it_sure(standing: Standing) -> None:
    """'And the phone too: +44 …' is a poor sentence and a plain wish."""
    heard = heard_by_value(guessed(("phone.change", 0.2), ("person.wanted", 0.1)), standing, holding("PHONE"))
    assert heard.intent is not None
    assert (heard.intent.name, heard.intent.score, heard.stranger, heard.near) == (
        "phone.change",
        BY_WORDS,
        False,
        False,
    )
    assert [one.name for one in heard.wishes] == ["phone.change", "person.wanted"]


@pytest.mark.parametrize(
    ("found", "masked"),
    [
        (guessed(("person.wanted", 0.65), ("phone.change", 0.3)), holding("PHONE")),
        (guessed(("phone.change", 0.2)), holding("EMAIL")),
        (guessed(("phone.change", 0.2)), holding("PHONE", "EMAIL")),
        (guessed(("phone.change", 0.2)), holding()),
        (guessed(("phone.change", 0.1)), holding("PHONE")),
        (guessed(("card.block", 0.5)), holding("PHONE")),
        (guessed(), holding("PHONE")),
    ],
)
def test_a_value_alone_is_no_wish(standing: Standing, found: Understanding, masked: MaskedText) -> None:
    """Nor one that the likeliest wish does not need, nor one of several."""
    assert heard_by_value(found, standing, masked) is found
    assert heard_by_value(found, None, masked) is found
