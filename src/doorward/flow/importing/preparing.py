"""Making a conversation ready to be written: its times put in order, its words screened, its files found."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from doorward.flow.accept import TenantScreening
from doorward.flow.attachments import MOST, media_type_of, safe_name, same_type
from doorward.flow.importing.marks import Leave, Marking, Marks
from doorward.flow.importing.people import Agents, Origin
from doorward.flow.importing.terms import (
    CHANNEL,
    LONGEST_TEXT,
    ExportFiles,
    Past,
    PastFile,
    PastMessage,
    Refused,
    Target,
)
from doorward.protection import DESK, Screened
from doorward.vocabulary.ids import ConversationId, MessageId, StaffId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText

_VIA: Final = re.compile(r"[a-z_]{1,24}")
_FILE_ID: Final = re.compile(r"\A[A-Za-z0-9_-]{1,80}\Z")

_HEARD: Final = 1000
"""Characters of a message that are looked at for its language."""


class ReadyMessage(NamedTuple):
    """A message, screened: its id here, when it was written, and which member of staff wrote it."""

    message: PastMessage
    message_id: MessageId
    at: datetime
    screened: Screened
    staff_id: StaffId | None


class ReadyFile(NamedTuple):
    """A file, by its first bytes one that is taken in, with its name screened."""

    attachment_id: str
    name: Screened
    shown: MaskedText
    media_type: str
    content: bytes
    at: datetime
    by_customer: bool
    staff_id: StaffId | None


class Ready(NamedTuple):
    """A conversation that can be written: messages in the order of their times."""

    conversation_id: ConversationId
    past: Past
    target: Target
    messages: tuple[ReadyMessage, ...]
    notes: tuple[ReadyMessage, ...]
    files: tuple[ReadyFile, ...]
    opened_at: datetime
    changed_at: datetime
    language: str
    via: str
    assignee: StaffId | None
    marks: Marks

    @property
    def spoken(self) -> tuple[ReadyMessage, ...]:
        """Return messages and notes."""
        return (*self.messages, *self.notes)

    @property
    def size(self) -> int:
        """Return about how many bytes it holds."""
        texts = sum(len(one.screened.masked) for one in self.spoken)
        return texts + sum(len(one.content) for one in self.files)


class Who(NamedTuple):
    """What gives what is in an export its ids here, and who its agents are."""

    origin: Origin
    agents: Agents


class Words(NamedTuple):
    """What looks at words: masks them, says what they mark, and tells the language of a text, or of an empty one."""

    screening: TenantScreening
    marking: Marking
    language_of: Callable[[str], str]


class Preparing:
    """Makes conversations ready. Costs most of an import's time, and writes nothing."""

    def __init__(self, scope: Scope, *, who: "Who", words: "Words", files: "FileFinder") -> None:
        """Take what tells who is who, what looks at words, and what finds files."""
        self._scope = scope
        self._origin, self._agents = who
        self._screening, self._marking, self._language_of = words
        self._files = files

    def prepare(self, past: Past, *, target: Target, now: datetime, leave: Leave) -> Ready:
        """Return a conversation ready to be written. What lies after `now` is from now. Raises `Refused`."""
        if not past.id:
            raise Refused("without_id")
        if target == "skip":
            raise Refused("status_skipped")
        timed = _in_order(past, now)
        opened_at = min((at for at, _ in timed), default=past.opened_at)
        if opened_at is None:
            raise Refused("without_time")
        opened_at = min(opened_at, past.opened_at or opened_at, now)
        spoken = [found for at, one in timed if (found := self._message(past, one, at, leave)) is not None]
        files = self._ready_files(past, timed, leave)
        messages = tuple(one for one in spoken if not one.message.is_note)
        if not messages and not files:
            raise Refused("without_words")
        if past.skipped:
            leave("message_of_system", past.skipped)
        if past.beyond:
            leave("too_many_messages", past.beyond)
        last = max(at for at, _ in timed)
        heard = " ".join(_unmasked_part(one.screened.masked) for one in messages if one.message.author == "customer")
        return Ready(
            conversation_id=ConversationId(self._origin.derived("conversation", past.id)),
            past=past,
            target=target,
            messages=messages,
            notes=tuple(one for one in spoken if one.message.is_note),
            files=files,
            opened_at=opened_at,
            changed_at=min(now, max(past.changed_at or last, last)),
            language=self._language_of(heard),
            via=via if _VIA.fullmatch(via := past.via.lower()) else "",
            assignee=self._agents.find(past.assignee),
            marks=self._marking.marks(past, leave=leave),
        )

    def _message(self, past: Past, message: PastMessage, at: datetime, leave: Leave) -> ReadyMessage | None:
        if message.text.is_blank:
            if not message.files:
                leave("message_without_words", 1)
            return None
        if len(message.text) > LONGEST_TEXT:
            leave("message_too_large", 1)
            return None
        message_id = MessageId(self._origin.derived("message", past.id, message.key))
        channel = CHANNEL if message.author == "customer" else DESK
        screened = self._screening.screen_past(self._scope, message.text, message_id, channel=channel)
        return ReadyMessage(message, message_id, at, screened, self._agents.find(message.writer))

    def _ready_files(
        self, past: Past, timed: Sequence[tuple[datetime, PastMessage]], leave: Leave
    ) -> tuple[ReadyFile, ...]:
        ready: list[ReadyFile] = []
        for at, message in timed:
            for place, file in enumerate(message.files):
                if message.is_note:
                    # A note is for colleagues; the customer would find its file beside the conversation.
                    leave("file_of_note", 1)
                elif len(ready) >= MOST:
                    leave("too_many_files", 1)
                else:
                    try:
                        ready.append(self._file(past, message, at, file=file, place=place))
                    except Refused as refused:
                        leave(refused.reason, 1)
        return tuple(ready)

    def _file(self, past: Past, message: PastMessage, at: datetime, *, file: PastFile, place: int) -> ReadyFile:
        content = self._files.content(file)
        media_type = media_type_of(content)
        if media_type is None or not same_type(file.media_type.partition(";")[0].strip(), media_type):
            raise Refused("file_type")
        attachment_id = self._origin.derived("attachment", past.id, message.key, file.id or f"at {place}")
        named = WildText(file.name or "file")
        screened = self._screening.screen_past(self._scope, named, MessageId(attachment_id), channel=CHANNEL)
        return ReadyFile(
            attachment_id=attachment_id,
            name=screened,
            shown=safe_name(screened.masked, media_type),
            media_type=media_type,
            content=content,
            at=at,
            by_customer=message.author == "customer",
            staff_id=self._agents.find(message.writer),
        )


class FileFinder:
    """Finds what was attached: in the record itself, else under its id among the export's files."""

    def __init__(self, files: ExportFiles, *, largest: int) -> None:
        """Take files of up to `largest` bytes."""
        self._folder = files.attachments
        self._largest = largest

    def content(self, file: PastFile) -> bytes:
        """Return the content of a file. Raises `Refused`; links are not followed, and nothing is fetched."""
        if file.data is not None:
            if len(file.data) > self._largest:
                raise Refused("file_too_large")
            return file.data
        if self._folder is None or not _FILE_ID.match(file.id):
            raise Refused("file_missing")
        found = self._folder / file.id
        if found.is_dir() and not found.is_symlink():
            inside = sorted(found.iterdir())
            found = inside[0] if len(inside) == 1 else found
        if not found.is_file() or found.is_symlink():
            raise Refused("file_missing")
        try:
            with found.open("rb") as opened:
                content = opened.read(self._largest + 1)
        except OSError:
            raise Refused("unreadable") from None
        if len(content) > self._largest:
            raise Refused("file_too_large")
        return content


def _in_order(past: Past, now: datetime) -> list[tuple[datetime, PastMessage]]:
    """Return the messages by their times; one without is as old as the one that stands before it."""
    before = past.opened_at or next((one.at for one in past.messages if one.at is not None), None) or past.changed_at
    if before is None:
        return []
    timed: list[tuple[datetime, PastMessage]] = []
    for message in past.messages:
        before = message.at or before
        timed.append((min(before, now), message))
    return sorted(timed, key=lambda one: one[0])


def _unmasked_part(masked: MaskedText) -> str:
    """Return the beginning of a text without what stands in masked places: names of kinds are in no language."""
    pieces, end = [], 0
    for span in masked.spans:
        pieces.append(masked.text[end : span.start])
        end = span.end
    return " ".join((*pieces, masked.text[end:]))[:_HEARD]


def language_teller(detect: Callable[..., tuple[str, float]], languages: Sequence[str]) -> Callable[[str], str]:
    """Return what tells the language of a text among a tenant's; its first for a text that says nothing."""
    ask = partial(detect, languages=tuple(languages))
    return lambda text: ask(text)[0]
