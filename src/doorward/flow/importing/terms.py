"""The words that everything about imports shares: what an export holds, whoever's it is, and why something is left out.

What is here came from outside and is as wild as it came: it is held, never shown. What customers and agents wrote is
`WildText` from the moment that it was read; names, addresses and numbers of people go to where profiles are sealed.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.text import WildText

CHANNEL: Final = "import"
"""The channel of every conversation that was imported, on its card and in its lines."""

LONGEST_RECORD: Final = 16_777_216
"""Bytes of one record of an export, a ticket with all that was said in it. What is longer is left out."""

LONGEST_TEXT: Final = 1_048_576
"""Characters of one message."""

VendorName = Literal["zendesk", "freshdesk", "chatwoot", "zammad", "csv"]
VENDORS: Final[tuple[VendorName, ...]] = get_args(VendorName)

Section = Literal["conversations", "people", "messages"]
"""What a record is: a conversation, somebody (a customer or an agent), or a message that stands apart from its own."""

Target = Literal["open", "resolved", "skip"]
"""What becomes of a conversation: it waits for a person or is with its agent, it is over, or it is left out."""
TARGETS: Final[tuple[Target, ...]] = get_args(Target)

Author = Literal["customer", "agent", "bot"]

Reason = Literal[
    "not_json",
    "not_an_object",
    "too_large",
    "too_deep",
    "wrong_encoding",
    "broken_row",
    "wrong_columns",
    "unreadable",
    "not_a_conversation",
    "without_id",
    "without_time",
    "without_words",
    "status_skipped",
    "customer_erased",
    "not_stored",
    "message_without_words",
    "message_too_large",
    "message_of_system",
    "message_without_conversation",
    "too_many_messages",
    "label",
    "field",
    "file_missing",
    "file_type",
    "file_too_large",
    "file_of_note",
    "too_many_files",
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class Refused(Exception):
    """A record cannot be taken. It says why, and nothing of what stands there."""

    def __init__(self, reason: Reason) -> None:
        """Take the reason."""
        super().__init__(reason)
        self.reason: Reason = reason


class Person(Discreet, frozen=True, kw_only=True):
    """A customer or an agent of the other desk. `reference` is the company's own customer number, where it is known."""

    id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    reference: str = ""
    language: str = ""
    is_agent: bool = False


class PastFile(Discreet, frozen=True, kw_only=True):
    """A file of a message. Its content is `data`, else looked for among the export's files by its id."""

    id: str
    name: str
    media_type: str = "application/octet-stream"
    data: bytes | None = None


class PastMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message, or a note that agents wrote for each other (`is_note`). `key` names it within its conversation; the
    first message of a ticket begins with the ticket's subject.

    `writer` is the mail address of the agent who wrote it, empty where nobody knows.
    """

    key: str
    author: Author
    at: datetime | None
    text: WildText
    is_note: bool = False
    writer: str = ""
    files: tuple[PastFile, ...] = ()


class Past(Discreet, frozen=True, kw_only=True):
    """One conversation of the other desk. `via` is the channel that it came by there.

    `assignee` is the mail address of the agent who has it. `messages` are in no order yet. `skipped` counts what is no
    message of a person, such as lines that the other desk wrote by itself; `beyond` messages are more than one
    conversation may have.
    """

    id: str
    status: str
    customer: Person
    messages: tuple[PastMessage, ...]
    assignee: str = ""
    opened_at: datetime | None = None
    changed_at: datetime | None = None
    labels: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}
    via: str = ""
    skipped: int = 0
    beyond: int = 0


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record lies in an export: the number of the file, its own number there from 1, its bytes, their sum.

    `listed` names the list that it stands in, or what its file is about. `seq` numbers places in the order in which
    they were noted.
    """

    section: Section
    file: int
    number: int
    offset: int
    length: int
    crc: int
    listed: str = ""
    seq: int = 0


class LeftOut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was not taken: in which file, which record (from 1), at which byte, why, how often there."""

    file: str
    record: int
    byte: int
    reason: Reason
    times: int = 1


class ExportFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The files of an export, in the order in which they are read, and the folder with what was attached, if any."""

    paths: tuple[Path, ...]
    root: Path
    attachments: Path | None = None

    def name(self, number: int) -> str:
        """Return how a file is called in reports."""
        path = self.paths[number]
        return path.name if path == self.root else path.relative_to(self.root).as_posix()
