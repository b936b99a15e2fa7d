"""Words at the question whether ten more rolls are wanted besides those on order: only naming that they are counts."""

from typing import Final

import pytest

from doorward.answering.procedures.answers.taking import take
from doorward.answering.procedures.machine import begin_run
from doorward.answering.procedures.run import Filled
from doorward.answering.procedures.state import question_of
from doorward.plugins.companies.halden.tests.walking import LANGUAGES, hear, loaded

NEITHER: Final = {
    "en": (
        "yes",
        "yes please",
        "yes, that one",
        "no",
        "ok",
        "that's right",
        "paper order",
        "when",
    ),
    "de": ("ja", "ja bitte", "ja, die", "nein", "ok", "genau", "die Papierbestellung", "wann"),
    "tr": ("evet", "evet lütfen", "evet, o", "hayır", "tamam", "kâğıt siparişi", "ne zaman"),
    "id": ("ya", "ya, tolong", "ya, yang itu", "tidak", "oke", "pesanan kertas", "kapan"),
    "ru": ("да", "да, пожалуйста", "да, этот", "нет", "хорошо", "заказ бумаги", "когда"),
}
MORE: Final = {
    "en": ("ten more please", "yes, ten more", "order more", "10 more", "order them anyway", "order ten more"),
    "de": ("zehn weitere bitte", "ja, noch zehn", "weitere bestellen", "bitte trotzdem bestellen", "noch mal zehn"),
    "tr": ("on tane daha lütfen", "evet, on rulo daha", "yine de sipariş edin", "10 rulo daha"),
    "id": ("sepuluh lagi", "ya, pesan lagi", "tetap pesan saja", "pesan sepuluh rol tambahan"),
    "ru": ("ещё десять", "да, закажите ещё", "все равно закажите", "заказать ещё десять"),
}
WAIT: Final = {
    "en": ("leave it at that", "no thanks", "I'll wait", "that's enough, don't order any", "no, nothing more"),
    "de": ("dabei belassen", "nein danke", "dann warte ich", "das reicht", "nein, nichts weiter", "nicht nötig"),
    "tr": ("böyle kalsın", "gerek yok", "beklerim", "hayır, teşekkürler", "bu yeterli"),
    "id": ("cukup itu saja", "tidak usah", "ditunggu saja", "tidak perlu"),
    "ru": ("оставить как есть", "не надо", "подожду", "нет, спасибо", "этого достаточно"),
}
LAST: Final = {
    "en": "yes, the last one",
    "de": "ja, die letzte",
    "tr": "evet, sonuncusu",
    "id": "ya, yang terakhir",
    "ru": "да, последний",
}
FIRST: Final = {
    "en": (
        "where is my order of till rolls",
        "we need more paper rolls",
        "there is no paper left",
        "I have been waiting for my rolls",
    ),
    "de": (
        "wo bleiben meine Papierrollen",
        "wir haben kein Papier mehr",
        "ich warte seit Montag auf die Rollen",
        "wir brauchen Papier",
    ),
    "tr": ("kâğıt rulolarım nerede", "kâğıt daha gelmedi", "kâğıdımız bitti", "rulolar nerede kaldı, bekliyorum"),
    "id": (
        "di mana rol kertas saya",
        "kertasnya sudah habis lagi",
        "pesanan saya belum tiba",
        "saya tunggu dari Senin, kertas tidak cukup",
    ),
    "ru": (
        "где мои рулоны",
        "бумага ещё не пришла",
        "рулоны для кассы которые я заказывала уже выехали?",
        "бумаги не хватит, жду третий день",
    ),
}


def answered(text: str, language: str, *, first: bool = False) -> str:
    """Return what is chosen by an answer, or by the message that began it all; empty for neither."""
    procedure = loaded().procedures["order_paper"]
    question = question_of(procedure, begin_run(procedure, "R1"), "more", first=first)
    taken = take(question, hear(procedure, text, language))
    return str(taken.value) if isinstance(taken, Filled) else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bare_yes_is_asked_again(language: str) -> None:
    """It is not known to what it says yes; nor is a no, and what only names the order orders nothing."""
    assert {text: answered(text, language) for text in NEITHER[language]} == dict.fromkeys(NEITHER[language], "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_means_their_last_order_orders_nothing(language: str) -> None:
    """By its place it is the last thing that was asked, which is to leave it at that."""
    assert answered(LAST[language], language) == "wait"


@pytest.mark.parametrize("language", LANGUAGES)
def test_naming_it_is_an_answer(language: str) -> None:
    """More, or leaving it at that, in the words that people have for it."""
    assert {text: answered(text, language) for text in MORE[language]} == dict.fromkeys(MORE[language], "more")
    assert {text: answered(text, language) for text in WAIT[language]} == dict.fromkeys(WAIT[language], "wait")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_does_not_know_of_the_order_has_not_answered(language: str) -> None:
    """Asking where it is, or for paper, says nothing of wanting more than what is on order."""
    said = {text: answered(text, language, first=True) for text in FIRST[language]}
    assert said == dict.fromkeys(FIRST[language], "")
