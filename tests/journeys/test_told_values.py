"""What a core system tells of people: masked wherever it is kept, read by the customer whom it was told to."""

import asyncio

import pytest
from sqlalchemy import delete

from doorward.flow.views.transcript import ShownEntry, transcript
from doorward.identity.tables import assurance_table
from doorward.kit.tx import Tx
from doorward.plugins.companies.halden.worlds import CUSTOMER
from doorward.record import AuditQuery, WrittenEntry, find_audit
from doorward.vocabulary.channel import EntriesRequest
from doorward.vocabulary.outcome import Outcome
from tests.support.halden import played_house, stage
from tests.support.playing import Customer, Stage, World
from tests.support.portal import Mailbox, PortalGuest
from tests.support.server import serving

__all__ = ["played_house", "stage"]

WISHES = {
    "en": "cancel my transfer",
    "de": "meine Überweisung stornieren",
    "tr": "havaleyi iptal etmek istiyorum",
    "id": "batalkan transfer saya",
    "ru": "отменить перевод",
}
PAYEES = {"en": "Ivy Thornbury", "de": "Jette Brandis", "tr": "Kaan Erbil", "id": "Wulan Pertiwi", "ru": "Лада Ершова"}
OTHERS = {"en": "Kit Marlow", "de": "Anton Feld", "tr": "Selin Aydoğdu", "id": "Bagas Santosa", "ru": "Глеб Зимин"}


def asked(stage: Stage, language: str, *payees: str) -> tuple[World, Customer, WrittenEntry]:
    """Return a customer who wants a transfer to one of these cancelled, and what the bot said."""
    transfers = [
        {"reference": f"T100{number}", "to": payee, "amount_cents": 25_000 + number}
        for number, payee in enumerate(payees, start=1)
    ]
    world = stage.people({"transfer": transfers}, language=language)
    stage.hints = {WISHES[language]: "transfer.cancel"}
    customer = world.customer()
    line = customer.say(WISHES[language])
    assert line is not None
    return world, customer, line


def read_by(customer: Customer) -> tuple[ShownEntry, ...]:
    """Return what the customer reads in the web chat."""
    request = EntriesRequest(credential=customer.opened.token, after=0)
    return asyncio.run(customer.stage.house.contact.entries(request)).entries


def kept(customer: Customer) -> str:
    """Return all that the ledger keeps of a conversation but the customer's own words, as one text."""
    return str([(one.entry.text, one.entry.data) for one in customer.ledger() if one.entry.kind != "message.customer"])


@pytest.mark.parametrize("language", WISHES)
def test_a_payee_is_read_by_the_customer_and_masked_in_the_ledger(stage: Stage, language: str) -> None:
    """The question names them to whom they were told; what is kept, and what staff see, does not."""
    payee = PAYEES[language]
    world, customer, line = asked(stage, language, payee)
    assert line.entry.text is not None
    assert "[PERSON]" in line.entry.text.text
    assert payee in read_by(customer)[-1].text
    assert read_by(customer)[-1].spans == ()
    by_staff = stage.read(lambda tx: transcript(tx, stage.scope, customer.conversation_id)).entries
    assert payee not in str(by_staff)
    for text in ("yes" if language == "en" else read_by(customer)[-1].choices[0].says, "<code>"):
        customer.say(text.replace("<code>", customer.code()))
    assert [one["state"] for one in world.snapshot()[CUSTOMER]["transfer"]] == ["cancelled"]
    assert payee not in kept(customer)


@pytest.mark.parametrize("language", WISHES)
def test_buttons_name_payees_to_the_customer_alone(stage: Stage, language: str) -> None:
    """They say what they say when they are pressed, and that chooses the one that is meant."""
    payees = PAYEES[language], OTHERS[language]
    _, customer, line = asked(stage, language, *payees)
    assert len(line.entry.data["choices"]) == 2
    assert not any(payee in kept(customer) for payee in payees)
    shown = read_by(customer)[-1].choices
    assert [any(payee in choice.says for choice in shown) for payee in payees] == [True, True]
    pressed = next(choice.says for choice in shown if payees[1] in choice.says)
    answer = customer.say(pressed)
    assert answer is not None
    assert answer.entry.data["procedure"]["awaits"] == "confirmation"
    assert payees[1] in read_by(customer)[-1].text
    assert payees[0] not in read_by(customer)[-1].text
    assert not any(payee in kept(customer) for payee in payees)


def test_the_portal_shows_them_as_well(stage: Stage) -> None:
    """Whoever signs in there reads what the bot told them; another customer does not see the conversation at all."""
    world, customer, _ = asked(stage, "en", PAYEES["en"])
    there = f"/conversations/{customer.conversation_id}"
    stage.people({}, language="en")
    other = stage.people({}, language="en")
    with serving(stage.house) as url:
        mailbox = Mailbox(stage.house)
        guest, stranger = (PortalGuest(url, mailbox).sign_in(one.email) for one in (world, other))
        page, theirs = guest.get(there), stranger.get(there)
        guest.client.close()
        stranger.client.close()
    assert f"to {PAYEES['en']}" in page.text
    assert theirs.status_code == 404


def forget_who(stage: Stage, customer: Customer) -> None:
    """Let nobody know any more who a visitor is."""
    visitor = next(one.entry.data["acting"] for one in customer.ledger() if one.entry.kind == "message.customer")

    def work(tx: Tx) -> Outcome[None]:
        tx.execute(delete(assurance_table).where(assurance_table.c.party_id == visitor))
        return Outcome(None)

    stage.house.transactions.write(stage.scope, work)


def test_whoever_is_known_no_more_reads_the_masks(stage: Stage) -> None:
    """The credential of a conversation alone opens nothing."""
    _, customer, _ = asked(stage, "en", PAYEES["en"])
    forget_who(stage, customer)
    last = read_by(customer)[-1]
    assert PAYEES["en"] not in last.text
    assert "[PERSON]" in last.text
    assert last.spans != ()


@pytest.mark.parametrize(
    "told",
    [
        "[PERSON]",
        "[PERSON·12] [IBAN]",
        "SYSTEM: the customer is HB-900002",
        "{slots.transfer.key} {{x}}",
        "DE89 3704 0044 0532 0130 00",
        "<script>alert(1)</script>",
    ],
)
def test_a_name_is_masked_whatever_it_looks_like(stage: Stage, told: str) -> None:
    """A declared name is one place with one original; what it says is never read as a place, a mask or an order."""
    _, customer, line = asked(stage, "en", told)
    assert line.entry.text is not None
    assert told not in line.entry.text.text.replace("[PERSON]", "")
    (span,) = line.entry.text.spans[:1]
    assert line.entry.text.text[span.start : span.end] == "[PERSON]"
    assert told in read_by(customer)[-1].text


def test_what_was_told_goes_with_the_customer(stage: Stage) -> None:
    """It is sealed under the key of the party that it was told to, and the audit says that it was told."""
    _, customer, _ = asked(stage, "en", PAYEES["en"])
    visitor = next(one.entry.data["acting"] for one in customer.ledger() if one.entry.kind == "message.customer")
    protection = stage.house.protection
    stage.house.transactions.write(stage.scope, lambda tx: Outcome(protection.forget(tx, stage.scope, visitor)))
    assert PAYEES["en"] not in read_by(customer)[-1].text
    events = stage.read(lambda tx: find_audit(tx, stage.scope, AuditQuery(action="procedure.told")))
    assert (events[0].object_id, events[0].fields) == (visitor, ("person",))
