"""'Yes, cancel it' to the question whether to cancel a transfer: in five languages, a yes and nothing else is one."""

import pytest

from doorward.answering.procedures.heard import Heard
from doorward.plugins.companies.halden.tests.walking import hear, listener, loaded


def heard(procedure: str, text: str, language: str) -> Heard:
    """Return what is heard in an answer to a procedure's own confirmation."""
    own = loaded().procedures[procedure]
    return listener().to_question(hear(own, text, language), procedure=own, key="sure")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes, cancel it"),
        ("en", "yes cancel that please"),
        ("en", "Yes, please cancel the transfer"),
        ("en", "yes"),
        ("de", "ja, stornieren Sie sie"),
        ("de", "Ja, bitte stornieren"),
        ("tr", "Evet, iptal edin"),
        ("tr", "evet iptal et lütfen"),
        ("tr", "evet, havaleyi iptal edin"),
        ("id", "ya, batalkan"),
        ("id", "iya, batalkan saja"),
        ("id", "ya tolong batalkan transfer ini"),
        ("ru", "Да, отмените"),
        ("ru", "да, отменить"),
        ("ru", "да, отмените этот перевод"),
    ],
)
def test_a_yes_with_the_questions_own_verb_is_a_yes(language: str, text: str) -> None:
    """What would give everything up elsewhere is what was asked about here."""
    said = heard("cancel_transfer", text, language)
    assert (said.agrees, said.cancels) == (True, False)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "cancel"),
        ("en", "cancel it"),
        ("en", "please cancel"),
        ("tr", "iptal"),
        ("tr", "iptal edin"),
        ("tr", "iptal etmek istiyorum"),
        ("tr", "evet, iptal etmeyin"),
        ("id", "batalkan"),
        ("id", "tolong batalkan saja"),
        ("ru", "отмените"),
        ("ru", "отмени, пожалуйста"),
        ("ru", "да, не отменяйте"),
    ],
)
def test_the_verb_alone_says_neither_yes_nor_no(language: str, text: str) -> None:
    """It may mean the transfer or the conversation: it is asked again."""
    said = heard("cancel_transfer", text, language)
    assert (said.agrees, said.cancels) == (None, False)


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("en", "no, cancel it", False),
        ("en", "don't cancel it", False),
        ("en", "never mind", True),
        ("de", "nein, nicht stornieren", False),
        ("de", "vergessen Sie es", True),
        ("tr", "hayır, iptal etmeyin", False),
        ("tr", "vazgeçtim", True),
        ("id", "jangan batalkan", False),
        ("id", "tidak jadi", True),
        ("ru", "не надо отменять", False),
        ("ru", "я передумал", True),
    ],
)
def test_nothing_else_becomes_a_yes(language: str, text: str, *, ends: bool) -> None:
    """A no stays a no, and what gives up by other words gives up."""
    said = heard("cancel_transfer", text, language)
    assert said.agrees is not True
    assert said.cancels == ends


@pytest.mark.parametrize(
    ("language", "text"), [("en", "cancel it"), ("tr", "iptal edin"), ("id", "batalkan saja"), ("ru", "отмените")]
)
def test_elsewhere_the_verb_gives_up(language: str, text: str) -> None:
    """Where the question is about something else, it ends what was begun."""
    assert heard("replace_card", text, language).cancels
    assert heard("order_paper", text, language).cancels


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "oh no, she needs the money"),
        ("de", "ach nein, lassen Sie sie laufen"),
        ("tr", "bir dakika, eşim gerek yok diyor, iptal etmeyin"),
        ("id", "eh jangan dibatalkan, biar jalan saja"),
        ("ru", "ой нет, не отменяйте, пусть идёт"),
    ],
)
def test_who_thinks_better_of_it_cancels_nothing(language: str, text: str) -> None:
    """However much they say beside it."""
    said = heard("cancel_transfer", text, language)
    assert (said.agrees, said.cancels) == (False, False)
