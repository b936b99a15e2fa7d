"""Words that mean one thing to a procedure and another one elsewhere, in all languages, against a whole house."""

import pytest

from doorward.plugins.companies.halden.worlds import CUSTOMER
from tests.support.halden import played_house, stage
from tests.support.playing import Stage

__all__ = ["played_house", "stage"]

CALLS = {
    "en": "please call me back",
    "de": "bitte rufen Sie mich zurück",
    "tr": "lütfen beni geri arayın",
    "id": "tolong telepon saya",
    "ru": "перезвоните мне, пожалуйста",
}
PEOPLE = {
    "en": "I want a human now",
    "de": "Ich will jetzt mit einem Menschen sprechen",
    "tr": "hemen bir insanla konuşmak istiyorum",
    "id": "saya mau bicara dengan petugas sekarang",
    "ru": "хочу поговорить с человеком",
}
CANCELS = {
    "en": ("cancel my transfer", "cancel it", "yes, cancel it"),
    "de": ("meine Überweisung stornieren", "stornieren", "ja, stornieren Sie sie"),
    "tr": ("havaleyi iptal etmek istiyorum", "iptal edin", "evet, iptal edin"),
    "id": ("batalkan transfer saya", "batalkan", "ya, batalkan"),
    "ru": ("отменить перевод", "отмените", "да, отмените"),
}


@pytest.mark.parametrize("language", CALLS)
def test_who_wants_a_call_gets_one_noted(stage: Stage, language: str) -> None:
    """The procedure for calls begins; a person sees to it in the end."""
    world = stage.people({}, language=language)
    stage.hints = {CALLS[language]: "callback.wanted"}
    customer = world.customer()
    line = customer.say(CALLS[language])
    assert line is not None
    assert line.entry.data["procedure"]["outcome"] == "resolved"
    assert [one["state"] for one in world.snapshot()[CUSTOMER]["call_back"]] == ["wanted"]
    assert customer.state() == "bot"


@pytest.mark.parametrize("language", PEOPLE)
def test_who_wants_a_person_gets_one_at_once(stage: Stage, language: str) -> None:
    """Whatever else the message may mean, and also where a call is asked for in the same breath."""
    world = stage.people({}, language=language)
    for text in (PEOPLE[language], f"{CALLS[language]}. {PEOPLE[language]}"):
        stage.hints = {text: "callback.wanted"}
        customer = world.customer()
        customer.say(text)
        assert customer.state() == "waiting"


def test_a_stranger_who_wants_a_call_gets_a_person(stage: Stage) -> None:
    """There is nobody whom the bank could call."""
    world = stage.people({}, language="en")
    stage.hints = {CALLS["en"]: "callback.wanted"}
    customer = world.customer(level=0)
    customer.say(CALLS["en"])
    assert customer.state() == "waiting"


@pytest.mark.parametrize("language", CANCELS)
def test_cancelling_is_agreed_to_with_its_own_verb(stage: Stage, language: str) -> None:
    """The verb alone is asked about once more; with a yes the transfer is cancelled."""
    world = stage.people({"transfer": [{"reference": "T1001", "amount_cents": 25_000}]}, language=language)
    wish, verb, yes = CANCELS[language]
    stage.hints = {wish: "transfer.cancel"}
    customer = world.customer()
    customer.say(wish)
    line = customer.say(verb)
    assert line is not None
    assert line.entry.data["procedure"]["awaits"] == "confirmation"
    customer.say(yes)
    customer.say(customer.code())
    assert [one["state"] for one in world.snapshot()[CUSTOMER]["transfer"]] == ["cancelled"]
