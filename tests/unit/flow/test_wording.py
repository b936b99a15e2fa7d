"""When the walk asks a language model for words, and how long it has."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from doorward.answering import KnownSection
from doorward.answering.language_model import Asking, Grounded, ModelUse, Proposed
from doorward.flow.language_model import Wording
from doorward.flow.walk import Answered, Walk
from doorward.kit.clock import FixedClock
from doorward.kit.tenant_settings import TenantSettings
from doorward.vocabulary.arrival import Message
from doorward.vocabulary.ids import ArticleId, MessageId
from doorward.vocabulary.reply import Reply, Source
from doorward.vocabulary.text import MaskedText, house_text
from doorward.vocabulary.understanding import Candidate, Understanding
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE

USED = ModelUse(use="answer", outcome="used")
NO_CARD: Any = None
"""Wording looks at no card."""

BODY = "Your card arrives within 5 days."


class Proposer:
    """Notes what it is asked, and answers from the last source."""

    def __init__(self) -> None:
        """Be asked nothing yet."""
        self.asked: list[tuple[list[str], Asking]] = []

    def answer_from(self, sources: list[str], _question: MaskedText, *, asking: Asking) -> Proposed[Grounded]:
        """Answer."""
        self.asked.append((list(sources), asking))
        return Proposed(value=Grounded(text=house_text("Other words."), cites=(len(sources) - 1,)), use=USED)

    def rephrase(self, answer: str, *, asking: Asking) -> Proposed[MaskedText]:
        """Rephrase."""
        self.asked.append(([answer], asking))
        return Proposed(value=None, use=msgspec.structs.replace(USED, use="rephrase", outcome="refused", why="lost"))


class Shelf:
    """Knows sections by their articles; is its own index."""

    def __init__(self, *sections: KnownSection) -> None:
        """Know these."""
        self._sections = {one.article_id: one for one in sections}

    def index(self, _scope: object) -> "Shelf":
        """Be the index."""
        return self

    def section(self, candidate: Candidate) -> KnownSection | None:
        """Return a candidate's section."""
        return self._sections.get(candidate.article_id)


def section(name: str, *, body: str = BODY, language: str = "en") -> KnownSection:
    """A section."""
    article_id = ArticleId(name)
    return KnownSection(
        article_id=article_id, slug=name, language=language, section=0, title=name, heading=name, body=body, revision=1
    )


def candidate(name: str, score: float) -> Candidate:
    """A candidate."""
    return Candidate(article_id=ArticleId(name), slug=name, section=0, score=score, title=name, revision=1)


def source(name: str) -> Source:
    """Where a reply comes from."""
    return Source(article_id=ArticleId(name), slug=name, section=0, title=name, revision=1)


class Room:
    """A wording with all that is around it."""

    def __init__(self) -> None:
        """Know three sections, of which two are near."""
        self.proposer, self.clock = Proposer(), FixedClock(NOON)
        self.sections = [section("a"), section("b", body="More."), section("c", body="Far.")]
        self.settings = TenantSettings(language_model=("answer",))

    def word(self, *, reply: Reply | None = None) -> tuple[Reply, ModelUse | None]:
        """Word a reply from section a."""
        shelf: Any = Shelf(*self.sections)
        proposer: Any = self.proposer
        wording = Wording(proposer, shelf, clock=self.clock, seconds=2.0)
        found = (candidate("a", 0.8), candidate("b", 0.5), candidate("c", 0.3))
        return wording.word(self._walk(found), reply or Reply(text=BODY, language="en", sources=(source("a"),)))

    def _walk(self, found: tuple[Candidate, ...]) -> Walk:
        message = Message(
            id=MessageId("m"),
            conversation_id=CONVERSATION,
            party_id=PARTY,
            channel="webchat",
            number=1,
            text=house_text("When?"),
            received_at=NOON,
        )
        return Walk(
            scope=SCOPE,
            message=message,
            card=NO_CARD,
            settings=self.settings,
            understand=Understanding(intent=None, candidates=found),
        )


@pytest.fixture
def room() -> Room:
    """A room."""
    return Room()


def test_near_sections_are_sources_and_those_cited_are_told(room: Room) -> None:
    """What is far is not given to anybody; the reply names what its words rest on."""
    reply, use = room.word()
    assert (reply.text, reply.sources, use) == ("Other words.", (source("b"),), USED)
    assert room.proposer.asked == [([BODY, "More."], Asking(scope=SCOPE, language="en", seconds=2.0))]


@pytest.mark.parametrize(("waited", "seconds"), [(-5.0, 2.0), (0.0, 2.0), (1.0, 1.6), (2.3, 0.3)])
def test_there_is_what_is_left_of_three_seconds(room: Room, waited: float, seconds: float) -> None:
    """From the arrival of the message, less what everything else takes; clocks that disagree give no more."""
    if waited > 0:
        room.clock.advance(timedelta(seconds=waited))
    else:
        room.clock = FixedClock(NOON + timedelta(seconds=waited))
    room.word()
    assert room.proposer.asked[0][1].seconds == pytest.approx(seconds)


@pytest.mark.parametrize("waited", [2.5, 60.0, 86_400.0])
def test_a_message_that_waited_too_long_is_answered_at_once(room: Room, waited: float) -> None:
    """As after a crash: nobody is asked, and the record says why."""
    room.clock.advance(timedelta(seconds=waited))
    reply, use = room.word()
    assert (reply.text, use) == (BODY, ModelUse(use="answer", outcome="skipped", why="late"))
    assert room.proposer.asked == []


def test_nobody_is_asked_for_what_nobody_wants(room: Room) -> None:
    """Without a use for it, for a reply without sources, for a section in another language or that has changed."""
    plain = Reply(text=BODY, language="en", sources=(source("a"),))
    room.settings = TenantSettings(language_model=("summary",))
    assert room.word() == (plain, None)
    room.settings = TenantSettings(language_model=("answer",))
    assert room.word(reply=msgspec.structs.replace(plain, sources=()))[1] is None
    assert room.word(reply=msgspec.structs.replace(plain, language="de"))[1] is None
    room.sections = [section("b")]
    assert room.word() == (plain, None)
    assert room.proposer.asked == []


def test_what_is_refused_leaves_the_reply_as_it_is(room: Room) -> None:
    """With the reason for the record."""
    room.settings = TenantSettings(language_model=("rephrase",))
    reply, use = room.word()
    assert reply.text == BODY
    assert use is not None
    assert (use.outcome, use.why) == ("refused", "lost")


def test_steps_stay_steps(room: Room) -> None:
    """A list is not made into sentences."""
    room.settings = TenantSettings(language_model=("rephrase",))
    for listed in ("Do this:\n\n1. Open it.\n2. Close it.", "You need:\n• a card\n• a code"):
        reply, use = room.word(reply=Reply(text=listed, language="en", sources=(source("a"),)))
        assert (reply.text, use) == (listed, ModelUse(use="rephrase", outcome="skipped", why="list"))
    assert room.proposer.asked == []


def test_a_stages_result_outlives_the_process() -> None:
    """What a model said is kept with the stage, so that nobody asks again after a crash."""
    answered = Answered(reply=Reply(text=BODY, language="en"), model=USED)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(answered), type=Answered) == answered
