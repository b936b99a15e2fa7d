"""What is heard in answers, in five languages: yes and no, corrections, places in a list, numbers, days, and codes."""

from datetime import date
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.answering.procedures.answers.listening import Listener
from doorward.answering.procedures.heard import LAST, Heard, Masked, Number
from doorward.vocabulary.ids import SpanId
from doorward.vocabulary.text import MaskedText, Span
from tests.unit.answering.procedures.examples import example

CODES = ("en", "de", "tr", "id", "ru")
PACKS = [import_module(f"doorward.plugins.languages.{code}.plugin").build(None) for code in CODES]
LISTENER = Listener(PACKS)
BLOCK = example("block_card")
TODAY = date(2026, 3, 11)  # a Wednesday


def hear(text: str, language: str = "en", *spans: Span) -> Heard:
    """Return what is heard in a text."""
    return LISTENER.hear(MaskedText(text, spans), procedure=BLOCK, language=language, message_id="M1", today=TODAY)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I can't get into my mail, no phone"),
        ("en", "i cannot log in anywhere"),
        ("en", "Unable to open my email right now"),
        ("en", "they took everything, I don't have my phone"),
        ("de", "Ich komme nicht in mein Postfach"),
        ("de", "ich kann mich gerade nicht einloggen"),
        ("de", "Hab kein Handy mehr"),
        ("tr", "maile giremiyorum telefon yok"),
        ("tr", "hesabıma giriş yapamıyorum"),
        ("id", "saya gak bisa buka email, hp hilang"),
        ("id", "tidak bisa login sekarang"),
        ("ru", "Не могу войти в аккаунт"),
        ("ru", "нет доступа к почте"),
    ],
)
def test_somebody_without_a_way_to_prove_who_they_are_is_heard(language: str, text: str) -> None:
    """They cannot sign in, or have no way to their mail or telephone."""
    assert hear(text, language).unable


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I can't wait any longer"),
        ("en", "I cannot see the code yet"),
        ("en", "the mail has not come"),
        ("en", "my card does not work at the shop"),
        ("en", "send it to my phone"),
        ("de", "der Code ist noch nicht da"),
        ("de", "ich kann nicht mehr warten"),
        ("tr", "kod gelmedi"),
        ("tr", "daha fazla bekleyemem"),
        ("id", "kodenya belum masuk"),
        ("id", "saya tidak bisa menunggu"),
        ("ru", "код ещё не пришёл"),
        ("ru", "не могу больше ждать"),
    ],
)
def test_a_code_that_has_not_come_is_no_want_of_a_way(language: str, text: str) -> None:
    """It may come, and another one can be asked for."""
    assert not hear(text, language).unable


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes"),
        ("en", "Yes, please!"),
        ("en", "yes block it"),
        ("en", "ok"),
        ("en", "go ahead"),
        ("en", "that's right"),
        ("en", "um, yes"),
        ("en", "yes it is"),
        ("en", "Sure, thanks"),
        ("en", "👍"),
        ("de", "ja"),
        ("de", "Ja, bitte sperren"),
        ("de", "ja genau, danke"),
        ("de", "einverstanden"),
        ("tr", "evet"),
        ("tr", "Evet lütfen"),
        ("tr", "tamam"),
        ("tr", "evet, kapatın"),
        ("tr", "onaylıyorum"),
        ("id", "ya"),
        ("id", "Iya, betul"),
        ("id", "ya, blokir saja"),
        ("id", "oke lanjut"),
        ("ru", "да"),
        ("ru", "Да, заблокируйте"),
        ("ru", "да, конечно"),
        ("ru", "подтверждаю"),
        ("ru", "не возражаю"),
    ],
)
def test_a_yes_is_heard(language: str, text: str) -> None:
    """Alone, with a thank-you, with what it is about."""
    assert hear(text, language).agrees is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", '"yes"'),
        ("en", "> yes"),
        ("en", "“Yes, block it”, she wrote"),
        ("en", "> yes, block it\nthat is what he wrote"),
        ("de", "„Ja“, hat sie geschrieben"),
        ("tr", "“evet” yazmış"),
        ("id", '"ya, blokir" katanya'),
        ("ru", "«Да», написал он"),
    ],
)
def test_a_yes_in_quotation_marks_is_somebody_elses(language: str, text: str) -> None:
    """Whatever was pasted agrees to nothing; a yes beside it does."""
    assert hear(text, language).agrees is None
    own = {"en": "yes", "de": "ja", "tr": "evet", "id": "ya", "ru": "да"}[language]
    assert hear(f"{own}", language).agrees is True


def test_a_yes_beside_a_quotation_is_ones_own() -> None:
    """What was asked may be quoted."""
    assert hear('Yes. "Shall I block your card" was clear enough').agrees is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no"),
        ("en", "No, thanks"),
        ("en", "no don't block it"),
        ("en", "not now"),
        ("en", "don't do it"),
        ("en", "that is wrong"),
        ("de", "nein"),
        ("de", "Nein, bitte nicht sperren"),
        ("de", "auf keinen Fall"),
        ("tr", "hayır"),
        ("tr", "Hayır, istemiyorum"),
        ("tr", "doğru değil"),
        ("id", "tidak"),
        ("id", "jangan"),
        ("id", "tidak benar"),
        ("ru", "нет"),
        ("ru", "Нет, спасибо"),
        ("ru", "не надо блокировать"),
        ("ru", "не согласен"),
    ],
)
def test_a_no_is_heard(language: str, text: str) -> None:
    """Alone, or with what shall not be."""
    assert hear(text, language).agrees is False


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes?"),
        ("en", "yes but wait"),
        ("en", "yes, but not that one"),
        ("en", "what can i do"),
        ("en", "what happens then, ok?"),
        ("en", "yes what happens then"),
        ("en", "yes, only freeze it"),
        ("en", "I will do it later, ok"),
        ("en", "is that right"),
        ("en", "sure, maybe"),
        ("en", "my card is gone and I want to know if it is ok"),
        ("en", "👍👎"),
        ("en", ""),
        ("de", "ja, aber was passiert dann"),
        ("de", "ja nein"),
        ("de", "ja, nur einfrieren"),
        ("de", "wie lange dauert das"),
        ("de", "ja, warten Sie"),
        ("tr", "evet ama bekleyin"),
        ("tr", "evet mi"),
        ("tr", "evet, sadece dondurun"),
        ("tr", "ne olur"),
        ("id", "ya, tapi nanti dulu"),
        ("id", "apa benar"),
        ("id", "ya, hanya bekukan"),
        ("ru", "да, но подождите"),
        ("ru", "хочу узнать баланс"),
        ("ru", "да, только заморозить"),
        ("ru", "можно ли потом"),
        ("ru", "да, а сколько это стоит"),
    ],
)
def test_half_a_yes_is_none(language: str, text: str) -> None:
    """A question, a reservation, a yes somewhere in a sentence: nothing is set in motion."""
    assert hear(text, language).agrees is not True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes please, a human being"),
        ("en", "yes, as long as it is free"),
        ("en", "yes tomorrow, not today"),
        ("en", "yes I'm still here"),
        ("en", "yes, one question though"),
        ("en", "yes... just kidding"),
        ("de", "ja bitte, mit einem Mitarbeiter sprechen"),
        ("de", "ja, sofern es nichts kostet"),
        ("de", "ja, morgen"),
        ("de", "ja ich bin noch da"),
        ("de", "ja, eine Frage noch"),
        ("de", "ja klar, als ob"),
        ("tr", "evet lütfen, temsilciye bağlayın"),
        ("tr", "evet, ücretsizse"),
        ("tr", "evet, yarın"),
        ("tr", "evet buradayım"),
        ("tr", "evet, bir sorum daha var"),
        ("tr", "evet... şaka yaptım"),
        ("id", "ya tolong sambungkan ke petugas"),
        ("id", "ya, asal gratis"),
        ("id", "ya, besok"),
        ("id", "ya saya masih di sini"),
        ("id", "ya, satu pertanyaan lagi"),
        ("id", "ya... bercanda kok"),
        ("ru", "да, соедините с оператором"),
        ("ru", "да, при условии что бесплатно"),
        ("ru", "да, завтра"),
        ("ru", "да, я ещё здесь"),
        ("ru", "да, ещё один вопрос"),
        ("ru", "да... шучу"),
    ],
)
def test_a_yes_to_something_else_is_none(language: str, text: str) -> None:
    """To a person, to being there, on a condition, another day, with a question to come, in jest."""
    assert hear(text, language).agrees is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes please, I need it urgently"),
        ("en", "yes, please call me back"),
        ("de", "ja bitte rufen Sie mich zurück"),
        ("tr", "evet beni arayın"),
        ("id", "ya tolong telepon saya"),
        ("ru", "да, перезвоните мне"),
        ("en", "yes, I have it here"),
        ("en", "yes please change it today"),
        ("de", "ja bitte heute noch"),
        ("de", "ja, das ist meine Nummer"),
        ("tr", "evet bu benim numaram"),
        ("tr", "evet ben yapmadım"),
        ("tr", "evet, bu adrese gönderin"),
        ("id", "ya kartunya ada di tangan saya"),
        ("id", "ya hari ini juga"),
        ("ru", "да, карта у меня"),
        ("ru", "да, сегодня же"),
    ],
)
def test_a_yes_that_goes_on_stays_one(language: str, text: str) -> None:
    """Whoever adds why, or that it shall be at once, has agreed."""
    assert hear(text, language).agrees is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "if that shop charges me again, freeze my card"),
        ("en", "how do I freeze my card for now?"),
        ("en", "is my card frozen for now?"),
        ("en", 'my friend wrote "freeze my card for now" but that was not me'),
        ("en", "tomorrow at noon freeze my card for now"),
        ("en", "freeze my wife's card for now"),
        ("de", "Falls ich sie nicht finde, will ich sie einfrieren lassen"),
        ("de", "Was passiert, wenn ich meine Karte einfriere?"),
        ("de", "Kann meine Frau meine Karte vorübergehend sperren?"),
        ("de", "Frieren Sie bitte die Karte meiner Frau ein"),
        ("tr", "O mağaza bir daha çekerse kartımı dondurun"),
        ("tr", "Kartımı geçici olarak nasıl dondururum?"),
        ("tr", "Yarın öğlen kartımı dondurun"),
        ("id", "Kalau toko itu menagih lagi, bekukan kartu saya"),
        ("id", "Bagaimana cara membekukan kartu sementara?"),
        ("id", "Besok siang bekukan kartu saya ya"),
        ("ru", "Если этот магазин спишет ещё раз, заморозьте мою карту"),
        ("ru", "Как временно заморозить карту?"),
        ("ru", "Друг написал «заморозьте карту», это был не я"),
    ],
)
def test_who_only_speaks_of_something_has_not_asked_for_it(language: str, text: str) -> None:
    """How it is done, on a condition, another day, somebody else's words, somebody else's card."""
    assert hear(text, language).supposes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "freeze my card for now pls"),
        ("en", "can you freeze my card for now?"),
        ("en", "I lost my card at the gym. Freeze it for now, would you?"),
        ("en", "left my card at a friend's place, freeze it for now"),
        ("de", "Können Sie meine Karte bitte einfrieren?"),
        ("de", "Karte verlegt, vorerst einfrieren"),
        ("tr", "kartımı geçici olarak dondurur musunuz?"),
        ("tr", "kartımı dondurun"),
        ("id", "tolong bekukan dulu kartu saya ya?"),
        ("id", "kalau bisa bekukan kartu saya sekarang"),
        ("ru", "можете временно заморозить карту?"),
        ("ru", "заморозьте карту"),
    ],
)
def test_who_asks_for_something_has_asked_for_it(language: str, text: str) -> None:
    """Politely, as a question, with what happened: nobody in a hurry is asked twice."""
    assert not hear(text, language).supposes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "make it 1500 instead of 2000"),
        ("de", "statt 2000 lieber 1500"),
        ("tr", "2000 yerine 1500 olsun"),
        ("id", "1500 saja daripada 2000"),
        ("ru", "лучше 1500 вместо 2000"),
    ],
)
def test_what_something_stands_in_place_of_is_not_meant(language: str, text: str) -> None:
    """Of two numbers the one that is taken back counts no more."""
    assert [number.whole for number in hear(text, language).numbers] == [1500]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "cancel"),
        ("en", "never mind, thanks"),
        ("en", "no, forget it"),
        ("de", "abbrechen"),
        ("de", "Vergessen Sie es bitte"),
        ("tr", "vazgeçtim"),
        ("tr", "boş ver"),
        ("id", "batal"),
        ("id", "nggak jadi deh"),
        ("ru", "отмена"),
        ("ru", "Я передумала"),
    ],
)
def test_an_end_is_heard(language: str, text: str) -> None:
    """'Never mind' and nothing else."""
    assert hear(text, language).cancels


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "cancel my transfer to Anna"),
        ("en", "I want to stop the payment"),
        ("de", "die Überweisung abbrechen"),
        ("tr", "siparişi iptal et"),
        ("id", "batalkan transfer saya"),
        ("ru", "отмените перевод"),
    ],
)
def test_an_end_of_something_else_is_none(language: str, text: str) -> None:
    """Cancelling a transfer is what somebody wants, not the end of what they want."""
    assert not hear(text, language).cancels


@pytest.mark.parametrize(
    ("language", "text", "other"),
    [
        ("en", "no, the other card", True),
        ("en", "I meant 9012", False),
        ("de", "nein, die andere", True),
        ("de", "ich meinte 9012", False),
        ("tr", "hayır, diğer kart", True),
        ("tr", "9012 demek istedim", False),
        ("id", "bukan, yang lain", True),
        ("id", "maksud saya 9012", False),
        ("ru", "нет, другую", True),
        ("ru", "я имел в виду 9012", False),
    ],
)
def test_a_correction_is_heard(language: str, text: str, other: object) -> None:
    """The other one, or which one by its digits."""
    heard = hear(text, language)
    assert heard.other is other
    assert heard.corrects or heard.other
    assert heard.agrees is not True
    assert other or "9012" in heard.digits


@pytest.mark.parametrize(
    ("language", "text", "ordinal"),
    [
        ("en", "the second one", 2),
        ("en", "the last one please", LAST),
        ("en", "number two", 2),
        ("en", "3", 3),
        ("de", "die zweite", 2),
        ("de", "Die letzte bitte", LAST),
        ("tr", "ikincisi", 2),
        ("tr", "İkinci kart", 2),
        ("tr", "sonuncusu", LAST),
        ("id", "yang kedua", 2),
        ("id", "yang terakhir", LAST),
        ("ru", "вторую", 2),
        ("ru", "третья карта", 3),
        ("ru", "последнюю", LAST),
    ],
)
def test_a_place_in_a_list_is_heard(language: str, text: str, ordinal: int) -> None:
    """By its number, or as the last."""
    assert hear(text, language).ordinals == (ordinal,)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "both of them"), ("de", "alle"), ("tr", "hepsini"), ("id", "semuanya"), ("ru", "обе")],
)
def test_all_of_them_is_heard(language: str, text: str) -> None:
    """More than one at once."""
    assert hear(text, language).every


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("en", "the credit card", ("credit",)),
        ("en", "it was robbed", ("stolen",)),
        ("en", "my debit card was stolen", ("debit", "stolen")),
        ("de", "die Kreditkarte wurde geklaut", ("credit", "stolen")),
        ("de", "gestohlen!", ("stolen",)),
        ("en", "the other one", ()),
    ],
)
def test_the_procedures_own_words_are_heard(language: str, text: str, codes: tuple[str, ...]) -> None:
    """Codes are named by the procedure's texts, and by other words that it gives."""
    assert hear(text, language).codes == codes


def test_what_is_masked_is_not_read_but_for_its_tail() -> None:
    """A telephone number is where it lies; the last digits of a card are shown, so they can be meant."""
    card = Span(kind="CARD", start=7, end=18, id=SpanId("S1"))
    heard = hear("I mean [CARD·9012] yes", "en", card)
    assert "9012" in heard.digits
    assert heard.masked == (Masked(kind="CARD", span_id="S1", shown="[CARD·9012]"),)
    phone = Span(kind="PHONE", start=0, end=10, id=SpanId("S2"))
    assert hear("[PHONE·89]", "en", phone).numbers == ()


def test_a_typed_mask_is_text() -> None:
    """Somebody who types what looks like a mask has masked nothing."""
    assert hear("\\[PHONE·89]").masked == ()


def test_a_language_without_a_pack_is_heard_in_the_first() -> None:
    """Nobody is left without an answer."""
    assert hear("yes", "fr").agrees is True


@given(st.text(max_size=120), st.sampled_from(CODES))
def test_any_text_is_heard(text: str, language: str) -> None:
    """Nothing that somebody writes makes listening fail, and what is heard is always the same."""
    assert hear(text, language) == hear(text, language)


@given(st.text(alphabet="0123456789.,-/' ", max_size=40), st.sampled_from(CODES))
def test_any_digits_are_heard(text: str, language: str) -> None:
    """Numbers of every length and shape."""
    hear(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "set the limit of 4471 to 2000 euros"),
        ("en", "4471: €2000 please"),
        ("de", "4471 bitte auf 2.000 Euro"),
        ("de", "EUR 2000 für die 4471"),
        ("tr", "4471 için 2000 euro olsun"),
        ("tr", "4471 kartıma 2000 euroluk limit"),
        ("id", "kartu 4471 jadi 2000 euro"),
        ("ru", "лимит 4471 до 2000 евро"),
    ],
)
def test_an_amount_names_nothing(language: str, text: str) -> None:
    """Digits beside the currency are no end of a card; they are a number all the same."""
    heard = hear(text, language)
    assert heard.digits == ("4471",)
    assert Number(200_000) in heard.numbers


@pytest.mark.parametrize(
    ("language", "text", "wonders"),
    [
        ("en", "what is the difference between lost and stolen?", True),
        ("en", "can you put it down as stolen?", False),
        ("en", "stolen, I don't know how", False),
        ("de", "Was ist der Unterschied zwischen verloren und gestohlen?", True),
        ("tr", "çalıntı ile kayıp arasında ne fark var?", True),
        ("id", "apa bedanya hilang dan dicuri?", True),
        ("ru", "чем кража отличается от потери, что выбрать?", True),
    ],
)
def test_who_wants_to_know_something_wonders(language: str, text: str, *, wonders: bool) -> None:
    """A question with a question word; a request in the form of a question is none."""
    assert hear(text, language).wonders is wonders


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "never mind"),
        ("en", "none of these"),
        ("en", "no thanks, I'll go to a branch"),
        ("de", "dann lieber nichts"),
        ("de", "später"),
        ("tr", "hiçbiri"),
        ("tr", "şimdilik kalsın"),
        ("id", "tidak jadi"),
        ("ru", "ничего из этого"),
        ("ru", "позже"),
    ],
)
def test_whoever_wants_none_of_what_was_offered_declines(language: str, text: str) -> None:
    """Nobody has to understand it any better."""
    assert LISTENER.declines(MaskedText(text), language=language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the first one"),
        ("en", "no, I meant the credit card"),
        ("de", "nicht die, sondern die andere"),
        ("tr", "limit"),
        ("id", "maksud saya yang lain"),
        ("ru", "да"),
    ],
)
def test_whoever_means_something_else_does_not(language: str, text: str) -> None:
    """What corrects is a wish."""
    assert not LISTENER.declines(MaskedText(text), language=language)


@pytest.mark.parametrize(
    ("language", "text", "agrees"),
    [
        ("en", "wait no, she needs the money", False),
        ("de", "ach nein, er braucht das Geld", False),
        ("de", "nee warte, lieber nicht", False),
        ("de", "jetzt stimmt's", True),
        ("tr", "ay hayır, vazgeçtim", False),
        ("id", "eh jangan, biarkan", False),
        ("id", "sekarang sudah benar", True),
        ("ru", "ой нет, это мой сын", False),
        ("ru", "теперь верно", True),
        ("de", "nun, stimmt das so?", None),
        ("en", "that's correct, but only tomorrow", None),
    ],
)
def test_a_no_behind_a_sigh_is_one_and_a_yes_to_what_was_put_right(language: str, text: str, agrees: object) -> None:
    """As people say them."""
    assert hear(text, language).agrees is agrees


@pytest.mark.parametrize(
    ("language", "text", "one_more"),
    [
        ("en", "the credit card as well", True),
        ("de", "die Kreditkarte bitte auch", True),
        ("tr", "kredi kartımı da lütfen", True),
        ("id", "kartu kredit juga", True),
        ("ru", "и кредитную тоже", True),
        ("en", "the credit card", False),
        ("de", "die Kreditkarte", False),
        ("ru", "кредитную", False),
    ],
)
def test_the_same_for_one_more_is_heard(language: str, text: str, one_more: object) -> None:
    """In the small words that say so."""
    assert hear(text, language).one_more is one_more
