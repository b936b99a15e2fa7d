"""What an answer denies in five languages: it names none of it, and a yes to the one question is none to another."""

import pytest

from doorward.answering.procedures.answers.asked import Around
from doorward.answering.procedures.heard import Heard
from doorward.plugins.companies.halden.tests.walking import hear, listener, loaded


def said(text: str, language: str, procedure: str = "block_card") -> Heard:
    """Return what is heard in an answer."""
    return hear(loaded().procedures[procedure], text, language)


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("en", "not the debit card, the credit card", {"credit"}),
        ("en", "just freeze it, don't block it for good", {"freeze"}),
        ("en", "freeze, not block", {"freeze"}),
        ("de", "nicht die Debitkarte sondern die Kreditkarte", {"credit"}),
        ("de", "die Kreditkarte nicht", set()),
        ("de", "nur vorübergehend, nicht endgültig sperren", {"freeze"}),
        ("tr", "banka kartım değil kredi kartım", {"credit"}),
        ("tr", "geçici dondurma, kalıcı değil", {"freeze"}),
        ("tr", "dondurmayın, kalıcı kapatın", {"block"}),
        ("id", "bukan kartu debit tapi kartu kredit", {"credit"}),
        ("id", "bekukan sementara, bukan permanen", {"freeze"}),
        ("ru", "не дебетовую а кредитную", {"credit"}),
        ("ru", "только заморозить, не навсегда", {"freeze"}),
        ("en", "everything except the debit card", set()),
        ("de", "alles außer der Debitkarte", set()),
        ("tr", "banka kartım hariç hepsini", set()),
        ("id", "semua kartu kecuali debit", set()),
        ("ru", "все карты кроме дебетовой", set()),
    ],
)
def test_what_is_denied_is_not_named(language: str, text: str, codes: set[str]) -> None:
    """Neither a card nor what shall be done with it is chosen by saying that it is not meant."""
    assert set(said(text, language).codes) == codes


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("en", "can't you just freeze it?", {"freeze"}),
        ("en", "I can't find my credit card", {"credit"}),
        ("en", "no, the credit card", {"credit"}),
        ("de", "ich finde meine Kreditkarte nicht", {"credit"}),
        ("de", "nein, die Kreditkarte", {"credit"}),
        ("tr", "hayır, kredi kartım", {"credit"}),
        ("id", "tidak, kartu kredit", {"credit"}),
        ("ru", "нет, кредитную", {"credit"}),
    ],
)
def test_a_question_and_a_no_deny_nothing_else(language: str, text: str, codes: set[str]) -> None:
    """Who asks for it by 'can't you' wants it, and behind a no stands what is meant."""
    assert set(said(text, language).codes) == codes


def test_neither_a_number_nor_a_place_in_a_list_is_chosen_by_denying_it() -> None:
    """'Not 4471' is another card, and 'not the first' is another one."""
    assert said("not 4471, 6617", "en").digits == ("6617",)
    assert said("not the first, the second", "en").ordinals == (2,)
    assert said("not the first", "en").ordinals == ()
    assert [number.hundredths for number in said("it should be 1500 a day, not 2000", "en").numbers] == [150_000]
    assert [number.hundredths for number in said("not more than 2000", "en").numbers] == [200_000]


@pytest.mark.parametrize("text", ["that one", "this one", "the one"])
def test_pointing_is_no_number(text: str) -> None:
    """'That one' is not the first."""
    assert said(text, "en").ordinals == ()


def test_half_a_number_is_not_said_and_half_of_it_written() -> None:
    """'The 450 one' names an amount, and no four digits."""
    heard = said("the 450 one", "en")
    assert "4501" not in heard.digits
    assert [number.hundredths for number in heard.numbers][:1] == [45_000]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes, block it"),
        ("de", "ja, sperren"),
        ("tr", "evet kapatın"),
        ("id", "ya, blokir saja"),
        ("ru", "да, блокируйте"),
    ],
)
def test_a_yes_to_the_question_before_orders_no_card(language: str, text: str) -> None:
    """The same words that block a card are no yes to a new one."""
    own = loaded().procedures["block_card"]
    block = listener().to_question(said(text, language), procedure=own, key="sure", around=Around(later=("offer",)))
    order = listener().to_question(said(text, language), procedure=own, key="offer", around=Around(before=("sure",)))
    assert (block.agrees, block.belated) == (True, False)
    assert (order.agrees, order.belated) == (None, True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes, block it permanently, no replacement"),
        ("en", "yes please, block it, no new card"),
        ("de", "ja, sperren, keine neue"),
        ("id", "ya blokir, tapi jangan pesan kartu baru"),
        ("ru", "да, но новую не заказывайте"),
    ],
)
def test_a_yes_and_a_no_in_one_answer_each_find_their_question(language: str, text: str) -> None:
    """A card is blocked and none is ordered, whichever of both is asked."""
    own = loaded().procedures["block_card"]
    block = listener().to_question(said(text, language), procedure=own, key="sure", around=Around(later=("offer",)))
    order = listener().to_question(said(text, language), procedure=own, key="offer", around=Around(before=("sure",)))
    assert (block.agrees, order.agrees) == (True, False)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes, order one"),
        ("de", "ja bitte, neue Karte"),
        ("tr", "evet sipariş edin"),
        ("id", "ya, pesan saja"),
        ("ru", "да, новую"),
    ],
)
def test_a_yes_in_the_words_of_the_question_stays_one(language: str, text: str) -> None:
    """Whoever wants the new card gets it."""
    own = loaded().procedures["block_card"]
    heard = listener().to_question(said(text, language), procedure=own, key="offer", around=Around(before=("sure",)))
    assert heard.agrees is True


@pytest.mark.parametrize("text", ["ja, aber die alte nicht sperren", "ja, nur die alte soll nicht gesperrt werden"])
def test_a_reservation_about_what_follows_from_a_yes_is_no_yes(text: str) -> None:
    """A card is not replaced for somebody who wants to keep the old one: no other question is asked about that."""
    own = loaded().procedures["replace_card"]
    heard = listener().to_question(said(text, "de", "replace_card"), procedure=own, key="sure")
    assert heard.agrees is not True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "ok, thanks for the info"),
        ("en", "okay, good to know"),
        ("de", "ok, danke für die Info"),
        ("tr", "tamam teşekkürler bilgi için"),
        ("id", "oke, terima kasih infonya"),
        ("ru", "хорошо, спасибо, буду знать"),
    ],
)
def test_thanks_for_an_answer_is_no_yes(language: str, text: str) -> None:
    """Who only wanted to know whether it can be done has not asked for it."""
    assert said(text, language, "cancel_transfer").agrees is not True


@pytest.mark.parametrize(
    ("language", "text", "agrees"),
    [
        ("en", "yes, only block it", True),
        ("en", "yes, just this card", True),
        ("de", "ja, nur sperren", True),
        ("tr", "evet, sadece kapatın", True),
        ("id", "ya, cuma diblokir", True),
        ("ru", "да, только заблокировать", True),
        ("en", "yes, only freeze it", None),
        ("en", "yes, but block it later", None),
        ("de", "ja, nur wenn es nichts kostet", None),
        ("de", "ja, nur sperren?", None),
        ("tr", "evet, sadece kredi kartımı", None),
        ("id", "ya, cuma jangan diblokir", None),
        ("ru", "да, только потом", None),
    ],
)
def test_a_yes_to_nothing_else_is_one(language: str, text: str, agrees: object) -> None:
    """'Only' takes nothing back where it is what is asked that shall be done."""
    procedure = loaded().procedures["block_card"]
    heard = listener().to_question(said(text, language), procedure=procedure, key="sure", around=Around())
    assert heard.agrees is agrees


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "ok, thanks"),
        ("de", "okay, danke"),
        ("tr", "tamam, teşekkürler"),
        ("id", "oke, makasih"),
        ("ru", "хорошо, спасибо"),
    ],
)
def test_thanks_behind_a_mere_okay_agree_to_nothing(language: str, text: str) -> None:
    """They may be for what was told before the question: for a card that was blocked, a new one is not ordered yet."""
    own = loaded().procedures["block_card"]
    heard = listener().to_question(said(text, language), procedure=own, key="offer", around=Around(before=("sure",)))
    assert heard.agrees is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes, thanks"),
        ("en", "ok, do it, thanks"),
        ("de", "ja, danke"),
        ("tr", "evet, teşekkürler"),
        ("id", "ya, makasih"),
        ("ru", "да, спасибо"),
        ("en", "ok"),
        ("de", "okay"),
        ("tr", "tamam"),
        ("id", "oke"),
        ("ru", "хорошо"),
    ],
)
def test_a_yes_with_thanks_and_a_mere_okay_are_a_yes(language: str, text: str) -> None:
    """Only both together say too little."""
    own = loaded().procedures["block_card"]
    heard = listener().to_question(said(text, language), procedure=own, key="offer", around=Around(before=("sure",)))
    assert heard.agrees is True
