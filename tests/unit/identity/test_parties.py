"""Visitors and customers."""

import pytest

from doorward.identity import Profile
from doorward.kit.keys import KeyDestroyed
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.party import Assurance, AssuranceLevel
from tests.support.identities import AYSE, BORIS, Office, on_one_database


def _twin(seed: CustomerSeed, **changes: str) -> CustomerSeed:
    values = {name: getattr(seed, name) for name in ("reference", "name", "email", "phone", "language")}
    return CustomerSeed(**{**values, **changes})


def test_nothing_personal_can_be_read_in_any_table(office: Office) -> None:
    """After registering, neither name nor address nor number stands anywhere in the database, in any case."""
    office.a_customer(AYSE)
    office.a_customer(BORIS)
    stored = office.everything_stored().lower()
    for seed in (AYSE, BORIS):
        for value in (seed.name, seed.email, seed.phone, seed.email.partition("@")[0], seed.name.split()[1]):
            assert value.lower().encode() not in stored
    assert AYSE.reference.lower().encode() in stored


def test_a_profile_comes_back_as_it_was_given_and_is_audited(office: Office) -> None:
    """Opening a customer's data needs a reason; the audit keeps it, with the names of the fields."""
    party = office.a_customer(AYSE)
    parties = office.identity.parties
    profile = office.write(lambda tx: parties.read_profile(tx, office.scope, party.id, reason="call-back"))
    assert profile == Profile(name=AYSE.name, email=AYSE.email, phone=AYSE.phone)
    assert office.audit()[-1] == ("profile.read", party.id, ("name", "email", "phone"))
    assert repr(profile) == "<Profile>"


def test_a_customer_is_found_by_number_and_by_address(office: Office) -> None:
    """The company's number finds a customer, and so does the mail address in another spelling."""
    party = office.a_customer(AYSE)
    parties, scope = office.identity.parties, office.scope
    assert office.read(lambda tx: parties.find_by_reference(tx, scope, AYSE.reference)) == party
    for email in ("AYSE.YILMAZ@EXAMPLE.ORG", " ayse.yilmaz@example.org ", "ａyse.yilmaz@example.org"):
        assert office.read(lambda tx, email=email: parties.find_by_email(tx, scope, email)) == party  # type: ignore[misc]
    assert office.read(lambda tx: parties.find_by_email(tx, scope, "ayse@example.org")) is None
    for reference in ("HB-1", "", "HB-1\x00", "\ud800"):
        assert office.read(lambda tx, reference=reference: parties.find_by_reference(tx, scope, reference)) is None  # type: ignore[misc]


def test_an_address_that_two_share_finds_neither(office: Office) -> None:
    """A family's common mail address proves nothing about one of them."""
    office.a_customer(AYSE)
    office.a_customer(_twin(AYSE, reference="HB-2", name="Cem Yılmaz"))
    assert office.read(lambda tx: office.identity.parties.find_by_email(tx, office.scope, AYSE.email)) is None


def test_registering_again_changes_only_what_changed(office: Office) -> None:
    """The same data again is nothing; a new address replaces the old one everywhere, and the audit names the field."""
    party = office.a_customer(AYSE)
    before = len(office.audit())
    assert office.a_customer(AYSE) == party
    assert len(office.audit()) == before
    assert office.a_customer(_twin(AYSE, email="new@example.org")).id == party.id
    assert office.audit()[before:] == [("party.changed", party.id, ("email",))]
    parties, scope = office.identity.parties, office.scope
    assert office.read(lambda tx: parties.find_by_email(tx, scope, AYSE.email)) is None
    assert office.read(lambda tx: parties.find_by_email(tx, scope, "new@example.org")) is not None


def test_a_customer_without_an_address_is_found_by_none(office: Office) -> None:
    """An empty address is no address: asking for it finds nobody."""
    office.a_customer(_twin(AYSE, email=" "))
    assert office.read(lambda tx: office.identity.parties.find_by_email(tx, office.scope, "")) is None


@on_one_database
@pytest.mark.parametrize("reference", ["", "-1", "a b", "HB-1\n", "x" * 65, "ё1"])
def test_impossible_numbers_are_refused(office: Office, reference: str) -> None:
    """A customer number that could not be one is refused."""
    with pytest.raises(Malformed):
        office.a_customer(_twin(AYSE, reference=reference))


def test_a_number_without_data_is_a_customer_too(office: Office) -> None:
    """Somebody whom the company names by number alone is one customer, whoever names them how often."""
    parties, scope = office.identity.parties, office.scope
    first = office.write(lambda tx: parties.known_customer(tx, scope, "HB-9", language="de"))
    again = office.write(lambda tx: parties.known_customer(tx, scope, "HB-9", language="en"))
    assert (first.kind, first.reference, first.language) == ("customer", "HB-9", "de")
    assert again == first
    assert office.actions().count("party.made") == 1


def test_a_visitor_becomes_a_customer_and_stays_that_one(office: Office) -> None:
    """Linked to a customer, a visitor is recognised as that customer; becoming another one is refused."""
    ayse, boris, visitor = office.a_customer(AYSE), office.a_customer(BORIS), office.a_visitor()
    parties, scope = office.identity.parties, office.scope
    assert office.read(lambda tx: parties.recognise(tx, scope, visitor)).kind == "visitor"
    office.write(lambda tx: parties.link(tx, scope, visitor, customer_id=ayse.id))
    linked = len(office.audit())
    office.write(lambda tx: parties.link(tx, scope, visitor, customer_id=ayse.id))
    assert len(office.audit()) == linked
    with pytest.raises(Conflict):
        office.write(lambda tx: parties.link(tx, scope, visitor, customer_id=boris.id))
    recognised = office.read(lambda tx: parties.recognise(tx, scope, visitor))
    assert (recognised.id, recognised.reference, recognised.language) == (ayse.id, AYSE.reference, "tr")
    assert office.read(lambda tx: parties.linked(tx, scope, ayse.id)) == (visitor,)


def test_only_visitors_become_customers(office: Office) -> None:
    """A customer cannot be linked to another, nor a visitor to a visitor."""
    ayse, boris = office.a_customer(AYSE), office.a_customer(BORIS)
    first, second = office.a_visitor(), office.a_visitor()
    parties, scope = office.identity.parties, office.scope
    for one, other in ((ayse.id, boris.id), (first, second)):
        with pytest.raises(Conflict):
            office.write(lambda tx, one=one, other=other: parties.link(tx, scope, one, customer_id=other))  # type: ignore[misc]


def test_what_one_browser_proved_counts_there_alone(office: Office) -> None:
    """Two visitors who are the same customer have each their own assurance, and the customer has none."""
    ayse, here, there = office.a_customer(AYSE), office.a_visitor(), office.a_visitor()
    parties, scope = office.identity.parties, office.scope
    for visitor in (here, there):
        office.write(lambda tx, visitor=visitor: parties.link(tx, scope, visitor, customer_id=ayse.id))  # type: ignore[misc]
    office.write(
        lambda tx: parties.raise_assurance(tx, scope, here, level=AssuranceLevel.VERIFIED, factor="mailed_code")
    )
    proven = Assurance(level=AssuranceLevel.VERIFIED, factor="mailed_code", at=office.clock.now())
    assert office.read(lambda tx: parties.recognise(tx, scope, here)).assurance == proven
    assert office.read(lambda tx: parties.recognise(tx, scope, there)).assurance == Assurance()
    assert office.read(lambda tx: parties.find(tx, scope, ayse.id)).assurance == Assurance()


def test_a_forgotten_customer_stays_forgotten(office: Office) -> None:
    """Once the party's key is destroyed, nobody opens the profile any more."""
    party = office.a_customer(AYSE)
    office.keys.destroy_party(office.scope.tenant_id, party.id)
    with pytest.raises(KeyDestroyed):
        office.write(lambda tx: office.identity.parties.read_profile(tx, office.scope, party.id, reason="test"))


def test_one_customers_data_does_not_open_as_anothers(office: Office) -> None:
    """A sealed profile copied into another customer's row is refused, not shown."""
    ayse, boris = office.a_customer(AYSE), office.a_customer(BORIS)
    rows = {row.id: row for row in office.rows("identity_party")}
    with pytest.raises(Exception, match="seal"):
        office.keys.open(
            office.scope.tenant_id,
            ayse.id,
            bytes(rows[ayse.id].sealed_profile),
            context=f"identity.profile\x1f{boris.id}".encode(),
        )


def test_another_tenants_parties_are_not_found(office: Office) -> None:
    """Every verb refuses another tenant's ids, as if there were no such party."""
    ayse, visitor = office.a_customer(AYSE), office.a_visitor()
    parties, other = office.identity.parties, office.other
    for attempt in (
        lambda: office.read(lambda tx: parties.find(tx, other, ayse.id)),
        lambda: office.read(lambda tx: parties.recognise(tx, other, visitor)),
        lambda: office.write(lambda tx: parties.read_profile(tx, other, ayse.id, reason="x"), other),
        lambda: office.write(lambda tx: parties.link(tx, other, visitor, customer_id=ayse.id), other),
        lambda: office.write(lambda tx: parties.fill_email(tx, other, ayse.id, email="x@y.example"), other),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert office.read(lambda tx: parties.find_by_reference(tx, other, AYSE.reference)) is None
    assert office.read(lambda tx: parties.find_by_email(tx, other, AYSE.email)) is None
    assert office.read(lambda tx: parties.linked(tx, other, ayse.id)) == ()


def test_two_tenants_may_have_the_same_customer(office: Office) -> None:
    """Numbers and addresses are each tenant's own; their hashes do not even look alike."""
    ours, theirs = office.a_customer(AYSE), office.a_customer(AYSE, scope=office.other)
    assert ours.id != theirs.id
    assert len({bytes(row.email_hash) for row in office.rows("identity_party")}) == 2


def test_nobody_is_nobody(office: Office) -> None:
    """An id that was never given is not found."""
    with pytest.raises(NotFound):
        office.read(lambda tx: office.identity.parties.find(tx, office.scope, PartyId("0" * 26)))
