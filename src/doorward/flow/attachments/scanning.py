"""Having held files scanned: outside any transaction, as often as it takes, and never 'clean' without a verdict."""

from typing import Any, Final

from doorward import record
from doorward.flow.attachments import repository
from doorward.flow.attachments.states import CLEAN, HELD, REFUSED, file_context, received_line
from doorward.kit.jobs import ClaimedJob, waiting_keys
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.protection import AttachmentScanner, Verdict
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import ConversationId, MessageId, PartyId, TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import MaskedText

log = get_logger("flow.attachments")

SCAN_JOB: Final = "attachment.scan"


def scan_job(attachment_id: str, *, again: str = "") -> Job:
    """Return the job that has a file scanned; `again` makes it another one than those that were given up."""
    key = f"{attachment_id}:{again}" if again else attachment_id
    return Job(kind=SCAN_JOB, key=key, payload={"attachment_id": attachment_id})


class Scanning:
    """The handler of the job, and the sweep that asks for it anew."""

    kind: Final = SCAN_JOB

    def __init__(
        self, transactions: Transactions, *, keys: Keys, scanner: tuple[str, AttachmentScanner] | None
    ) -> None:
        """Scan with `scanner`, named by its id; with None every file stays held."""
        self._transactions = transactions
        self._keys = keys
        self._scanner = scanner

    def __call__(self, job: ClaimedJob) -> None:
        """Have one file scanned, if it is still held. Safe to run twice.

        Raises `Unavailable` where there is no verdict, and `SealBroken` for a row that was tampered with: the file
        stays held, and the worker tries again.
        """
        if self._scanner is None:
            return
        name, scanner = self._scanner
        scope = system_scope(TenantId(job.tenant_id), "scanning")
        attachment_id = job.payload["attachment_id"]
        row = self._transactions.read(lambda tx: repository.find_attachment(tx, scope, attachment_id))
        if row is None or row.state != HELD:
            return
        context = file_context(scope, attachment_id)
        try:
            content = self._keys.open(scope.tenant_id, row.party_id, bytes(row.sealed), context=context)
        except KeyDestroyed:
            return  # whoever handed it in was erased, and the file with them
        verdict = scanner.scan(content)
        state = self._transactions.write(scope, lambda tx: _settle(tx, scope, row, verdict=verdict, scanner=name))
        log.info("flow.attachment.scanned", attachment_id=attachment_id, state=state)

    def ask_again(self, scope: Scope) -> None:
        """Ask for a scan of every held file that nobody is about to scan.

        Those are the files that were handed in before there was a scanner, and those whose scan was given up because it
        was away for too long; these are asked for once an hour.
        """
        if self._scanner is None or not self._transactions.read(lambda tx: _forgotten(tx, scope)):
            return

        def work(tx: Tx) -> Outcome[None]:
            hour = tx.now.strftime("%Y%m%d%H")
            return Outcome(None, jobs=tuple(scan_job(one, again=hour) for one in _forgotten(tx, scope)))

        self._transactions.write(scope, work)


def _forgotten(tx: Tx, scope: Scope) -> tuple[str, ...]:
    awaited = {key.partition(":")[0] for key in waiting_keys(tx, scope.tenant_id, SCAN_JOB)}
    return tuple(one for one in repository.find_in_state(tx, scope, HELD) if one not in awaited)


def _is_prepared(received: record.WrittenEntry | None) -> bool:
    """Return whether a file belongs to a reply or a note: no customer hears of its scan, only of what is sent."""
    return received is not None and received.entry.kind in {"attachment.prepared", "attachment.noted"}


def _settle(tx: Tx, scope: Scope, row: Any, *, verdict: Verdict, scanner: str) -> Outcome[str]:
    """Write what the scan came to, unless another did meanwhile; what is refused is destroyed with it."""
    conversation_id = ConversationId(row.conversation_id)
    record.lock_conversation(tx, scope, conversation_id)
    now = repository.find_attachment(tx, scope, row.attachment_id)
    if now is None or now.state != HELD:
        return Outcome("" if now is None else now.state)
    clean = verdict.state == "clean"
    if clean:
        repository.mark_clean(tx, scope, row.attachment_id)
    else:
        repository.destroy_refused(tx, scope, row.attachment_id, finding=verdict.finding)
    received = received_line(tx, scope, conversation_id, row.attachment_id)
    line = Entry(
        kind="attachment.scanned",
        conversation_id=conversation_id,
        party_id=PartyId(row.party_id),
        key=f"scanned:{row.attachment_id}",
        at=tx.now,
        actor=scope.actor,
        text=MaskedText("") if received is None else received.entry.text,
        message_id=MessageId(row.attachment_id),
        data={
            "attachment_id": row.attachment_id,
            "media_type": row.media_type,
            "size": row.size,
            "state": CLEAN if clean else REFUSED,
            "reason": verdict.state,
            "finding": verdict.finding,
            "scanner": scanner,
            "version": verdict.version,
        }
        | ({"author": "agent"} if _is_prepared(received) else {}),
    )
    scanned = AuditEvent(
        action="attachment.scanned",
        object_kind="attachment",
        object_id=row.attachment_id,
        fields=("state",) if clean else ("state", "content"),
        reason=verdict.state,
    )
    return Outcome(CLEAN if clean else REFUSED, (line, scanned))
