"""The evaluation set of campaigns, as it lies beside this file."""

from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

FILE: Final = Path(__file__).parent / "campaigns.jsonl"
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")

Half = Literal["dev", "test"]
Kind = Literal["verbatim", "spintax", "paraphrase", "camouflage", "assistant", "outage", "ordinary"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
CONCERTED: Final[tuple[Kind, ...]] = KINDS[:5]
"""The kinds that are campaigns: `outage` is an honest crowd, `ordinary` is nobody's but the writer's own matter."""


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one customer writes; `campaign` names the campaign or crowd that it is one of, empty where it is of none.

    `verbatim` is one text copied, `spintax` one template with its slots filled, `paraphrase` one demand in each
    writer's own words, `camouflage` the demand beside an everyday request, `assistant` the demand as people's
    assistants put it.
    """

    id: str
    half: Half
    campaign: str
    kind: Kind
    language: str
    text: str


def messages(half: Half) -> list[Message]:
    """Return a half of the set, each campaign and crowd together; the half `test` is seen through its score only."""
    lines = FILE.read_bytes().splitlines()
    return [one for one in (msgspec.json.decode(line, type=Message) for line in lines) if one.half == half]
