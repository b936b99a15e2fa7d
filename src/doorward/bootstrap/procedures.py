"""The part of the composition that carries procedures out: the gate, whom it asks, and the jobs that go on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from doorward.admission import Admission
from doorward.answering.procedures import Listener
from doorward.bootstrap.chores import Chores
from doorward.flow.originals import Originals
from doorward.flow.procedure_editions import ProcedureEditions
from doorward.flow.procedures import (
    CoreCalls,
    Finishing,
    Gate,
    GoingOn,
    Masking,
    ProcedureBook,
    ProcedureRooms,
    ProcedureWork,
    Resuming,
    SecondPerson,
    Speaking,
    Verifying,
)
from doorward.flow.tenancy import SettingsBook
from doorward.kit.clock import Clock
from doorward.kit.i18n import Translator
from doorward.kit.jobs import JobWorker
from doorward.protection import ProtectionService, Screener
from doorward.vocabulary.language import LanguagePack

AGREE_EVERY: Final = timedelta(seconds=30)


class ProcedureWiring(Chores):
    """What procedures need; the house that inherits it brings the services."""

    admission: Admission
    clock: Clock
    jobs: JobWorker
    packs: Mapping[str, LanguagePack]
    procedure_work: ProcedureWork
    protection: ProtectionService
    screener: Screener
    settings_book: SettingsBook
    translator: Translator

    def _procedures(self) -> ProcedureWork:
        self.procedure_book = ProcedureBook(self.transactions, clock=self.clock)
        self.procedure_editions = ProcedureEditions(self.procedure_book, settings_of=self.settings_book.settings_of)
        self.core_calls = CoreCalls()
        self.listener = Listener(self.packs.values())
        originals = Originals(self.transactions, admission=self.admission, protection=self.protection)
        self.originals = originals
        self.gate = Gate(
            self.transactions,
            identity=self.identity,
            originals=originals,
            calls=self.core_calls,
            second_person=SecondPerson(self.settings_book.settings_of),
        )
        rooms = ProcedureRooms(
            book=self.procedure_book,
            identity=self.identity,
            gate=self.gate,
            verifying=Verifying(
                self.transactions,
                identity=self.identity,
                admission=self.admission,
                protection=self.protection,
                keys=self.keys,
            ),
            finishing=Finishing(self.identity),
            listener=self.listener,
            sentences=self.translator,
            masking=Masking(self.transactions, screener=self.screener, protection=self.protection),
        )
        return ProcedureWork(self.transactions, rooms)

    def _register_procedures(self) -> None:
        settings_of, work = self.settings_book.settings_of, self.procedure_work
        speaking = Speaking(work.finishing, translator=self.translator, settings_of=settings_of)
        resuming = Resuming(self.transactions, work, speaking=speaking, settings_of=settings_of)
        self.jobs.register(resuming.kind, resuming, lane="procedures")
        going_on = GoingOn(self.transactions, work, speaking=speaking, settings_of=settings_of)
        self.jobs.register(going_on.kind, going_on, lane="procedures")
        self.jobs.register_sweep("agreements", every=AGREE_EVERY, sweep=self.give_up_agreements)
