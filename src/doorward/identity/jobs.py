"""Identity's jobs: sending the mails that step-up asked for."""

import msgspec

from doorward.identity.ports import Mail, MailDelayed, Mailer, MailRefused
from doorward.identity.repository import codes as repository
from doorward.identity.service.parties import Parties
from doorward.identity.service.step_up import MAIL_JOB, SealedMail, mail_context
from doorward.kit.jobs import ClaimedJob
from doorward.kit.keys import KeyDestroyed, Keys
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope

log = get_logger("identity")


class MailSender:
    """Handles `identity.mail` jobs: opens the mail, sends it, forgets it. May run twice: the mail has one key."""

    kind = MAIL_JOB

    def __init__(self, transactions: Transactions, *, keys: Keys, parties: Parties, mailer: Mailer) -> None:
        """Send by `mailer`."""
        self._transactions = transactions
        self._keys = keys
        self._parties = parties
        self._mailer = mailer

    def __call__(self, job: ClaimedJob) -> None:
        """Send the mail that the job names. Raises `MailDelayed` when it should be tried again later."""
        scope = system_scope(TenantId(job.tenant_id), "identity.mail")
        mail_id = job.payload["mail_id"]
        mail = self._transactions.read(lambda tx: self._open(tx, scope, mail_id))
        if mail is None:
            self._forget(scope, mail_id, became="dropped")
            return
        try:
            self._mailer.send(mail)
        except MailDelayed:
            log.warning("identity.mail.delayed", tenant_id=scope.tenant_id, mail_id=mail_id, attempts=job.attempts)
            raise
        except MailRefused:
            log.warning("identity.mail.refused", tenant_id=scope.tenant_id, mail_id=mail_id)
            self._forget(scope, mail_id, became="refused")
        else:
            self._forget(scope, mail_id, became="sent")

    def _open(self, tx: Tx, scope: Scope, mail_id: str) -> Mail | None:
        """Return the mail, or None when it is gone, too late, for nobody, or for somebody who was forgotten."""
        row = repository.find_mail(tx, scope, mail_id)
        if row is None or row.expires_at <= tx.now:
            return None
        try:
            plain = self._keys.open(scope.tenant_id, row.party_id, bytes(row.sealed), context=mail_context(mail_id))
            sealed = msgspec.json.decode(plain, type=SealedMail)
            address = "" if sealed.customer_id is None else self._parties.email_of(tx, scope, sealed.customer_id)
        except (KeyDestroyed, NotFound):
            return None
        if not address:
            return None
        return Mail(to=address, subject=sealed.subject, text=sealed.text, idempotency_key=mail_id)

    def _forget(self, scope: Scope, mail_id: str, *, became: str) -> None:
        def forget(tx: Tx) -> Outcome[None]:
            repository.delete_mail(tx, scope, mail_id)
            return Outcome(None, entries=(AuditEvent(action=f"mail.{became}", object_kind="mail", object_id=mail_id),))

        self._transactions.write(scope, forget)
