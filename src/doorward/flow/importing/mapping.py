"""The mapping file: what an export calls things, and what they are here. TOML, written by whoever imports."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from doorward.flow.importing.reading.tables import TableForm
from doorward.flow.importing.terms import Target
from doorward.vocabulary.errors import Malformed

LONGEST_FILE: Final = 1_048_576
"""Bytes of a mapping file."""

Speaker = Literal["customer", "agent", "bot", "note"]


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column of a CSV file holds what; empty for what it has not. A row is a message of a `conversation`.

    `at` is when it was said, `opened_at` and `changed_at` are times of the conversation. `customer` is the company's
    customer number, `assignee` and `writer` are mail addresses of agents, `labels` are separated by commas.
    """

    conversation: str
    text: str
    message: str = ""
    subject: str = ""
    at: str = ""
    opened_at: str = ""
    changed_at: str = ""
    author: str = ""
    writer: str = ""
    customer: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    status: str = ""
    assignee: str = ""
    labels: str = ""

    def named(self) -> tuple[str, ...]:
        """Return the columns that are named."""
        return tuple(filter(None, msgspec.structs.astuple(self)))


class Mapped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a mapping file says; all of it may be missing, but for CSV, which needs `columns`.

    `origin` tells two exports of one vendor apart: their tickets have the same numbers. `statuses`: names there, in
    lower case; `other_status` is for those that nobody knows; `words` are the keys of the company's finer statuses that
    they get. `agents`: mail addresses there, user names here, empty
    for nobody. `labels` and `fields`: names there, keys here, empty for what is left out. `authors`: what stands in
    the column `author`.
    """

    origin: str = ""
    statuses: Mapping[str, Target] = {}
    other_status: Target = "open"
    words: Mapping[str, str] = {}
    agents: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    fields: Mapping[str, str] = {}
    authors: Mapping[str, Speaker] = {}
    csv: TableForm = TableForm()
    columns: Columns | None = None

    def target(self, status: str, known: Mapping[str, Target]) -> Target:
        """Return what becomes of a conversation with a status, of which a format knows some."""
        name = status.strip().casefold()
        return self.statuses.get(name) or known.get(name) or self.other_status


def read_mapping(path: Path | None) -> Mapped:
    """Return what a mapping file says, nothing for none. Raises `Malformed` with the place that cannot be read."""
    if path is None:
        return Mapped()
    if path.stat().st_size > LONGEST_FILE:
        raise Malformed(f"the mapping file is longer than {LONGEST_FILE} bytes")
    try:
        mapped = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), Mapped)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as trouble:
        raise Malformed(f"the mapping file cannot be read: {trouble}") from None
    folded = {name.strip().casefold(): target for name, target in mapped.statuses.items()}
    agents = {address.strip().casefold(): name.strip() for address, name in mapped.agents.items()}
    authors = {name.strip().casefold(): speaker for name, speaker in mapped.authors.items()}
    words = {name.strip().casefold(): key for name, key in mapped.words.items()}
    return msgspec.structs.replace(mapped, statuses=folded, agents=agents, authors=authors, words=words)
