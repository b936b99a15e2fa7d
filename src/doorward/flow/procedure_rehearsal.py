"""Trying a procedure out at the desk: staff play the customer, and what they write is heard as a customer's words are.

It has the machine, the listener and the screening, and nothing by which anything could be carried out.
"""

from datetime import date
from zoneinfo import ZoneInfo

from doorward.answering.procedures import Heard, Listener, Procedure
from doorward.flow.accept import TenantScreening
from doorward.flow.refusals import secret_refused
from doorward.flow.tenancy import SettingsBook
from doorward.kit.clock import Clock
from doorward.kit.ids import new_id
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText


class ProcedureRehearsals:
    """Hears what somebody writes who plays the customer. Nothing of it is kept, and nothing written down."""

    def __init__(
        self, *, screening: TenantScreening, listener: Listener, settings_book: SettingsBook, clock: Clock
    ) -> None:
        """Take who masks, and who hears."""
        self._screening = screening
        self._listener = listener
        self._settings_book = settings_book
        self._clock = clock

    def today(self, scope: Scope) -> date:
        """Return the day that it is for the company's customers."""
        zone = ZoneInfo(self._settings_book.settings_of(scope.tenant_id).time_zone)
        return self._clock.now().astimezone(zone).date()

    def hear(self, scope: Scope, procedure: Procedure, text: WildText, *, language: str) -> Heard:
        """Return what is heard in a text, masked as every other. Raises `SecretRefused`."""
        message_id = MessageId(new_id())
        weighed = self._screening.weigh_staff(scope, text, message_id, names=())
        if weighed.refusal is not None:
            raise secret_refused(weighed.refusal.kinds, language=None)
        masked = weighed.screened.masked
        return self._listener.hear(
            masked, procedure=procedure, language=language, message_id=message_id, today=self.today(scope)
        )
