"""What identity needs from outside: somebody who carries mail, and the words to write in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from doorward.kit.tx import Tx
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.scope import Scope


class Mail(Discreet, frozen=True, kw_only=True):
    """One mail to one address: plain text in any language.

    The same `idempotency_key` is the same mail, whatever happens in between.
    """

    to: str
    subject: str
    text: str
    idempotency_key: str


class MailDelayed(Exception):
    """The mail could not be handed over now; trying again later makes sense."""


class MailRefused(Exception):
    """The mail was refused for good: trying again would be refused again."""


class Mailer(Protocol):
    """Carries mail out of the house."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over and return once it is taken. May block.

        Raises `MailDelayed` or `MailRefused`; neither says to whom the mail was, nor what it said.
        """

    def ping(self) -> None:
        """Raise `MailDelayed` when nothing can be sent at present."""


class SentMail(Discreet, frozen=True, kw_only=True):
    """A mail that an outbox kept, and when it was sent."""

    mail: Mail
    at: datetime


class Outbox(Mailer, Protocol):
    """A mailer that carries nothing out and shows what it was given; for demonstrations and tests."""

    def mails(self) -> Sequence[SentMail]:
        """Return what was sent, the latest first."""


class Findable(Protocol):
    """Lets parties be found by what the company knows of them; `protection.CustomerIndex` is one."""

    def index_profile(self, tx: Tx, scope: Scope, party_id: PartyId, values: Mapping[str, str]) -> None:
        """Let a party be found by these values, named `name`, `email`, `phone` and `customer`, not by earlier ones."""


class Unfindable:
    """Lets nobody be found: for tools that register nobody."""

    def index_profile(self, tx: Tx, scope: Scope, party_id: PartyId, values: Mapping[str, str]) -> None:
        """Do nothing."""


class Phrasebook(Protocol):
    """Says sentences of the language packs; `kit.i18n.Translator` is one."""

    def say(self, language: str | None, key: str, /, *, count: int | None = None, **values: object) -> str:
        """Return the sentence for `key` in `language` with its places filled."""
