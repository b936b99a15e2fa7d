"""Contacts of a drill: what they are, what admission sees of them, and apart from both, whose they were."""

from typing import Literal

import msgspec

from doorward.admission.flood import Caller

Side = Literal["known", "unknown", "signed", "unsigned", "attack"]
"""Whose a contact was: a known person's, a stranger's, a machine customer's that signs or does not, an attacker's."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """All that whoever decides sees of one contact. There is no word of whose it is, nor of what will become of it.

    `source` is what a limit by source would count. `key` is that of its signature and `nonce` the signature's nonce,
    empty without one. `flagged` is what the detector said of its text, known from the second look on.
    """

    number: int
    caller: Caller
    source: str
    key: str = ""
    nonce: str = ""
    flagged: bool = False


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One contact: when it first comes and how it goes. All times are in seconds; `at` from the drill's beginning.

    `seconds` is what a person takes for it, `patience` how long it waits in each of its tries, `pauses` what lies
    before every further one: one less than there are tries.
    """

    at: float
    seen: Seen
    bot: float
    bot_resolves: bool
    settles: bool
    seconds: float
    patience: tuple[float, ...]
    pauses: tuple[float, ...]
    useful: bool


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a contact was and by what it came: for the count alone, never handed to what decides or to the floor."""

    side: Side
    channel: str
    language: str
    wave: str = ""


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """All contacts in the order of their first coming, and their origins in the same order."""

    visits: tuple[Visit, ...]
    origins: tuple[Origin, ...]
