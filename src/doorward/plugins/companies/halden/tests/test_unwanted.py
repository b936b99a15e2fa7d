"""What a customer said at once that they do not want is not asked behind what they wanted, and not done by a yes."""

from pathlib import Path

import pytest

from doorward.answering.procedures.answers.asked import Around
from doorward.plugins.companies.halden.tests.walking import (
    YES,
    Walk,
    cards,
    changed,
    hear,
    listener,
    loaded,
    replacement,
)

BLOCKED, REPLACED = changed("card", "4471", status="blocked"), replacement("4471")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My card was stolen, block it for good. I don't want a new card."),
        ("en", "block my card for good please, it was stolen, no new card needed"),
        ("de", "Karte gestohlen, bitte endgültig sperren. Eine neue will ich nicht."),
        ("de", "bitte Karte endgültig sperren, gestohlen, keine neue Karte nötig"),
        ("tr", "Kartım çalındı, kalıcı kapatın. Yeni kart istemiyorum."),
        ("id", "Kartu saya dicuri, blokir permanen. Saya tidak mau kartu baru."),
        ("ru", "карту украли, заблокируйте навсегда, новую не надо"),
    ],
)
def test_a_new_card_that_nobody_wants_is_not_offered(tmp_path: Path, language: str, text: str) -> None:
    """The card is blocked by the one yes, and nothing is asked that a second one could order something by."""
    walk = Walk(tmp_path, "block_card", cards(c4471="active"))
    walked = walk.take({"confirm": (YES,)}, first=hear(walk.procedure, text, language))
    assert walked.asked == ("sure",)
    assert list(walked.changed) == [BLOCKED]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I can't find my card anywhere, it was stolen, block it for good"),
        ("de", "Meine Karte ist nicht mehr da, gestohlen, bitte endgültig sperren"),
        ("tr", "kartım yok, çalındı, kalıcı olarak kapatın"),
        ("id", "kartu saya tidak ada, dicuri, tolong blokir permanen"),
        ("ru", "карты нигде нет, украли, заблокируйте навсегда"),
    ],
)
def test_a_new_card_is_offered_to_all_others(tmp_path: Path, language: str, text: str) -> None:
    """That the old one is not there says nothing of a new one."""
    walk = Walk(tmp_path, "block_card", cards(c4471="active"))
    walked = walk.take({"confirm": (YES, YES)}, first=hear(walk.procedure, text, language))
    assert walked.asked == ("sure", "offer")
    assert list(walked.changed) == [BLOCKED, REPLACED]


def test_what_is_denied_first_is_still_asked_where_nothing_was_confirmed_before(tmp_path: Path) -> None:
    """The first question for a yes is always asked: nothing begins that ends without a word."""
    walk = Walk(tmp_path, "unblock_card", cards(c4471="frozen"))
    walked = walk.take({"confirm": (YES,)}, first="I don't want my card frozen any more")
    assert walked.asked == ("sure_unfreeze",)
    assert list(walked.changed) == [changed("card", "4471", status="active")]


@pytest.mark.parametrize(
    ("language", "text", "agrees"),
    [
        ("en", "yes, unfreeze it", None),
        ("id", "ya, buka", None),
        ("ru", "да, разморозьте", None),
        ("en", "yes", True),
        ("en", "yes, order one", True),
        ("ru", "да, закажите", True),
    ],
)
def test_a_yes_to_another_question_of_the_procedure_is_none(language: str, text: str, *, agrees: bool | None) -> None:
    """Who wants a card unfrozen that cannot be has not ordered a new one."""
    own = loaded().procedures["unblock_card"]
    heard = listener().to_question(hear(own, text, language), procedure=own, key="sure", around=Around())
    assert heard.agrees is agrees
