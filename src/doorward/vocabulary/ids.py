"""Identifiers: opaque strings, one NewType a thing, so that two kinds can never be mixed up."""

from typing import NewType

TenantId = NewType("TenantId", str)
PartyId = NewType("PartyId", str)
StaffId = NewType("StaffId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
EntryId = NewType("EntryId", str)
SpanId = NewType("SpanId", str)
ArticleId = NewType("ArticleId", str)
QueueId = NewType("QueueId", str)
JobId = NewType("JobId", str)
TokenId = NewType("TokenId", str)
SessionId = NewType("SessionId", str)
