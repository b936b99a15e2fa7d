"""Mail that stays here."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, Protocol

from doorward.identity.ports import Mail, MailRefused, Outbox, SentMail
from doorward.kit.clock import Clock

KEPT: Final = 200


class MemoryOutbox:
    """Keeps the latest mails in memory. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        """Note the times of `clock`."""
        self._clock = clock
        self._lock = threading.Lock()
        self._mails: OrderedDict[str, SentMail] = OrderedDict()

    def send(self, mail: Mail) -> None:
        """See `Mailer`: the same key again is the mail that is there already."""
        if any(character in "\r\n" for character in mail.to + mail.subject) or "@" not in mail.to:
            raise MailRefused("not a mail that a server would take")
        with self._lock:
            if mail.idempotency_key in self._mails:
                return
            self._mails[mail.idempotency_key] = SentMail(mail=mail, at=self._clock.now())
            while len(self._mails) > KEPT:
                self._mails.popitem(last=False)

    def ping(self) -> None:
        """See `Mailer`: memory is always there."""

    def mails(self) -> Sequence[SentMail]:
        """See `Outbox`."""
        with self._lock:
            return tuple(reversed(self._mails.values()))


class _Kit(Protocol):
    @property
    def clock(self) -> Clock: ...


def build(kit: _Kit) -> Outbox:
    """Return the outbox."""
    return MemoryOutbox(kit.clock)
