"""What the demo company promises."""

import json
import re
import stat
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from doorward.kit.clock import FixedClock
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.history import read_book
from doorward.plugins.companies.halden.numbers import CARD_PREFIX, card_number, iban, is_card_number, is_iban
from doorward.plugins.companies.halden.plugin import build
from doorward.plugins.companies.halden.seed import make_seed
from doorward.plugins.companies.halden.traffic import scripts
from doorward.vocabulary.company import Company, IntentSource, PastConversation
from doorward.vocabulary.errors import KeyReused, NotFound, Unavailable

LANGUAGES = {"en", "de", "tr", "id", "ru"}
NOT_ANSWERED = "not-answered"
"""The article that names what the sixty others do not answer."""
NOON = datetime(2031, 3, 5, 12, 34, 56, tzinfo=UTC)
EMAIL = re.compile(r"[\w.+-]+@(?P<host>[\w.-]+)")
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|[a-z]{4,})\b")
PHONE = re.compile(r"\+\d[\d ]{6,}\d")
FICTION = re.compile(r"\+44 7700 900\d{3}|\+49 (69 90009|40 66969|221 4710|89 99998|30 23125) \d{3}")
DIGITS = re.compile(r"\b(?:\d{4} ){3}\d{4}\b")
IBAN = re.compile(r"\bDE\d{2}(?: ?\d{4}){4} ?\d{2}\b")
RESERVED = re.compile(r"(?:[\w-]+\.)*(?:example|example\.(?:com|net|org))")


@pytest.fixture
def halden() -> Company:
    """Return the company as the house builds it, on a clock that stands still."""
    return build(SimpleNamespace(clock=FixedClock(NOON)))


@pytest.fixture
def core(tmp_path: Path) -> HaldenCore:
    """Return the core system, freshly seeded."""
    return HaldenCore(tmp_path / "halden", seed=make_seed(), clock=FixedClock(NOON))


@pytest.fixture
def past(halden: Company) -> list[PastConversation]:
    """Return every past conversation."""
    return list(halden.history())


def test_sixty_articles_stand_in_five_languages(halden: Company) -> None:
    """Every article exists in every language, with the same sections in the same order; one more only names gaps."""
    by_slug: dict[str, dict[str, list[str]]] = {}
    for article in halden.articles():
        by_slug.setdefault(article.slug, {})[article.language] = [section.id for section in article.sections]
    assert NOT_ANSWERED in by_slug
    assert len(by_slug) == 60 + 1
    for slug, pages in by_slug.items():
        assert set(pages) == LANGUAGES, slug
        assert all(ids == pages["en"] for ids in pages.values()), slug


def test_what_is_not_answered_is_asked_in_ten_ways_and_nowhere_else(halden: Company) -> None:
    """Each matter has ten questions a language, none of them twice or among those that an article does answer."""
    answered: set[tuple[str, str]] = set()
    unanswered: list[tuple[str, str]] = []
    for article in halden.articles():
        for section in article.sections:
            asked = [(article.language, " ".join(question.casefold().split())) for question in section.questions]
            if article.slug != NOT_ANSWERED:
                answered.update(asked)
                continue
            unanswered += asked
            assert len(asked) == (10 if section.id else 6), (article.language, section.id)
    assert len(unanswered) == len(set(unanswered))
    assert not answered & set(unanswered)


def test_every_question_case_points_to_a_section(halden: Company) -> None:
    """The cases name articles and sections that exist."""
    known = {(article.slug, section.id) for article in halden.articles() for section in article.sections}
    cases = Path(__file__).parent.parent / "cases"
    lines = [line for path in cases.glob("questions.*.jsonl") for line in path.read_text("utf-8").splitlines()]
    asked = [json.loads(line) for line in lines]
    assert len(asked) == 200
    assert {(case["article"], case["section"]) for case in asked} <= known


def test_thirty_intents_are_taught_in_five_languages(halden: Company) -> None:
    """Each has a label for a button and a hundred phrases; no text teaches two; what is meant by none is there too."""
    assert isinstance(halden, IntentSource)
    seeds = list(halden.intents())
    assert len(seeds) == 31
    assert [one.name for one in seeds if not one.name] == [""]
    texts = [" ".join(text.casefold().split()) for one in seeds for said in one.phrases.values() for text in said]
    assert len(texts) == len(set(texts))
    for one in seeds:
        assert set(one.phrases) == LANGUAGES
        assert sum(map(len, one.phrases.values())) >= 100
        if one.name:
            assert set(one.labels) == LANGUAGES
            assert all(0 < len(label) <= 40 for label in one.labels.values())
            assert len(one.labels) == len(set(one.labels.values()))
    for language in LANGUAGES:
        labels = [one.labels[language] for one in seeds if one.name]
        assert len(labels) == len(set(labels)), language


def test_every_contact_in_an_article_is_public(halden: Company) -> None:
    """Numbers and hosts that the articles give away are named in the branding, so that they are never masked."""
    bodies = [section.body for article in halden.articles() for section in article.sections]
    found = {contact for body in bodies for contact in [*PHONE.findall(body), *re.findall(r"[\w.@]+\.example", body)]}
    assert found | {"Halden"} == set(halden.branding.public_contacts)


def test_five_hundred_customers_belong_to_nobody(halden: Company) -> None:
    """Each has a reference and an address of their own; addresses and numbers are kept for examples and film."""
    customers = list(halden.customers())
    assert len(customers) == 500
    assert len({one.reference for one in customers}) == 500
    assert len({one.email for one in customers}) == 500
    assert len({one.phone for one in customers}) == 500
    assert {one.language for one in customers} == LANGUAGES
    for one in customers:
        match = EMAIL.fullmatch(one.email)
        assert match is not None, one.reference
        assert RESERVED.fullmatch(match["host"]), one.reference
        assert one.email.isascii(), one.reference
        assert FICTION.fullmatch(one.phone), one.reference


def test_the_seed_is_the_same_every_time() -> None:
    """Making the seed twice gives the same values."""
    assert make_seed.__wrapped__() == make_seed.__wrapped__()


def test_every_number_passes_its_check_and_exists_once() -> None:
    """IBANs pass mod 97, cards pass Luhn, both only below invented prefixes, and none is given out twice."""
    seed = make_seed()
    ibans = [account.iban for account in seed.accounts]
    cards = [card.number for card in seed.cards]
    assert all(is_iban(value) and value[4:12] == "99912340" for value in ibans)
    assert all(is_card_number(value) and len(value) == 16 and value.startswith(CARD_PREFIX) for value in cards)
    assert len(set(ibans)) == len(ibans)
    assert len(set(cards)) == len(cards)


def test_the_checks_know_right_from_wrong() -> None:
    """The published examples of both standards pass, and a single changed digit does not."""
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE89370400440532013001")
    assert is_card_number("4111111111111111")
    assert not is_card_number("4111111111111112")
    assert is_iban(iban(7))
    assert is_card_number(card_number(7))


def test_everything_belongs_to_a_customer() -> None:
    """No account, card, bill, device or order hangs in the air."""
    seed = make_seed()
    references = {person.customer.reference for person in seed.people}
    for things in (seed.accounts, seed.cards, seed.bills, seed.devices, seed.orders):
        assert things
        assert {thing.customer for thing in things} <= references


def test_the_core_system_knows_every_customer(halden: Company, core: HaldenCore) -> None:
    """Each customer is found under their reference, and only there."""
    for customer in halden.customers():
        assert core.customer(customer.reference) == customer
    assert core.customer("HB-1") is None
    assert core.orders("HB-1") == []


def test_reads_are_scoped_to_one_customer(core: HaldenCore) -> None:
    """Accounts, cards, bills, devices and orders are those of the reference, and only last digits of cards leave."""
    seed = make_seed()
    owner = seed.devices[0].customer
    assert [account.iban for account in core.accounts(owner)] == sorted(
        account.iban for account in seed.accounts if account.customer == owner
    )
    assert {card.last4 for card in core.cards(owner)} == {
        card.number[-4:] for card in seed.cards if card.customer == owner
    }
    assert not any(DIGITS.search(repr(card)) or re.search(r"\d{5}", card.last4) for card in core.cards(owner))
    assert len(core.bills(owner)) == sum(bill.customer == owner for bill in seed.bills)
    assert len(core.devices(owner)) == sum(device.customer == owner for device in seed.devices)
    placed = [order.placed for order in core.orders(owner)]
    assert placed == sorted(placed, reverse=True)
    assert len(placed) == sum(order.customer == owner for order in seed.orders)


def test_the_same_key_orders_paper_once(core: HaldenCore) -> None:
    """Eight threads with one key get one order; another key gets another."""
    device = make_seed().devices[0]
    before = len(core.orders(device.customer))

    def order(key: str) -> str:
        return core.order_paper(device.customer, device=device.serial, idempotency_key=key).reference

    with ThreadPoolExecutor(8) as threads:
        references = set(threads.map(order, ["same"] * 8))
    assert len(references) == 1
    assert order("other") not in references
    newest = core.orders(device.customer)[0]
    assert len(core.orders(device.customer)) == before + 2
    assert (newest.item, newest.state, newest.placed) == ("paper rolls", "placed", "2031-03-05")


def test_a_key_is_not_used_for_another_device(core: HaldenCore) -> None:
    """A key that ordered for one device is refused for the customer's other one, and nothing is ordered."""
    owner = Counter(device.customer for device in make_seed().devices).most_common(1)[0][0]
    first, second, *_ = core.devices(owner)
    core.order_paper(owner, device=first.serial, idempotency_key="same")
    before = core.orders(owner)
    with pytest.raises(KeyReused):
        core.order_paper(owner, device=second.serial, idempotency_key="same")
    assert core.orders(owner) == before


def test_paper_for_a_foreign_device_is_refused(core: HaldenCore) -> None:
    """A customer cannot order for a device of somebody else, nor learn that it exists."""
    ours, theirs = make_seed().devices[0], make_seed().devices[-1]
    assert ours.customer != theirs.customer
    refusals = []
    for serial in (theirs.serial, "HT-0-00"):
        with pytest.raises(NotFound) as refused:
            core.order_paper(ours.customer, device=serial, idempotency_key="key")
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]
    assert len(core.orders(theirs.customer)) == sum(order.customer == theirs.customer for order in make_seed().orders)


def test_the_database_is_private_and_survives(tmp_path: Path) -> None:
    """Only its owner may read the file, and a second opening keeps what the first one ordered."""
    folder = tmp_path / "halden"
    device = make_seed().devices[0]
    first = HaldenCore(folder, seed=make_seed(), clock=FixedClock(NOON))
    order = first.order_paper(device.customer, device=device.serial, idempotency_key="key")
    again = HaldenCore(folder, seed=make_seed(), clock=FixedClock(NOON + timedelta(days=1)))
    assert again.order_paper(device.customer, device=device.serial, idempotency_key="key") == order
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_lost_database_is_said_not_replaced(core: HaldenCore, tmp_path: Path) -> None:
    """When the file is gone, ping and reads say so, and no empty database appears in its place."""
    core.ping()
    (tmp_path / "halden" / "halden.sqlite").unlink()
    with pytest.raises(Unavailable):
        core.ping()
    with pytest.raises(Unavailable):
        core.orders("HB-204000")
    assert list((tmp_path / "halden").iterdir()) == []


def test_the_staff_speaks_every_language(halden: Company) -> None:
    """Four agents who together speak all languages, one supervisor, one administrator."""
    staff = list(halden.staff())
    assert Counter(one.role for one in staff) == {"agent": 4, "supervisor": 1, "administrator": 1}
    assert {code for one in staff if one.role == "agent" for code in one.languages} == LANGUAGES
    assert len({one.username for one in staff}) == 6


def test_three_hundred_conversations_in_five_languages(past: list[PastConversation]) -> None:
    """Sixty per language, no two alike, hardly an opening twice, at most three still waiting."""
    assert Counter(one.language for one in past) == dict.fromkeys(LANGUAGES, 60)
    assert len({one.key for one in past}) == 300
    assert len({tuple(turn.text for turn in one.turns) for one in past}) == 300
    assert max(Counter(one.turns[0].text for one in past).values()) <= 2
    outcomes = Counter(one.outcome for one in past)
    assert 1 <= outcomes["waiting"] <= 3
    assert outcomes["abandoned"] >= 30
    assert outcomes["resolved"] >= 200
    handed_over = sum(any(turn.author == "agent" for turn in one.turns) for one in past)
    assert 60 <= handed_over <= 150


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_dialogues_are_many_and_of_many_ways(language: str) -> None:
    """At least fourteen dialogues per language, most with several openings, each begun by the customer."""
    book = read_book(language)
    assert len(book.dialogue) >= 14
    assert all(dialogue.lines[0][0] == "c" for dialogue in book.dialogue)
    assert len({dialogue.name for dialogue in book.dialogue}) == len(book.dialogue)
    finished = [dialogue for dialogue in book.dialogue if dialogue.outcome != "waiting"]
    assert all(len(dialogue.lines[0]) >= 4 for dialogue in finished)


def test_the_past_is_the_same_every_time(halden: Company, past: list[PastConversation]) -> None:
    """Asked twice, the company tells the same past; a day later, the same words."""
    assert list(halden.history()) == past
    later = build(SimpleNamespace(clock=FixedClock(NOON + timedelta(hours=29)))).history()
    assert [(one.key, one.turns) for one in later] == [(one.key, one.turns) for one in past]


def test_the_past_is_over(past: list[PastConversation]) -> None:
    """Everything was said within the last 30 days, those who wait have waited for minutes, and nobody spoke at once."""
    for one in past:
        length = sum((turn.after for turn in one.turns), start=timedelta())
        assert length < one.started <= timedelta(days=30), one.key
        assert one.turns[0].after == timedelta(), one.key
        assert all(turn.after > timedelta() for turn in one.turns[1:]), one.key
        if one.outcome == "waiting":
            assert one.started - length < timedelta(minutes=15), one.key
            assert one.turns[-1].author == "bot", one.key


def test_days_are_busier_than_nights(past: list[PastConversation]) -> None:
    """Few write between ten at night and five in the morning, and people answer by day only."""
    begun = {one.key: NOON - one.started for one in past if one.outcome != "waiting"}
    nightly = [moment for moment in begun.values() if moment.hour >= 22 or moment.hour < 5]
    assert 1 <= len(nightly) <= 30
    assert len({moment.date() for moment in begun.values()}) >= 25
    answered = [begun[one.key] for one in past if any(turn.author == "agent" for turn in one.turns)]
    assert all(5 <= moment.hour < 20 for moment in answered)


def test_past_customers_write_in_their_language(halden: Company, past: list[PastConversation]) -> None:
    """A known customer's conversation is in the customer's language; some writers are unknown."""
    spoken = {one.reference: one.language for one in halden.customers()}
    known = [one for one in past if one.customer_reference is not None]
    assert 150 <= len(known) < 300
    assert all(spoken[str(one.customer_reference)] == one.language for one in known)


def _share_of_cyrillic(text: str) -> float:
    letters = [letter for letter in text if letter.isalpha()]
    return sum("CYRILLIC" in unicodedata.name(letter) for letter in letters) / max(1, len(letters))


def test_every_text_is_in_its_languages_script(past: list[PastConversation]) -> None:
    """Russian is written in Cyrillic, everything else has none of it; no place is left unfilled."""
    for one in past:
        words = " ".join(turn.text for turn in one.turns)
        share = _share_of_cyrillic(words)
        assert share > 0.75 if one.language == "ru" else share == 0, one.key
        assert not re.search(r"[{}@]\w+\}|^@", words), one.key


def test_past_customers_write_what_must_be_masked_and_belongs_to_nobody(past: list[PastConversation]) -> None:
    """Cards, IBANs, addresses and numbers occur in the raw texts, all valid, all invented."""
    words = [turn.text for one in past for turn in one.turns if turn.author == "customer"]
    cards = [found.replace(" ", "") for text in words for found in DIGITS.findall(text)]
    ibans = [found.replace(" ", "") for text in words for found in IBAN.findall(text)]
    cards = [card for card in cards if not any(card in account for account in ibans)]
    hosts = [match["host"] for text in words for match in EMAIL.finditer(text)]
    phones = [found for text in words for found in PHONE.findall(text)]
    assert min(len(cards), len(ibans), len(hosts), len(phones)) >= 3
    assert all(is_card_number(card) and card.startswith(CARD_PREFIX) for card in cards)
    assert all(is_iban(account) for account in ibans)
    assert all(RESERVED.fullmatch(host) for host in hosts)
    assert all(FICTION.fullmatch(phone) for phone in phones)


def test_visits_come_in_many_kinds(halden: Company) -> None:
    """Every language has at least twenty scripts, among them everything that a front door must stand."""
    needed = {"person-at-once", "card-number", "nonsense", "rude", "injection", "two-in-one", "code-shared", "link"}
    for language in LANGUAGES:
        names = {script.name for script in scripts(language)}
        assert len(names) == len(scripts(language)) >= 20
        assert needed <= names


def test_visits_are_drawn_from_the_given_randomness(halden: Company) -> None:
    """The same seed gives the same visits, in all languages, with every place filled and every card valid."""
    first, second = Random(3), Random(3)
    visits = [halden.next_visit(first) for _ in range(600)]
    assert visits == [halden.next_visit(second) for _ in range(600)]
    assert {visit.language for visit in visits if visit} == LANGUAGES
    lines = [line for visit in visits if visit for line in visit.lines]
    assert not any("{" in line for line in lines)
    cards = [found.replace(" ", "") for line in lines for found in DIGITS.findall(line)]
    assert cards
    assert all(is_card_number(card) for card in cards)
    assert all(RESERVED.fullmatch(host) for line in lines for host in HOST.findall(line))
    assert all(visit.pause >= timedelta(seconds=5) for visit in visits if visit)
