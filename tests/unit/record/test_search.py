"""Search: what is written is found, by its words in five languages, alike on both databases."""

from datetime import timedelta
from hashlib import blake2b

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.kit.tx import Transactions
from doorward.record.search import CardFilters, LineQuery, all_progress, finding, repository, snippet_of
from doorward.vocabulary.text import MaskedText
from tests.support.searching import all_pages, conversation, page_of, say, search_index, terms, texts_of, wanted
from tests.support.transactions import NOON, OTHER_SCOPE, SCOPE, TENANT
from tests.support.words import masked

FORMS = [
    ("en", "The refunds were refunded twice", "refund"),
    ("en", "I was refunded", "REFUNDING"),
    ("de", "Zwei Rechnungen fehlen", "Rechnung"),
    ("de", "Die Häuser sind leer", "haus"),
    ("de", "Die Straße ist gesperrt", "STRASSE"),
    ("de", "Eine Rückerstattung bitte", "ruckerstattung"),
    ("tr", "Siparişlerim nerede", "sipariş"),
    ("tr", "ISLAK bir paket geldi", "ıslak"),
    ("tr", "ıslak bir paket geldi", "ISLAK"),
    ("tr", "ıslak bir paket geldi", "islak"),
    ("tr", "İADE istiyorum", "iade"),
    ("tr", "ödemeyi yaptım", "ödeme"),
    ("tr", "ödemeyi yaptım", "odeme"),
    ("id", "Pembayaran saya gagal", "bayar"),
    ("id", "Sudah dibayar kemarin", "membayar"),
    ("id", "Uang saya dikembalikan", "kembali"),
    ("id", "Kapan pengiriman barang", "kirim"),
    ("id", "Kapan barang dikirim", "mengirim"),
    ("id", "Saya sudah memesan", "pesan"),
    ("id", "Saya menulis surat", "tulis"),
    ("ru", "Где мои заказы?", "заказ"),
    ("ru", "Доволен доставкой", "доставка"),
    ("ru", "Ещё раз пришлите счёт", "еще счет"),
]


@pytest.mark.parametrize(("language", "text", "query"), FORMS)
def test_forms_of_a_word_find_each_other(language: str, text: str, query: str) -> None:
    """Stems, case rules and accents of each language, whichever language the line is in."""
    said = set(terms().of_text(MaskedText(text)))
    assert all(group.has(frozenset(said)) for group in wanted(query).groups), language


@pytest.mark.parametrize(
    ("text", "query"),
    [("чай", "час"), ("Rechnung", "Zahlung"), ("rest", "рест"), ("kart", "karton"), ("a word", "card")],
)
def test_other_words_are_not_found(text: str, query: str) -> None:
    """Look-alikes of another script, other words, and signs of the index itself find nothing."""
    said = frozenset(terms().of_text(MaskedText(text)))
    groups = wanted(query).groups
    assert not all(group.has(said) for group in groups)


def test_all_words_must_be_there(findable: Transactions) -> None:
    """In any order and form; the newest line comes first; a line without one of them is not found."""
    say(
        findable, "My order has not arrived", "The delivery of orders", "An order", "Siparişim gelmedi", "Где мой заказ"
    )
    assert texts_of(page_of(findable, "arrived orders")) == ["My order has not arrived"]
    assert texts_of(page_of(findable, "ORDER")) == ["An order", "The delivery of orders", "My order has not arrived"]
    assert texts_of(page_of(findable, "sipariş")) == ["Siparişim gelmedi"]
    assert texts_of(page_of(findable, "заказы")) == ["Где мой заказ"]
    assert texts_of(page_of(findable, "order nowhere")) == []


def test_a_phrase_is_found_word_by_word(findable: Transactions) -> None:
    """Quoted words must stand side by side as they are written, whatever their case."""
    say(findable, "Not arrived yet", "It has arrived, not yet opened", "I have not, arrived", "not arriving")
    assert texts_of(page_of(findable, '"not arrived"')) == ["I have not, arrived", "Not arrived yet"]
    assert texts_of(page_of(findable, '"not arriv"')) == []


def test_a_beginning_is_found_while_somebody_types(findable: Transactions) -> None:
    """With a star, or as the last word while typing; short ones through lists of their own, long ones too."""
    say(findable, "Rechnungsnummer 4711", "Die Zahlung", "Rückgabe", "Возврат денег")
    for begun in ("re*", "rec*", "rech*", "rechnungsnu*"):
        assert texts_of(page_of(findable, begun)) == ["Rechnungsnummer 4711"], begun
    assert texts_of(page_of(findable, wanted("возв", typing=True))) == ["Возврат денег"]
    assert texts_of(page_of(findable, wanted("rechnungsn"))) == []


def test_masked_places_are_found_by_kind(findable: Transactions) -> None:
    """As a word that is shown, by the last signs that are shown, and never by what stood there."""
    say(findable, masked("My card is [CARD·4242]", "[CARD·4242]"), "I have no card", MaskedText("nothing"))
    assert texts_of(page_of(findable, "4242")) == ["My card is [CARD·4242]"]
    assert texts_of(page_of(findable, "4111")) == []


def test_tenants_are_apart(findable: Transactions) -> None:
    """What one tenant writes no other finds, with the same conversation and words, and it costs the other nothing."""
    say(findable, "our secret order", first=1)
    say(findable, "their secret order", first=1, scope=OTHER_SCOPE)
    assert texts_of(page_of(findable, "secret order")) == ["our secret order"]
    assert texts_of(page_of(findable, "secret order", scope=OTHER_SCOPE)) == ["their secret order"]
    assert texts_of(page_of(findable, "se*", scope=OTHER_SCOPE)) == ["their secret order"]


HOSTILE = [
    '" OR "1"="1',
    "order* NEAR(a b) NOT x",
    "terms:order",
    "') OR 1=1 --",
    "order & !order | (",
    "'order':*A <-> 'x'",
    "\\' \\\" \x00 order",
    "((((((((((",
    "* ** order*",
    '"""""',
    "order\u202e \u200border",
    "^order + - order",
    "{terms} : order",
    "%s %(words)s :words ?",
    "🏳️‍🌈 ﷺ ŉ ẞ İ",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_is_ever_executed(findable: Transactions, query: str) -> None:
    """Whatever is typed is words; the syntax of neither database can be reached, and nothing fails."""
    say(findable, "an order", "another matter")
    found = texts_of(page_of(findable, query))
    assert set(found) <= {"an order", "another matter"}
    assert texts_of(page_of(findable, wanted(query, typing=True))) is not None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_no_text_breaks_the_language_of_the_box(text: str) -> None:
    """Parsing never raises, and terms are letters and digits."""
    for group in wanted(text, typing=True).groups:
        assert all(term.replace("§", "").isalnum() for term in group.terms)


WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x24F) | st.characters(min_codepoint=0x400, max_codepoint=0x45F),
    max_size=60,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WORDS, min_size=1, max_size=4))
def test_what_is_written_is_found_by_each_of_its_words(findable: Transactions, texts: list[str]) -> None:
    """Any word of a line finds it, as it stands there, and so do its first letters."""
    for number, text in enumerate(texts):
        scope = OTHER_SCOPE
        say(findable, text, scope=scope, first=1_000 * hash_of(texts) + number)
        for place in terms().places(text):
            assert text in texts_of(page_of(findable, f"{place.word}", scope=scope, limit=200)), place.word


def hash_of(texts: list[str]) -> int:
    """Return a number of these texts, so that examples do not write to the same conversations."""
    return int.from_bytes(blake2b("\x1f".join(texts).encode(), digest_size=6).digest(), "big")


def test_pages_follow_each_other(findable: Transactions) -> None:
    """Every hit is on one page, in order, with lines of the same moment, and none comes twice when others write."""
    say(findable, *(f"order {number}" for number in range(25)))
    for number in range(40, 47):  # all in one millisecond
        say(findable, f"order {number}", first=number, at=NOON - timedelta(minutes=number))
    query = wanted("order")
    pages = all_pages(findable, query, limit=7)
    found = [text for page in pages for text in texts_of(page)]
    assert len(found) == len(set(found)) == 32
    assert [hit.id for page in pages for hit in page.hits] == sorted(
        (hit.id for page in pages for hit in page.hits), reverse=True
    )
    say(findable, "a new order", first=90)
    assert texts_of(page_of(findable, query, limit=7, position=pages[0].next)) == texts_of(pages[1])


def test_filters_narrow_what_is_found(findable: Transactions) -> None:
    """Of the conversation, of the line's author, and of the time."""
    say(findable, "order one", "order two", first=1, channel="mail", language="de")
    say(findable, "order three", "order four", first=3, channel="webchat", language="en")
    mail = wanted("order", cards=CardFilters(channels=("mail",)))
    assert texts_of(page_of(findable, mail)) == ["order two", "order one"]
    both = wanted("order", cards=CardFilters(channels=("mail", "webchat"), languages=("en",), states=("bot",)))
    assert texts_of(page_of(findable, both)) == ["order four", "order three"]
    assert texts_of(page_of(findable, wanted("order", authors=("agent",)))) == []
    since = wanted("order", since=NOON + timedelta(minutes=2), until=NOON + timedelta(minutes=4))
    assert texts_of(page_of(findable, since)) == ["order three", "order two"]
    assert [hit.card.channel for hit in page_of(findable, LineQuery(cards=CardFilters(channels=("mail",)))).hits] == [
        "mail",
        "mail",
    ]
    assert all_pages(findable, LineQuery(), limit=3)[1].hits[0].card.channel == "mail"


def test_few_that_pass_a_filter_are_found_behind_many_that_do_not(
    findable: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the steps in which lines are looked at, and whether the newest lines or the whole index are asked."""
    monkeypatch.setattr(finding, "BATCHES", (3, 5, 40))
    monkeypatch.setattr(repository, "_WINDOW", 4)
    say(findable, *(f"order {number}" for number in range(1, 5)), first=1, channel="mail")
    say(findable, *(f"order {number}" for number in range(5, 40)), first=5, channel="webchat")
    mail = wanted("order", cards=CardFilters(channels=("mail",)))
    assert texts_of(page_of(findable, mail)) == [f"order {number}" for number in (4, 3, 2, 1)]
    pages = all_pages(findable, mail, limit=3)
    assert [texts_of(page) for page in pages] == [["order 4", "order 3", "order 2"], ["order 1"]]


def test_the_best_line_comes_first_by_relevance(findable: Transactions) -> None:
    """The very words, side by side, in a short line; pages follow each other by score."""
    say(
        findable,
        "card lost",
        "I have a card, and then there is a long story of how it came about that I have lost another thing today",
        "The cards were losing colour",
        "lost my card",
    )
    query = wanted("lost card", order="relevance")
    assert texts_of(page_of(findable, query))[0] in {"card lost", "lost my card"}
    pages = all_pages(findable, query, limit=1)
    assert sorted(text for page in pages for text in texts_of(page)) == sorted(texts_of(page_of(findable, query)))


def test_a_ledger_from_before_is_read_in_steps(transactions: Transactions, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written without an index is found once it is read; reading again changes nothing, interrupted or not."""
    monkeypatch.setattr("doorward.record.search.index.STEP", 4)
    say(transactions, *(f"order {number}" for number in range(10)))
    assert texts_of(page_of(transactions, "orders")) == []
    index = search_index()
    steps = [transactions.write(SCOPE, lambda tx: index.step(tx, SCOPE)) for _ in range(3)]
    assert [(one.lines, one.is_done) for one in steps] == [(4, False), (8, False), (10, True)]
    assert len(texts_of(page_of(transactions, "orders"))) == 10
    transactions.write(SCOPE, lambda tx: index.begin(tx, SCOPE))
    again = transactions.write(SCOPE, lambda tx: index.step(tx, SCOPE))
    assert (again.lines, again.is_done) == (4, False)
    assert len(texts_of(page_of(transactions, "orders"))) == 10
    assert transactions.read(all_progress).keys() == {TENANT}
    assert not index.is_outdated(again)


def test_what_is_erased_is_not_found(findable: Transactions) -> None:
    """Lines go with the texts of their conversations, and only theirs."""
    say(findable, "order one", "order two")
    gone = findable.write(SCOPE, lambda tx: search_index().forget(tx, SCOPE, [conversation(1)]))
    assert gone == 1
    assert texts_of(page_of(findable, "order")) == ["order two"]


def test_two_lines_may_share_a_number(findable: Transactions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second takes the next number, and both are found, also when the ledger is read again."""
    monkeypatch.setattr("doorward.record.search.index.line_id", lambda *_args, **_named: 4711)
    say(findable, "order one", "order two", "order three")
    assert sorted(hit.id for hit in page_of(findable, "order").hits) == [4711, 4712, 4713]
    findable.write(SCOPE, lambda tx: search_index().begin(tx, SCOPE))
    findable.write(SCOPE, lambda tx: search_index().step(tx, SCOPE))
    assert len(texts_of(page_of(findable, "order"))) == 3


def test_a_snippet_marks_the_words_and_no_more() -> None:
    """The part around the first word, cut at spaces; masked places are whole, and their kind is told."""
    text = masked("word " * 60 + "my cards are [CARD·4242] and " + "word " * 60, "[CARD·4242]")
    snippet = snippet_of(text, wanted("card 4242").groups, terms())
    assert (snippet.cut_before, snippet.cut_after) == (True, True)
    assert [(one.text, one.masked) for one in snippet.pieces if one.marked] == [
        ("cards", ""),
        ("CARD", "CARD"),
        ("4242", "CARD"),
    ]
    assert snippet.text in text.text
    assert len(snippet.text) <= 200
    plain = snippet_of(MaskedText("<b>card</b>"), wanted("card").groups, terms())
    assert [piece.text for piece in plain.pieces] == ["<b>", "card", "</b>"]
    assert snippet_of(MaskedText("nothing"), (), terms()).text == "nothing"
