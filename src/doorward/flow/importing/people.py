"""Who is who: customers of the other desk as parties here, its agents as members of staff."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from doorward.flow.accept import TenantScreening
from doorward.flow.importing.mapping import Mapped
from doorward.flow.importing.terms import Person, VendorName
from doorward.identity import Identity
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.ids import PartyId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

_REFERENCE: Final = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}\Z")
"""What can be a company's customer number here; see `identity.Parties`."""


class Origin:
    """Where an export comes from; what is there under a number has an id of its own here, the same at every run."""

    def __init__(self, vendor: VendorName, mapped: Mapped, scope: Scope) -> None:
        """Ids are the tenant's own, the vendor's, and the mapping's `origin`."""
        self._parts = (scope.tenant_id, vendor, mapped.origin)

    def derived(self, kind: str, *names: str) -> str:
        """Return the id of something of a kind, by what it is called there."""
        return derive_id(f"import-{kind}", *self._parts, *names)


class Customers:
    """Finds the parties of customers, and makes them."""

    def __init__(
        self, identity: Identity, screening: TenantScreening, origin: Origin, *, languages: Sequence[str]
    ) -> None:
        """Register those who are new as speaking what the export says, if it is one of the tenant's, else its first."""
        self._parties = identity.parties
        self._screening = screening
        self._origin = origin
        self._languages = tuple(languages)

    def find(self, tx: Tx, scope: Scope, person: Person) -> PartyId | None:
        """Return who a customer is here: by the company's number, by an earlier import, by the one mail address."""
        for reference in (self._number(scope, person), self._own_number(person)):
            found = self._parties.find_by_reference(tx, scope, reference) if reference else None
            if found is not None:
                return found.id
        found = self._parties.find_by_email(tx, scope, person.email) if person.email else None
        return None if found is None else found.id

    def settle(self, tx: Tx, scope: Scope, person: Person) -> Outcome[PartyId]:
        """Return who a customer is, made if need be. Of a known one nothing is changed: what is here is newer.

        Raises `KeyDestroyed` for one who was erased after an earlier import.
        """
        found = self.find(tx, scope, person)
        if found is not None:
            return Outcome(found)
        spoken = person.language.strip().lower().partition("-")[0]
        seed = CustomerSeed(
            reference=self._number(scope, person) or self._own_number(person),
            name=person.name[:200],
            email=person.email[:320],
            phone=person.phone[:60],
            language=spoken if spoken in self._languages else self._languages[0],
        )
        party_id = PartyId(self._origin.derived("party", seed.reference))
        made = self._parties.register_customer(tx, scope, seed, party_id=party_id)
        return Outcome(made.value.id, made.entries)

    def unknown(self, tx: Tx, scope: Scope, conversation: str) -> Outcome[PartyId]:
        """Return a party for somebody of whom nothing is known but one conversation."""
        party_id = PartyId(self._origin.derived("party", "of", conversation))
        made = self._parties.new_visitor(tx, scope, party_id=party_id)
        return Outcome(made.value.id, made.entries)

    def _number(self, scope: Scope, person: Person) -> str:
        """Return the company's own number as it may be kept: one that looks like something sensitive is hashed."""
        number = person.reference.strip()
        return self._screening.kept_id(scope, number) if _REFERENCE.match(number) else ""

    def _own_number(self, person: Person) -> str:
        told = person.id or person.email.strip().casefold()
        return f"import:{self._origin.derived('person', told)}" if told else ""


def is_known(person: Person) -> bool:
    """Return whether anything is told of somebody by which they could be known again."""
    return bool(person.id or person.email.strip() or person.reference.strip())


class Agents:
    """Knows which member of staff an agent is: by the mapping, else by the user name before the `@`."""

    def __init__(self, usernames: Mapping[str, StaffId], mapped: Mapped) -> None:
        """Take everybody who works here by user name."""
        self._usernames = usernames
        self._mapped = mapped

    def find(self, address: str) -> StaffId | None:
        """Return who an agent is by their mail address there; None for somebody who does not work here."""
        told = address.strip().casefold()
        if not told:
            return None
        name = self._mapped.agents.get(told)
        if name is None:
            name = told.partition("@")[0]
        return self._usernames.get(name.strip().lower())


def staff_by_name(tx: Tx, scope: Scope, identity: Identity) -> dict[str, StaffId]:
    """Return everybody who works here and may sign in, by user name."""
    return {one.username: one.id for one in identity.staff.everybody(tx, scope) if not one.disabled}
