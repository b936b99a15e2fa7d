"""The formats of other desks' exports: one module each, told apart by `--format`."""

from collections.abc import Callable, Mapping
from typing import Final

from doorward.flow.importing.mapping import Mapped
from doorward.flow.importing.terms import VendorName
from doorward.flow.importing.vendors.chatwoot import Chatwoot
from doorward.flow.importing.vendors.freshdesk import Freshdesk
from doorward.flow.importing.vendors.port import FindPerson, Vendor
from doorward.flow.importing.vendors.table import RowReader
from doorward.flow.importing.vendors.zammad import Zammad
from doorward.flow.importing.vendors.zendesk import Zendesk

FORMATS: Final[Mapping[VendorName, Callable[[Mapped], Vendor]]] = {
    "zendesk": lambda _: Zendesk(),
    "freshdesk": lambda _: Freshdesk(),
    "chatwoot": lambda _: Chatwoot(),
    "zammad": lambda _: Zammad(),
    "csv": RowReader,
}
"""Makes the reader of a format. Raises `Malformed` where the mapping lacks what the format needs."""

__all__ = ["FORMATS", "FindPerson", "RowReader", "Vendor"]
