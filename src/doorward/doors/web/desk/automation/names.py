"""What rules speak of in the company's own words, and back: labels, statuses, replies, queues, teams, states."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

import msgspec

from doorward import routing, workspace
from doorward.automation import PRIORITIES, Deed, FactName
from doorward.doors.web.desk.marks import MOST_SUGGESTED
from doorward.doors.web.desk.shared import DeskCall
from doorward.kit.tx import Tx

Family = str
"""What a word is the name of: `label`, `status`, `reply`, `queue`, `team`, `state`, `priority`."""

FAMILY_OF_FACT: Final[Mapping[FactName, Family]] = {
    "labels": "label",
    "status": "status",
    "queue": "queue",
    "team": "team",
    "state": "state",
    "priority": "priority",
}
FAMILY_OF_DEED: Final[Mapping[Deed, Family]] = {
    "add_label": "label",
    "remove_label": "label",
    "set_priority": "priority",
    "set_queue": "queue",
    "set_team": "team",
    "set_status": "status",
    "reply": "reply",
}
_STATES: Final = ("bot", "waiting", "human", "resolved")
_PRIORITY_WORDS: Final = {-1: "low", 0: "usual", 1: "high", 2: "urgent"}


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """Names by family and code."""

    by_family: Mapping[Family, Mapping[str, str]]

    def name(self, family: Family, code: str) -> str:
        """Return what is called so; the code itself where there is no such thing any more."""
        return self.by_family.get(family, {}).get(code, code)

    def code(self, family: Family, written: str) -> str | None:
        """Return the code of what somebody wrote, by its name or its code; None where there is no such thing."""
        known, wanted = self.by_family.get(family, {}), written.strip().casefold()
        by_code = next((code for code in known if code.casefold() == wanted), None)
        return by_code if by_code is not None else next((c for c, n in known.items() if n.casefold() == wanted), None)

    def suggestions(self) -> tuple[str, ...]:
        """Return names that fields suggest, the first of each family together, each once; the others are typed."""
        some = (islice(names.values(), MOST_SUGGESTED) for names in self.by_family.values())
        return tuple(dict.fromkeys(name for names in some for name in names))


async def names_for(desk: DeskCall) -> Names:
    """Return the names in the reader's language."""
    scope = desk.scope

    def read(tx: Tx) -> Names:
        families: dict[Family, dict[str, str]] = {}
        for kind in ("label", "status", "reply"):
            pieces = workspace.list_pieces(tx, scope, kind)
            families[kind] = {one.key: one.piece.name for one in pieces}
        plan = routing.read_plan(tx, scope).plan
        families["queue"] = {name: name for name in ("default", *(one.name for one in plan.queues))}
        families["team"] = {one.name: one.name for one in plan.teams}
        families["state"] = {state: desk.say(f"state.{state}") for state in _STATES}
        families["priority"] = {
            str(value): desk.say(f"marks.priority.{_PRIORITY_WORDS[value]}") for value in PRIORITIES
        }
        return Names(by_family=families)

    return await desk.house.transactions.read_async(read)
