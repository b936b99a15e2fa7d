"""Mails that carry something of the customer's own: to the address on file, for who has proven to be that customer."""

from datetime import timedelta
from typing import Final

import msgspec

from doorward.identity.repository import codes as repository
from doorward.identity.service.actions import Grant
from doorward.identity.service.step_up import MAIL_JOB, SealedMail, mail_context
from doorward.kit.ids import new_id
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope

GOOD_FOR: Final = timedelta(hours=24)
"""How long a mail server may be away before a letter is given up."""


class Letters:
    """Posts letters. Until they are sent they lie sealed, like codes do."""

    def __init__(self, keys: Keys) -> None:
        """Seal with `keys`."""
        self._keys = keys

    def post(self, tx: Tx, scope: Scope, grant: Grant, *, subject: str, text: str) -> Outcome[None]:
        """Mail `text` to the address that the grant's customer has on file; nobody can name another one.

        `text` must be masked: mail is read by machines on its way.
        """
        mail_id = new_id()
        plain = msgspec.json.encode(SealedMail(customer_id=grant.party_id, subject=subject, text=text))
        sealed = self._keys.seal(scope.tenant_id, grant.acting, plain, context=mail_context(mail_id))
        repository.insert_mail(
            tx, scope, {"id": mail_id, "party_id": grant.acting, "sealed": sealed, "expires_at": tx.now + GOOD_FOR}
        )
        event = AuditEvent(action=f"{grant.action}.asked", object_kind="party", object_id=grant.party_id)
        job = Job(kind=MAIL_JOB, key=mail_id, payload={"mail_id": mail_id})
        return Outcome(None, entries=(event,), jobs=(job,))
