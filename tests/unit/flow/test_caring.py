"""Who sounds as if they needed care meets a person soon; how they sounded is kept for a day, and in no ledger."""

from collections.abc import Callable

import msgspec
import pytest

from doorward import routing
from doorward.answering.composing import Composer
from doorward.answering.index import KnowledgeIndex
from doorward.understanding import Wished
from doorward.understanding.feelings import Heard, hint_of
from doorward.vocabulary.decision import Decision, Emotion, Facts
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate, Understanding
from tests.support.knowledge import index_of
from tests.support.transactions import CONVERSATION, SCOPE
from tests.support.walking import SETTINGS, Flow, Mind
from tests.support.words import LANGUAGES, translator


class Feeling(Mind):
    """A mind that hears what the test says."""

    heard: Understanding = Understanding(intent=None)

    def understand(
        self,
        reading: Reading,
        masked: MaskedText,
        *,
        nearest: Callable[[Reading], tuple[Candidate, ...]],
        wished: Callable[[Reading], Wished | None],
        answers: bool,
    ) -> Understanding:
        """Return what the test says."""
        return self.heard


def felt(flow: Flow, emotion: Emotion, *, vulnerable: bool = False) -> None:
    """Walk a message that sounds so."""
    mind = Feeling()
    mind.heard = Understanding(intent=None, emotion=emotion, vulnerable=vulnerable)
    flow.rooms = msgspec.structs.replace(flow.rooms, understander=mind)
    flow.runner().walk_now(flow.say("hello"))


@pytest.mark.parametrize("emotion", ["distress", "bereavement", "self_harm"])
def test_who_needs_care_waits_in_front_of_others(flow: Flow, emotion: Emotion) -> None:
    """All for the same reason and equally soon, so that what is kept does not say what was heard."""
    felt(flow, emotion)
    assert flow.decisions() == [("hand_over", "care")]
    standing = flow.transactions.read(lambda tx: routing.standing_of(tx, SCOPE, CONVERSATION))
    assert standing is not None
    assert standing.priority == 2


def test_what_was_heard_is_kept_beside_the_ledger_and_not_in_it(flow: Flow) -> None:
    """For the agent's note; no line of the conversation holds it."""
    felt(flow, "bereavement", vulnerable=True)
    hint = flow.transactions.read(lambda tx: hint_of(tx, SCOPE, CONVERSATION))
    assert hint == Heard(emotion="bereavement", vulnerable=True)
    lines = msgspec.json.encode([one.entry.data for one in flow.ledger()]).decode()
    assert not [word for word in ("bereavement", "vulnerable", "emotion") if word in lines]


def test_what_sounds_like_nothing_leaves_nothing(flow: Flow) -> None:
    """No row for ordinary messages."""
    felt(flow, "")
    assert flow.transactions.read(lambda tx: hint_of(tx, SCOPE, CONVERSATION)) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_may_be_in_danger_is_told_where_help_is(language: str) -> None:
    """Calm words of their own, without a telephone number that may be another country's."""
    said = {emotion: reply(language, emotion) for emotion in ("self_harm", "bereavement")}
    assert said["self_harm"] == translator().say(language, "reply.hand_over_in_danger")
    assert said["bereavement"] == translator().say(language, "reply.hand_over_care")
    assert not [one for one in said["self_harm"] if one.isdigit()]


@pytest.mark.parametrize(("emotion", "told"), [("self_harm", True), ("distress", False)])
def test_the_company_says_where_help_is(flow: Flow, emotion: Emotion, *, told: bool) -> None:
    """Its own words stand behind ours, for those in danger and for nobody else."""
    settings = msgspec.structs.replace(SETTINGS, crisis_help={"en": "Emergency number: 112."})
    flow.rooms = msgspec.structs.replace(flow.rooms, settings_of=lambda _tenant_id: settings)
    felt(flow, emotion)
    (said,) = [one.entry.text for one in flow.ledger() if one.entry.kind == "message.bot"]
    assert said is not None
    assert ("Emergency number: 112." in said.text) is told


def reply(language: str, emotion: str) -> str:
    """Return what is said to somebody who sounds so."""
    decision = Decision(action="hand_over", reason="care", rule="x", facts=Facts(emotion=emotion))
    empty: KnowledgeIndex = index_of(())
    found = Composer(translator()).compose(decision, Understanding(intent=None), language=language, index=empty)
    assert found is not None
    return found.text
