"""Parties: visitors whom nobody knows, and customers whose data only their own key opens."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

from doorward.identity.ports import Findable, Unfindable
from doorward.identity.repository import erasing
from doorward.identity.repository import parties as repository
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.party import Assurance, AssuranceLevel, Party
from doorward.vocabulary.scope import Scope

_REFERENCE: Final = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}\Z")
_SEALED: Final = ("name", "email", "phone")


class Profile(Discreet, frozen=True, kw_only=True):
    """Who a customer is, opened: never stored, logged or cached like this."""

    name: str = ""
    email: str = ""
    phone: str = ""


def normal_email(email: str) -> str:
    """Return the spelling under which an address is found: NFKC, without case and outer white space."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


class Parties:
    """Registers, finds and links parties of a tenant."""

    def __init__(self, keys: Keys, *, findable: Findable | None = None) -> None:
        """Seal customers' data with `keys`; let `findable` find them by it."""
        self._keys = keys
        self._findable = findable or Unfindable()

    def new_visitor(
        self, tx: Tx, scope: Scope, *, language: str | None = None, party_id: PartyId | None = None
    ) -> Outcome[Party]:
        """Make a party for somebody of whom nothing is known. With a `party_id`, making it twice is making it once."""
        party_id = party_id or PartyId(new_id())
        values = {"id": party_id, "kind": "visitor", "language": language, "created_at": tx.now}
        made = repository.insert_party(tx, scope, values)
        events = (_event("party.made", party_id),) if made else ()
        return Outcome(Party(id=party_id, language=language), entries=events)

    def known_machine(self, tx: Tx, scope: Scope, party_id: PartyId) -> Outcome[Party]:
        """Return the machine with this id, made if need be. It is never linked: nobody becomes a customer by it."""
        values = {"id": party_id, "kind": "machine", "language": None, "created_at": tx.now}
        made = repository.insert_party(tx, scope, values)
        return Outcome(Party(id=party_id, kind="machine"), (_event("party.made", party_id),) if made else ())

    def known_customer(
        self,
        tx: Tx,
        scope: Scope,
        reference: str,
        *,
        language: str | None = None,
        party_id: PartyId | None = None,
    ) -> Outcome[Party]:
        """Return the customer with the company's customer number, made if need be, with nothing else known.

        One that is made gets `party_id`, where there is one. Only for callers that the company trusts to know its
        customers. Raises `Malformed` for an impossible number.
        """
        if not _REFERENCE.match(reference):
            raise Malformed("reference: 1 to 64 of A-Z, a-z, 0-9 and . _ : / -")
        party_id = party_id or PartyId(new_id())
        values = {
            "id": party_id,
            "kind": "customer",
            "reference": reference,
            "language": language,
            "created_at": tx.now,
        }
        if repository.insert_party(tx, scope, values):
            self._findable.index_profile(tx, scope, party_id, {"customer": reference})
            party = Party(id=party_id, kind="customer", language=language, reference=reference)
            return Outcome(party, entries=(_event("party.made", party_id, "reference", "language"),))
        return Outcome(_party(_found(repository.find_party_by_reference(tx, scope, reference))))

    def register_customer(
        self, tx: Tx, scope: Scope, seed: CustomerSeed, *, party_id: PartyId | None = None
    ) -> Outcome[Party]:
        """Register a customer, as `party_id` where there is one, or bring a registered one's data up to date.

        Raises `Malformed` (the number), and `KeyDestroyed` when the customer was erased.
        """
        made = self.known_customer(tx, scope, seed.reference, language=seed.language, party_id=party_id)
        party = made.value
        profile = Profile(name=seed.name, email=seed.email, phone=seed.phone)
        row = self._row(tx, scope, party.id)
        before = self._open(scope, row)
        changed = tuple(name for name in _SEALED if getattr(before, name) != getattr(profile, name))
        if row.language != seed.language:
            changed = (*changed, "language")
        if not changed:
            return made
        self._write_profile(tx, scope, party.id, profile, language=seed.language)
        action = "party.registered" if made.entries else "party.changed"
        return Outcome(
            msgspec.structs.replace(party, language=seed.language),
            entries=(*made.entries, _event(action, party.id, *changed)),
        )

    def fill_email(self, tx: Tx, scope: Scope, party_id: PartyId, *, email: str) -> Outcome[None]:
        """Keep a customer's mail address unless one is known: a known one is only changed by the company itself."""
        row = self._row(tx, scope, party_id)
        before = self._open(scope, row)
        if before.email or not email.strip():
            return Outcome(None)
        self._write_profile(tx, scope, party_id, msgspec.structs.replace(before, email=email), language=row.language)
        return Outcome(None, entries=(_event("party.changed", party_id, "email"),))

    def change_detail(
        self, tx: Tx, scope: Scope, party_id: PartyId, *, name: Literal["email", "phone"], value: str
    ) -> Outcome[None]:
        """Keep the mail address or telephone number by which the company knows a customer from now on.

        Only for those to whom identity granted that change, for the party of the grant. Raises `NotFound`.
        """
        row = self._row(tx, scope, party_id)
        before = self._open(scope, row)
        if getattr(before, name) == value.strip():
            return Outcome(None)
        profile = msgspec.structs.replace(before, **{name: value.strip()})
        self._write_profile(tx, scope, party_id, profile, language=row.language)
        return Outcome(None, entries=(_event("party.changed", party_id, name),))

    def change_language(self, tx: Tx, scope: Scope, party_id: PartyId, *, language: str) -> Outcome[None]:
        """Note in which language a party wishes to hear from the company. The caller knows that there is such a one."""
        self._row(tx, scope, party_id)
        repository.update_party(tx, scope, party_id, {"language": language})
        return Outcome(None, entries=(_event("party.changed", party_id, "language"),))

    def find(self, tx: Tx, scope: Scope, party_id: PartyId) -> Party:
        """Return a party as it is, with the highest level that it has reached. Raises `NotFound`."""
        row = self._row(tx, scope, party_id)
        return msgspec.structs.replace(_party(row), assurance=self.assurance_of(tx, scope, party_id))

    def find_by_reference(self, tx: Tx, scope: Scope, reference: str) -> Party | None:
        """Return the customer with the company's customer number, or None."""
        row = repository.find_party_by_reference(tx, scope, reference) if _REFERENCE.match(reference) else None
        return None if row is None else _party(row)

    def find_by_email(self, tx: Tx, scope: Scope, email: str) -> Party | None:
        """Return the one customer with this mail address, or None: an address that two share proves neither."""
        rows = repository.find_parties_by_email(tx, scope, self._email_hash(scope, email))
        return _party(rows[0]) if len(rows) == 1 else None

    def recognise(self, tx: Tx, scope: Scope, party_id: PartyId) -> Party:
        """Return who stands behind an acting party: the customer that it was linked to, or itself.

        The assurance is what the acting party has proven: what somebody proved in one browser counts in that browser
        alone, not for everybody who says to be the same customer. Raises `NotFound`.
        """
        row = self._row(tx, scope, party_id)
        assurance = self.assurance_of(tx, scope, party_id)
        if row.linked_to is not None:
            row = self._row(tx, scope, PartyId(row.linked_to))
        return msgspec.structs.replace(_party(row), assurance=assurance)

    def spoken_for(self, tx: Tx, scope: Scope, party_id: PartyId) -> Party:
        """Return whom a program speaks for: the customer, who has proven nothing by that, or somebody not known yet."""
        row = repository.find_party(tx, scope, party_id)
        if row is not None and row.linked_to is not None:
            row = repository.find_party(tx, scope, PartyId(row.linked_to))
        return Party(id=party_id) if row is None else _party(row)

    def assurance_of(self, tx: Tx, scope: Scope, party_id: PartyId) -> Assurance:
        """Return the highest level that an acting party has reached, however long ago."""
        rows = repository.assurances(tx, scope, party_id)
        if not rows:
            return Assurance()
        return Assurance(level=AssuranceLevel(rows[0].level), factor=rows[0].factor, at=rows[0].at)

    def link(self, tx: Tx, scope: Scope, visitor_id: PartyId, *, customer_id: PartyId) -> Outcome[Party]:
        """Note that a visitor is this customer, as who the conversation goes on; return the customer.

        Linking again is nothing new. Raises `Conflict` when the visitor is another customer already, `NotFound`.
        """
        customer = self._row(tx, scope, customer_id)
        visitor = self._row(tx, scope, visitor_id)
        if customer_id in (visitor_id, visitor.linked_to):
            return Outcome(_party(customer))
        if customer.kind != "customer" or not repository.link_party(tx, scope, visitor_id, customer_id=customer_id):
            raise Conflict("the party is somebody else already")
        event = AuditEvent(
            action="party.linked",
            object_kind="party",
            object_id=visitor_id,
            fields=("linked_to",),
            reason=f"customer {customer_id}",
        )
        return Outcome(_party(customer), entries=(event,))

    def linked(self, tx: Tx, scope: Scope, customer_id: PartyId) -> tuple[PartyId, ...]:
        """Return the visitors that were found to be this customer; what they said is sealed under their own keys."""
        return tuple(PartyId(found) for found in repository.linked_parties(tx, scope, customer_id))

    def raise_assurance(
        self, tx: Tx, scope: Scope, party_id: PartyId, *, level: AssuranceLevel, factor: str
    ) -> Outcome[Assurance]:
        """Note that an acting party has proven who it is, now, by a factor. For those who check factors alone."""
        repository.record_assurance(tx, scope, party_id, level=level, factor=factor)
        event = AuditEvent(
            action="identity.raised",
            object_kind="party",
            object_id=party_id,
            fields=("assurance",),
            reason=f"{level.name.lower()} by {factor}",
        )
        return Outcome(Assurance(level=level, factor=factor, at=tx.now), entries=(event,))

    def read_profile(self, tx: Tx, scope: Scope, party_id: PartyId, *, reason: str) -> Outcome[Profile]:
        """Open a customer's data for a stated reason, which the audit keeps. Raises `NotFound`, `KeyDestroyed`."""
        row = self._row(tx, scope, party_id)
        if row.linked_to is not None:
            row = self._row(tx, scope, PartyId(row.linked_to))
        event = AuditEvent(action="profile.read", object_kind="party", object_id=row.id, fields=_SEALED, reason=reason)
        return Outcome(self._open(scope, row), entries=(event,))

    def email_of(self, tx: Tx, scope: Scope, party_id: PartyId) -> str:
        """Return a customer's mail address for sending to it, empty if none is known. Raises as `read_profile`."""
        return self._open(scope, self._row(tx, scope, party_id)).email

    def forget(self, tx: Tx, scope: Scope, parties: Sequence[PartyId]) -> int:
        """Delete all that is known of parties; return how many rows. Destroying their keys is the caller's part."""
        return erasing.delete_parties(tx, scope, parties)

    def _row(self, tx: Tx, scope: Scope, party_id: PartyId) -> Any:
        return _found(repository.find_party(tx, scope, party_id))

    def _open(self, scope: Scope, row: Any) -> Profile:
        if row.sealed_profile is None:
            return Profile()
        plain = self._keys.open(scope.tenant_id, row.id, bytes(row.sealed_profile), context=_context(row.id))
        return msgspec.json.decode(plain, type=Profile)

    def _write_profile(
        self, tx: Tx, scope: Scope, party_id: PartyId, profile: Profile, *, language: str | None
    ) -> None:
        plain = msgspec.json.encode(profile)
        values = {
            "sealed_profile": self._keys.seal(scope.tenant_id, party_id, plain, context=_context(party_id)),
            "email_hash": self._email_hash(scope, profile.email) if profile.email.strip() else None,
            "language": language,
        }
        repository.update_party(tx, scope, party_id, values)
        self._findable.index_profile(tx, scope, party_id, {name: getattr(profile, name) for name in _SEALED})

    def _email_hash(self, scope: Scope, email: str) -> bytes:
        return self._keys.mac(scope.tenant_id, "identity.email", normal_email(email).encode("utf-8", "replace"))


def family_of(tx: Tx, scope: Scope, party_id: PartyId) -> tuple[PartyId, ...]:
    """Return the parties that are one customer with this one, itself among them: the customer and its visitors."""
    row = repository.find_party(tx, scope, party_id)
    root = party_id if row is None or row.linked_to is None else PartyId(row.linked_to)
    linked = (PartyId(found) for found in repository.linked_parties(tx, scope, root))
    return tuple(dict.fromkeys((root, party_id, *linked)))


def _found(row: Any | None) -> Any:
    if row is None:
        raise NotFound("no such party")
    return row


def _context(party_id: str) -> bytes:
    return f"identity.profile\x1f{party_id}".encode()


def _party(row: Any) -> Party:
    return Party(id=PartyId(row.id), kind=row.kind, language=row.language, reference=row.reference)


def _event(action: str, party_id: PartyId, *fields: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="party", object_id=party_id, fields=fields)
