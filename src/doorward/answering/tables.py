"""Tables: articles, the passages that search goes by, and what was done to them."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from doorward.kit.db import Day, Json, UtcTime, metadata

article = Table(
    "answering_article",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("id", String(26), primary_key=True),
    Column("slug", String(100), nullable=False),
    Column("language", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("keywords", Json, nullable=False),
    Column("sections", Json, nullable=False),
    # Of the content: rises when the content changes, never otherwise.
    Column("revision", Integer, nullable=False),
    # Of the row: rises with every change, so that the sum over a tenant tells whether an index is still good.
    Column("writes", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("tenant_id", "slug", "language"),
)

passage = Table(
    "answering_passage",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("article_id", String(26), primary_key=True),
    Column("section", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("words", Json, nullable=False),
    Column("stems", Json, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
    Column("encoder_id", String(64), nullable=False),
)

# Every saving, publishing and withdrawing of an article, numbered from 1. Rows are only ever added: the last one is
# what somebody edits, the one that was published last is what answers customers, all together are the history.
edition = Table(
    "answering_edition",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("article_id", String(26), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("slug", String(100), nullable=False),
    Column("language", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("keywords", Json, nullable=False),
    Column("sections", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", String(64), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)

# The latest publication of an article: under way, or how it ended.
publication = Table(
    "answering_publication",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("article_id", String(26), primary_key=True),
    Column("id", String(26), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("reason", String(64)),
    Column("begun_at", UtcTime, nullable=False),
    Column("noted_at", UtcTime, nullable=False),
)

# Who answers for an article in all its languages, and until when somebody should have read it again.
steward = Table(
    "answering_steward",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("slug", String(100), primary_key=True),
    Column("owner_id", String(64)),
    Column("review_by", Day),
)

# Questions that are not the company's to answer, as references to the lines that asked them: what means alike is left
# out of the list of questions that nobody could answer. A line that is gone leaves nothing here that could be read.
dismissed = Table(
    "answering_dismissed_question",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("party_id", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor_id", String(64), nullable=False),
)
Index("ix_answering_dismissed_question_at", dismissed.c.tenant_id, dismissed.c.at)
Index("ix_answering_dismissed_question_party", dismissed.c.tenant_id, dismissed.c.party_id)

# An answer or rules that were wrong, what those who got it are told, and how far that is.
correction = Table(
    "answering_correction",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("id", String(26), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("article_id", String(26)),
    Column("slug", String(100), nullable=False),
    Column("language", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("wrong", Json, nullable=False),
    Column("rules", Json, nullable=False),
    Column("words", Json, nullable=False),
    Column("since", UtcTime),
    Column("state", String(16), nullable=False),
    Column("looked", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("noted_at", UtcTime, nullable=False),
    # The last conversation that was looked through.
    Column("place", Text, nullable=False),
)
Index("ix_answering_correction_made_at", correction.c.tenant_id, correction.c.made_at)

recipient = Table(
    "answering_correction_recipient",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("correction_id", String(26), primary_key=True),
    Column("conversation_id", String(64), primary_key=True),
    Column("party_id", String(64), nullable=False),
    # The last line that said something wrong.
    Column("seq", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("why", String(64), nullable=False),
    Column("told_at", UtcTime),
)
Index("ix_answering_correction_recipient_at", recipient.c.tenant_id, recipient.c.correction_id, recipient.c.at)
Index("ix_answering_correction_recipient_party", recipient.c.tenant_id, recipient.c.party_id)

# An import that somebody looks at before it is done; gone a day after it was last touched.
staged_import = Table(
    "answering_import",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("id", String(26), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("overtaken", Integer, nullable=False),
    Column("refused", Json, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("noted_at", UtcTime, nullable=False),
)
Index("ix_answering_import_noted_at", staged_import.c.tenant_id, staged_import.c.noted_at)

staged_article = Table(
    "answering_import_article",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("import_id", String(26), primary_key=True),
    # From 1, in the order in which they were read.
    Column("number", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("content", Json, nullable=False),
    Column("standing", String(16), nullable=False),
    # The edition that was the latest when somebody looked.
    Column("expected", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
)

# What links to other sites came to when they were looked at last, and the check that still wants to look.
web_link = Table(
    "answering_web_link",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    # The SHA-256 of the address: addresses are longer than an index takes.
    Column("digest", String(64), primary_key=True),
    Column("address", Text, nullable=False),
    Column("trouble", String(16), nullable=False),
    Column("status", Integer),
    Column("looked_at", UtcTime),
    Column("wanted_by", String(26), nullable=False),
)

# The latest check of a tenant's links: under way, or over.
link_check = Table(
    "answering_link_check",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("id", String(26), nullable=False),
    Column("state", String(16), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("begun_at", UtcTime, nullable=False),
    Column("noted_at", UtcTime, nullable=False),
)
