"""The scripted dialogues, as they lie beside this file."""

from pathlib import Path
from typing import Any, Final, Literal

import msgspec

FILE: Final = Path(__file__).parent / "dialogues.jsonl"

Half = Literal["dev", "test"]
Sort = Literal["happy", "failing", "corrected", "digressing", "abusive", "person", "question", "two"]


class Aside(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer says in place of the first answer to a question of the kind `at`."""

    at: str
    say: str


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A thing of the core system that is to be different afterwards: `key` with new values, or a `new` one."""

    thing: str
    key: str | None = None
    set: dict[str, Any] | None = None
    new: dict[str, Any] | None = None


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One customer with their world, what they say unasked and when asked, and what is right in the end.

    `level`: how sure one can become of them (0 a stranger, 1 signed in, 2 with the mailed code, which `<code>` stands
    for). Nothing but `state` may be different in the core system afterwards. `article` answers a mere question.
    """

    id: str
    half: Half
    language: str
    level: Literal[0, 1, 2]
    sort: Sort
    world: dict[str, Any]
    say: tuple[str, ...]
    answers: dict[str, tuple[str, ...]]
    aside: tuple[Aside, ...]
    end: Literal["resolved", "person", "declined"]
    state: tuple[Change, ...]
    article: str | None = None


def scripts(half: Half) -> list[Script]:
    """Return a half of the dialogues; the half `test` is seen through its score only."""
    return [
        one for line in FILE.read_bytes().splitlines() if (one := msgspec.json.decode(line, type=Script)).half == half
    ]
