"""Telling owners: what their machine asks, in plain words, to the address on file; and news of their orders."""

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from doorward.flow.machines.book import MachineBook
from doorward.identity import Approval, Identity, Mandate, Use
from doorward.kit.i18n import Translator
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotAllowed, NotFound
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.operations import Thing
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

ACTION = "mandate.approval"
"""The action of having one's owner told of what one may not do alone."""


class Telling:
    """Writes what owners read about their machines."""

    def __init__(
        self,
        identity: Identity,
        translator: Translator,
        *,
        book: MachineBook,
        settings_of: Callable[[TenantId], TenantSettings],
        public_url: str,
    ) -> None:
        """Mail through `identity`; `public_url` is where the portal is, if anybody said so."""
        self._identity = identity
        self._translator = translator
        self._book = book
        self._settings_of = settings_of
        self._public_url = public_url.rstrip("/")

    def ask_owner(self, tx: Tx, scope: Scope, mandate: Mandate, approval: Approval) -> Outcome[None]:
        """Mail an owner that their machine asks for more than it may; what exactly stands at the portal.

        An owner without an address on file, or who was forgotten, is mailed nothing: the question waits at the portal.
        """
        language = self.language_of(tx, scope, mandate)
        tenant = self._identity.tenants.tenant(tx, scope)
        where = f"{self._public_url}/my/{tenant.slug}/mandates" if self._public_url else ""
        say = self._translator.say
        text = say(
            language,
            "mail.mandate.body",
            company=tenant.name,
            machine=mandate.name,
            order=self._called(scope, approval.kind, language),
            where=where or say(language, "mail.mandate.portal", company=tenant.name),
        )
        subject = say(language, "mail.mandate.subject", company=tenant.name, machine=mandate.name)
        return self._post(tx, scope, mandate, subject=subject, text=text)

    def tell_news(self, tx: Tx, scope: Scope, mandate: Mandate, things: Sequence[Thing]) -> Outcome[None]:
        """Mail an owner how their orders stand now."""
        language, say = self.language_of(tx, scope, mandate), self._translator.say
        company = self._identity.tenants.tenant(tx, scope).name
        lines = "\n".join(map(_line, things))
        text = say(language, "mail.news.body", company=company, machine=mandate.name, lines=lines)
        return self._post(tx, scope, mandate, subject=say(language, "mail.news.subject", company=company), text=text)

    def order_words(self, scope: Scope, mandate: Mandate, use: Use, *, language: str) -> str:
        """Return the sentence of what a machine ordered."""
        called = self._called(scope, use.kind, language)
        return self._translator.say(language, "portal.mandates.asked_order", machine=mandate.name, order=called)

    def language_of(self, tx: Tx, scope: Scope, mandate: Mandate, *, wished: str | None = None) -> str:
        """Return the language to say something in: what was wished, else the owner's, else the company's."""
        languages = self._settings_of(scope.tenant_id).languages
        try:
            noted = self._identity.parties.find(tx, scope, mandate.owner_id).language
        except NotFound:
            noted = None
        return next((one for one in (wished, noted) if one in languages and one is not None), languages[0])

    def subscribe(self, tx: Tx, scope: Scope, mandate: Mandate, *, off: bool) -> Outcome[None]:
        """Have an owner told when their orders change, or no longer."""
        self._identity.mandates.subscribe(tx, scope, mandate, kinds=() if off else ("order",))
        event = AuditEvent(
            action="mandate.notices_off" if off else "mandate.notices_on",
            object_kind="mandate",
            object_id=mandate.id,
            reason=f"owner {mandate.owner_id}",
        )
        return Outcome(None, (event,))

    def _called(self, scope: Scope, kind: str, language: str) -> str:
        found = self._book.of(scope.tenant_id).kinds.get(kind)
        return kind if found is None else found.called(language)

    def _post(self, tx: Tx, scope: Scope, mandate: Mandate, *, subject: str, text: str) -> Outcome[None]:
        try:
            grant = self._identity.require(tx, scope, mandate.acting_id, action=ACTION)
        except (NotAllowed, NotFound):
            return Outcome(None)
        return self._identity.letters.post(tx, scope, grant, subject=subject, text=text)


def _line(thing: Thing) -> str:
    told = (thing.fields.get(name) for name in ("item", "state"))
    return " – ".join((thing.key, *(str(one) for one in told if one is not None)))


def seen(things: Sequence[Thing]) -> bytes:
    """Return a hash of how orders stand, by which a change is known and nothing else."""
    standing = sorted((one.key, str(one.fields.get("state"))) for one in things)
    return hashlib.sha256(msgspec.json.encode(standing)).digest()
