"""What a verb returns when others must hear of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from doorward.vocabulary.entry import AuditEvent, Entry

T = TypeVar("T")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Work for later, written in the transaction that asks for it.

    `kind` names a registered handler; `key` is unique within the tenant and kind, so asking twice is asking once;
    `payload` holds ids and codes only, the handler reloads; `due_at` None means as soon as possible.
    """

    kind: str
    key: str
    payload: Mapping[str, str] = {}
    due_at: datetime | None = None


class Outcome(msgspec.Struct, Generic[T], frozen=True):
    """The value of a verb, with the ledger and audit lines to write and the jobs to enqueue in the same transaction."""

    value: T
    entries: tuple[Entry | AuditEvent, ...] = ()
    jobs: tuple[Job, ...] = ()
