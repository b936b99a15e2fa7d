"""Telling by mail that a webhook was switched off because nothing arrived there."""

from collections.abc import Callable
from typing import Final

from doorward.identity import Mail, Mailer, MailRefused
from doorward.kit.i18n import Translator
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job
from doorward.vocabulary.scope import Scope, system_scope
from doorward.webhooks import Endpoint, Endpoints

log = get_logger("webhooks")

JOB: Final = "webhooks.alarm"

Company = tuple[str, str]
"""What a company is called, and the language in which its house writes to it."""


class Alarm:
    """Handles `webhooks.alarm` jobs. May run twice: a mail has one key each time that a webhook was switched off."""

    kind = JOB

    def __init__(
        self,
        transactions: Transactions,
        *,
        endpoints: Endpoints,
        mailer: Mailer,
        translator: Translator,
        company_of: Callable[[Tx, Scope], Company],
    ) -> None:
        """Send by `mailer`, in the company's own language."""
        self._transactions = transactions
        self._endpoints = endpoints
        self._mailer = mailer
        self._translator = translator
        self._company_of = company_of

    def __call__(self, job: ClaimedJob) -> None:
        """Mail to whom the webhook names, unless it is on again or gone. Raises `MailDelayed` to be tried later."""
        scope = system_scope(TenantId(job.tenant_id), "webhooks")
        mail = self._transactions.read(lambda tx: self._mail(tx, scope, job.payload["endpoint_id"], key=job.key))
        if mail is None:
            return
        try:
            self._mailer.send(mail)
        except MailRefused:
            log.warning("webhooks.alarm.refused", endpoint_id=job.payload["endpoint_id"])

    def _mail(self, tx: Tx, scope: Scope, endpoint_id: str, *, key: str) -> Mail | None:
        try:
            endpoint = self._endpoints.find(tx, scope, endpoint_id)
        except NotFound:
            return None
        if endpoint.state != "disabled" or not endpoint.mail_to:
            return None
        company, language = self._company_of(tx, scope)
        say, name = self._translator.say, endpoint.name or endpoint.id[-6:]
        why = say(language, f"webhook_disabled.{endpoint.disabled_why}")
        return Mail(
            to=endpoint.mail_to,
            subject=say(language, "mail.webhook.subject", company=company, name=name),
            text=say(language, "mail.webhook.body", company=company, name=name, why=why),
            idempotency_key=key,
        )


def alarm_job(endpoint: Endpoint) -> tuple[Job, ...]:
    """Return the job that tells of a webhook that was just switched off; none where it names nobody."""
    if endpoint.disabled_at is None or not endpoint.mail_to:
        return ()
    key = f"{endpoint.id}.{int(endpoint.disabled_at.timestamp() * 1000)}"
    return (Job(kind=JOB, key=key, payload={"endpoint_id": endpoint.id}),)
