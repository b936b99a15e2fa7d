"""The blind index: agents find a customer by an exact value; the table holds keyed hashes, under a key of their own."""

from collections.abc import Collection, Mapping
from typing import Final, get_args

from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.protection.findable import FindableKind
from doorward.protection.repository import index as repository
from doorward.protection.screened import IndexEntry
from doorward.protection.screener import Screener
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

KINDS: Final[tuple[FindableKind, ...]] = get_args(FindableKind)
_MOST: Final = 50


class CustomerIndex:
    """Knows parties by their telephone numbers, mail addresses, names, and the numbers of orders and customers.

    What customers write is indexed as it is kept (`ProtectionService.keep`), what the company knows by `index_profile`.
    """

    def __init__(self, keys: Keys, screener: Screener) -> None:
        """Hash with a key that `keys` have for nothing else; `screener` knows how values are written."""
        self._keys = keys
        self._screener = screener

    def hashed(self, tenant_id: str, form: bytes) -> bytes:
        """Return the keyed hash (HMAC-SHA256) under which a value in its canonical form is known."""
        return self._keys.mac(tenant_id, "protection.index", form)

    def index_profile(self, tx: Tx, scope: Scope, party_id: PartyId, values: Mapping[str, str]) -> None:
        """Let a party be found by these values of its profile, by kind, in place of earlier ones of the same kinds."""
        known = {kind: values[kind] for kind in KINDS if kind in values}
        repository.delete_profile_entries(tx, scope, party_id, kinds=known.keys())
        entries = [self._entries(scope, WildText(value), (kind,)) for kind, value in known.items() if value.strip()]
        repository.insert_entries(
            tx, scope, [one for some in entries for one in some], party_id=party_id, from_profile=True
        )

    def kinds_of(self, text: WildText) -> tuple[FindableKind, ...]:
        """Return as what a text could be looked for, none for what can be nothing of the kind."""
        return tuple(kind for kind in KINDS if self._screener.findable_form(text, kind))

    def find(self, tx: Tx, scope: Scope, text: WildText, *, kinds: Collection[FindableKind]) -> tuple[PartyId, ...]:
        """Return the parties (at most 50) that are known by exactly this value, as one of `kinds`."""
        entries = self._entries(scope, text, kinds)
        return repository.find_parties(tx, scope, entries, limit=_MOST) if entries else ()

    def _entries(self, scope: Scope, text: WildText, kinds: Collection[FindableKind]) -> tuple[IndexEntry, ...]:
        forms = ((kind, self._screener.findable_form(text, kind)) for kind in kinds)
        return tuple(
            IndexEntry(kind, self.hashed(scope.tenant_id, form.encode("utf-8", "surrogatepass")))
            for kind, form in forms
            if form
        )
