"""The verbs of corrections. They never commit, and say nothing to anybody: jobs of the flow find and tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from doorward.answering.corrections import repository
from doorward.answering.corrections.repository import Counted
from doorward.answering.corrections.values import Correction, CorrectionKind, Recipient, Search, Words, Wrong
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from doorward.vocabulary.ids import ArticleId, ConversationId, PartyId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

FIND: Final = "corrections.find"
"""The kind of job that looks for who got what was wrong (`flow.corrections`)."""

TELL: Final = "corrections.tell"
"""The kind of job that tells them."""

LONGEST_WORDS: Final = 3000
"""Characters of what was wrong, and of what is right."""

PAGE: Final = 50


class NewCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be put right; see `Correction`."""

    kind: CorrectionKind
    words: Mapping[str, Words]
    wrong: tuple[Wrong, ...] = ()
    rules: tuple[str, ...] = ()
    article_id: ArticleId | None = None
    slug: str = ""
    language: str = ""
    title: str = ""
    since: datetime | None = None


class Corrections:
    """Keeps corrections and who got what was wrong."""

    def begin(self, tx: Tx, scope: Scope, new: NewCorrection) -> Outcome[Correction]:
        """Keep that something was wrong, and have whoever got it found; nobody is told before somebody says so.

        Raises `Malformed` where nothing is named that was wrong, or no language says what it was.
        """
        if not (new.wrong if new.kind == "answer" else new.rules):
            raise Malformed("wrong: name what was wrong")
        for words in new.words.values():
            if not words.wrong.strip() or max(len(words.wrong), len(words.right)) > LONGEST_WORDS:
                raise Malformed(f"words: say what was wrong, in {LONGEST_WORDS} characters at most")
        if not new.words:
            raise Malformed("words: say what was wrong")
        made = Correction(
            id=new_id(),
            **{field: getattr(new, field) for field in NewCorrection.__struct_fields__},
            state="finding",
            looked=0,
            total=0,
            told=0,
            skipped=0,
            made_at=tx.now,
            made_by=scope.actor.id,
            noted_at=tx.now,
        )
        repository.add(tx, scope, made)
        return Outcome(made, (_audit("correction.made", made.id),), (finding_job(made),))

    def correction(self, tx: Tx, scope: Scope, correction_id: str) -> Correction:
        """Return a correction. Raises `NotFound`."""
        return self.search(tx, scope, correction_id).correction

    def search(self, tx: Tx, scope: Scope, correction_id: str) -> Search:
        """Return a correction with how far the looking is. Raises `NotFound`."""
        found = repository.find(tx, scope, correction_id)
        if found is None:
            raise NotFound("no such correction")
        return found

    def corrections(self, tx: Tx, scope: Scope, *, limit: int = PAGE, offset: int = 0) -> tuple[Correction, ...]:
        """Return the corrections, the newest first."""
        return repository.latest(tx, scope, limit=limit, offset=offset)

    def recipients(
        self, tx: Tx, scope: Scope, correction_id: str, *, limit: int = PAGE, offset: int = 0
    ) -> tuple[Recipient, ...]:
        """Return in which conversations something wrong was said, the latest first."""
        return repository.recipients(tx, scope, correction_id, limit=limit, offset=offset)

    def count(self, tx: Tx, scope: Scope, correction_id: str) -> Counted:
        """Return how many conversations and customers were found."""
        return repository.count_recipients(tx, scope, correction_id)

    def note_found(self, tx: Tx, scope: Scope, was: Search, now: Search, found: Sequence[Recipient]) -> Outcome[bool]:
        """Keep what was found and how far that is; return False when another went on meanwhile."""
        of = now.correction
        if not repository.change(tx, scope, was, state=of.state, looked=of.looked, total=of.total, place=now.place):
            return Outcome(False)
        for one in found:
            repository.put_recipient(tx, scope, of.id, one)
        return Outcome(True)

    def tell(self, tx: Tx, scope: Scope, correction_id: str) -> Outcome[Correction]:
        """Have everybody told who was found and is not told yet; asking twice is asking once.

        Raises `NotFound`, and `Conflict` while they are being looked for.
        """
        was = self.search(tx, scope, correction_id)
        if was.correction.state == "finding":
            raise Conflict("who got it is not found yet", why="finding")
        if was.correction.state in {"telling", "told"}:
            return Outcome(was.correction)
        if not repository.change(tx, scope, was, state="telling"):
            raise Conflict("somebody was faster", why="meanwhile")
        now = self.correction(tx, scope, correction_id)
        return Outcome(now, (_audit("correction.telling", correction_id),), (telling_job(now, scope),))

    def stop(self, tx: Tx, scope: Scope, correction_id: str) -> Outcome[Correction]:
        """Stop telling; whoever was told was told, and the others can be told later. Raises `NotFound`."""
        was = self.search(tx, scope, correction_id)
        if was.correction.state != "telling":
            return Outcome(was.correction)
        repository.change(tx, scope, was, state="stopped")
        return Outcome(self.correction(tx, scope, correction_id), (_audit("correction.stopped", correction_id),))

    def next_to_tell(self, tx: Tx, scope: Scope, correction_id: str) -> Recipient | None:
        """Return the next conversation in which nobody was told yet; None when all were, or it was stopped."""
        return (
            None
            if self.correction(tx, scope, correction_id).state != "telling"
            else repository.next_to_tell(tx, scope, correction_id)
        )

    def is_told(self, tx: Tx, scope: Scope, correction_id: str, party_ids: Sequence[PartyId]) -> bool:
        """Return whether one of these, who are one customer, was told already; nobody else tells until this ends."""
        repository.hold(tx, scope, correction_id)
        return repository.is_told(tx, scope, correction_id, party_ids)

    def note_told(
        self, tx: Tx, scope: Scope, correction_id: str, conversation_id: ConversationId, *, party_id: PartyId
    ) -> bool:
        """Keep that a customer, now known as `party_id`, was told; return False when that was settled already."""
        values = {"state": "told", "told_at": tx.now, "party_id": party_id}
        done = repository.settle(tx, scope, correction_id, conversation_id, values)
        if done:
            repository.count_on(tx, scope, correction_id, "told")
        return done

    def note_skipped(
        self, tx: Tx, scope: Scope, correction_id: str, conversation_id: ConversationId, *, why: str
    ) -> bool:
        """Keep why nobody was told in a conversation; return False when that was settled already."""
        done = repository.settle(tx, scope, correction_id, conversation_id, {"state": "skipped", "why": why[:64]})
        if done:
            repository.count_on(tx, scope, correction_id, "skipped")
        return done

    def finish(self, tx: Tx, scope: Scope, correction_id: str) -> Outcome[None]:
        """Keep that everybody was told, where the telling was not stopped."""
        was = self.search(tx, scope, correction_id)
        if was.correction.state == "telling":
            repository.change(tx, scope, was, state="told")
        return Outcome(None)


def forget_recipients(tx: Tx, scope: Scope, party_id: PartyId) -> int:
    """Forget what wrong things a party was told; return how many rows."""
    return repository.delete_of(tx, scope, party_id)


def finding_job(of: Correction) -> Job:
    """Return the job that looks on from here: its key is where here is, so that two who ask get one."""
    return Job(kind=FIND, key=f"{of.id}/{of.looked}", payload={"correction_id": of.id})


def telling_job(of: Correction, scope: Scope) -> Job:
    """Return the job that tells on from here, in the name of whoever asked for it."""
    payload = {"correction_id": of.id, "actor_kind": scope.actor.kind, "actor_id": scope.actor.id}
    return Job(kind=TELL, key=f"{of.id}/{of.noted_at.isoformat()}", payload=payload)


def _audit(action: str, correction_id: str) -> AuditEvent:
    return AuditEvent(action=action, object_kind="correction", object_id=correction_id)
