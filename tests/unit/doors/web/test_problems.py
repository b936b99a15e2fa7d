"""What the outside is told of errors, and what it is not."""

from collections.abc import Iterator

import pytest
from litestar.exceptions import HTTPException, ValidationException

from doorward.bootstrap import load_plugins
from doorward.doors.web.problems import known_error, problem_of
from doorward.kit.clock import SystemClock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Settings
from doorward.kit.tx import Closed, CommitFailed, Unreachable
from doorward.vocabulary import errors
from doorward.vocabulary.errors import (
    DoorwardError,
    GuardFailed,
    Malformed,
    NotSignedIn,
    RateLimited,
    StepUpRequired,
    StorageFull,
    TooLarge,
    Unavailable,
)


@pytest.fixture(scope="module")
def translator() -> Translator:
    """All language packs."""
    return Translator(load_plugins(Settings(), clock=SystemClock(), kinds=("language",)).packs)


def kinds(root: type[DoorwardError] = DoorwardError) -> Iterator[type[DoorwardError]]:
    """Yield every error there is."""
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def test_every_error_has_a_sentence_in_every_language(translator: Translator) -> None:
    """No error comes out as a bare code, in any language."""
    assert errors.DoorwardError in set(kinds())
    for kind in kinds():
        key = f"error.{kind.code}"
        for language in translator.languages:
            assert not translator.say(language, key).startswith("["), (language, key)


def test_codes_are_not_shared() -> None:
    """A code means one thing."""
    codes = [kind.code for kind in kinds()]
    assert len(codes) == len(set(codes))


def test_a_problem_has_the_fields_of_its_standard(translator: Translator) -> None:
    """Type, title, status and detail as RFC 9457 has them, the code besides, and nothing empty."""
    problem = problem_of(RateLimited("too many", retry_after=7), language="en", translator=translator)
    assert (problem.type, problem.title, problem.status) == ("/problems/rate_limited", "Too Many Requests", 429)
    assert problem.retry_after == 7
    assert "7 s" in problem.detail
    assert problem.reason is None


def test_programmers_are_told_which_field(translator: Translator) -> None:
    """Refusals that are a program's fault name the field; refusals about people and operators keep their sentence."""
    told = problem_of(Malformed("text: blank"), language="en", translator=translator)
    assert told.reason == "text: blank"
    for quiet in (NotSignedIn("the token is another tenant's"), GuardFailed("the model is not loaded")):
        assert problem_of(quiet, language="en", translator=translator).reason is None


def test_facts_that_help_are_passed_on(translator: Translator) -> None:
    """A step-up says what is needed, a limit how much is allowed."""
    step_up = StepUpRequired("more", action="order.read", needs="verified")
    assert problem_of(step_up, language="en", translator=translator).needs == "verified"
    assert problem_of(TooLarge("long", limit=4000), language="en", translator=translator).limit == 4000


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CommitFailed(full=True), StorageFull),
        (CommitFailed(full=False), Unavailable),
        (Unreachable("gone"), Unavailable),
        (Closed(), Unavailable),
        (RecursionError(), Malformed),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), Malformed),
        (HTTPException(status_code=418), Malformed),
    ],
)
def test_what_is_foreseen_has_a_name(error: Exception, kind: type[DoorwardError]) -> None:
    """A full disk, a stopping house and unreadable bytes are said as what they are."""
    assert type(known_error(error)) is kind


def test_what_nobody_foresaw_has_none() -> None:
    """Everything else becomes an incident; an HTTP 500 of the framework does too."""
    assert known_error(ValueError("4242 4242 4242 4242")) is None
    assert known_error(HTTPException(status_code=500)) is None


def test_only_our_own_fields_are_named() -> None:
    """A field that the handler knows is named as the outside calls it; whatever else was sent is not repeated."""
    ours = ValidationException(extra=[{"key": "states", "message": "Invalid enum value 'secret'"}])
    theirs = ValidationException(extra=[{"key": "4242424242424242", "message": "unknown"}])
    named = known_error(ours, fields={"states": "state"})
    unnamed = known_error(theirs, fields={"states": "state"})
    assert named is not None
    assert named.detail == "state: not as expected"
    assert unnamed is not None
    assert "4242" not in unnamed.detail
