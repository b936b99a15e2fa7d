"""What the walk makes of the company's own model: facts for rules."""

import pytest

from doorward.flow.flood import Reconsideration
from doorward.flow.walk import Walk, facts_of
from doorward.kit.tenant_settings import TenantSettings
from doorward.record.card import open_card
from doorward.vocabulary.arrival import Message
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.decision import Facts
from doorward.vocabulary.ids import ArticleId, MessageId
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate, Intent, Understanding
from tests.support.builders import an_entry
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE
from tests.support.words import read

ARTICLE = Candidate(article_id=ArticleId("a"), slug="lost-card", section=1, score=0.8, title="Freeze it", revision=3)


def facts(understanding: Understanding) -> Facts:
    """Return the facts of a walk that understood this."""
    message = Message(
        id=MessageId("m" * 26),
        conversation_id=CONVERSATION,
        party_id=PARTY,
        channel="webchat",
        text=MaskedText("freeze my card"),
        received_at=NOON,
        number=1,
    )
    card = open_card(an_entry("conversation.opened", channel="webchat", language="en"))
    walk = Walk(scope=SCOPE, message=message, card=card, settings=TenantSettings())
    walk.read, walk.assess, walk.understand = read("freeze my card"), Assessment(score=0, version="x"), understanding
    walk.reconsider = Reconsideration()
    return facts_of(walk)


def test_without_a_model_facts_are_the_nearest_article_s() -> None:
    """As before there were models."""
    found = facts(Understanding(intent=Intent(name="lost-card", score=0.8), candidates=(ARTICLE,)))
    assert (found.intent, found.intent_score, found.intent_known, found.intent_margin) == ("lost-card", 0.8, False, 0.0)


def test_a_known_wish_is_named_and_the_article_keeps_its_score() -> None:
    """Rules about answering by articles go by the article, whatever the model is sure of."""
    wishes = (Intent(name="card.block", score=0.9), Intent(name="card.pin", score=0.2))
    found = facts(Understanding(intent=wishes[0], candidates=(ARTICLE,), wishes=wishes))
    assert (found.intent, found.intent_score, found.intent_known) == ("card.block", 0.8, True)
    assert found.intent_margin == pytest.approx(0.7)
    alone = facts(Understanding(intent=wishes[0], wishes=wishes[:1]))
    assert alone.intent_score == 0.0
    assert alone.intent_margin == pytest.approx(0.9)


def test_a_stranger_is_not_known() -> None:
    """However high the best of its wishes scores."""
    wishes = (Intent(name="card.block", score=0.4),)
    found = facts(
        Understanding(intent=Intent(name="lost-card", score=0.8), candidates=(ARTICLE,), wishes=wishes, stranger=True)
    )
    assert (found.intent, found.intent_score, found.intent_known) == ("lost-card", 0.8, False)
