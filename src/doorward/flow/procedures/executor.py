"""Feeding the machine of a procedure until the customer has to say something, or it is over."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from doorward.answering.procedures import Procedure, Run, advance, begin_run
from doorward.answering.procedures.machine import IMPOSSIBLE, NOT_VERIFIED
from doorward.answering.procedures.ports import Sentences
from doorward.answering.procedures.run import (
    Act,
    Agree,
    Ask,
    Confirm,
    End,
    Event,
    Failed,
    Find,
    Found,
    HandOver,
    Ignored,
    LookUp,
    Resumed,
    Strayed,
    Turn,
    Verified,
    Verify,
    Want,
)
from doorward.answering.procedures.state import CHANGED, want_of
from doorward.flow.procedures.book import TenantProcedures
from doorward.flow.procedures.core_calls import Patience
from doorward.flow.procedures.gate import Asked, Gate
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Journey
from doorward.flow.procedures.telling import buttons, hidden_address, new_code, note_of, question, said, yes_no
from doorward.flow.procedures.verifying import CLAIMED, Verifying
from doorward.flow.procedures.writing import write_moves
from doorward.kit.ids import derive_id
from doorward.kit.tx import Tx
from doorward.vocabulary.ids import PartyId

WAITING: Final = "waiting"
"""How a procedure stands in which a second person was asked."""

ALONE: Final = "second_person_over"
"""Why a person takes over where something more is wanted of a customer who waited for a second person's word."""

FindRun = Callable[[str], tuple[Run, PartyId]]


class Executor:
    """Carries out what the machine wants. One of these works on one message."""

    def __init__(
        self, here: Here, procedures: TenantProcedures, *, gate: Gate, verifying: Verifying, sentences: Sentences
    ) -> None:
        """Begin with everybody's patience fresh."""
        self.here = here
        self.journey = Journey()
        self._procedures = procedures
        self._gate = gate
        self._verifying = verifying
        self._sentences = sentences
        self._patience = Patience()
        self._owner = here.party_id
        self._find: FindRun | None = None
        self._named: tuple[str, ...] = ()
        self._alone = False

    def without_asking(self) -> "Executor":
        """Go on beside the conversation: who would have to be asked something more is handed over to a person."""
        self._alone = True
        return self

    def owned_by(self, owner: PartyId, *, find: FindRun) -> "Executor":
        """Go on with runs of this party; `find` returns one that waited beneath, with whose it is."""
        self._owner = owner
        self._find = find
        return self

    def begin(self, procedure: Procedure, event: Event, *, beneath: Run | None = None) -> None:
        """Begin a procedure, another one waiting beneath it meanwhile."""
        self.feed(begin_run(procedure, run_id_of(self.here, procedure.id), beneath=beneath), event)

    def feed(self, run: Run, event: Event) -> None:
        """Tell the machine what happened, and do what it wants then."""
        procedure = self._procedure_of(run)
        if procedure is None:
            self._gone(run)
        else:
            self._drive(procedure, advance(procedure, run, event))

    def take_up(self, run: Run) -> None:
        """Do what a run wanted when it was kept, and could not tell any more."""
        procedure = self._procedure_of(run)
        if procedure is None or procedure.version != run.version:
            self._gone(run)
        else:
            self._drive(procedure, Turn(run=run, want=want_of(procedure, run)))

    def offer(self, run: Run, *, elsewhere: bool) -> None:
        """Ask whether what was left shall go on; `elsewhere`: it was begun in another conversation and comes here."""
        procedure = self._procedure_of(run)
        if procedure is None:
            self._gone(run)
            return
        journey, language, want = self.journey, self.here.language, want_of(procedure, run)
        asked = (
            question(procedure, language, want, sentences=self._sentences) if isinstance(want, Ask | Confirm) else ""
        )
        journey.takes = run.id if elsewhere else ""
        journey.change(msgspec.structs.replace(run, suspended=True))
        key = "procedure.go_on_with" if asked else "procedure.go_on"
        journey.say(self._sentences.say(language, key, question=asked))
        journey.procedure, journey.awaits, journey.kind = run.procedure, "confirmation", "confirm"
        journey.choices = tuple(yes_no(language, self._sentences).values())

    def stray(self, run: Run, *, about: str = "") -> bool:
        """Let something else be dealt with beside what a run waits for; return False where that would be once too
        often, and then do what comes of it. What cannot go on anyway counts nothing.
        """
        procedure = self._procedure_of(run)
        if procedure is None or procedure.version != run.version:
            return True
        turn = advance(procedure, run, Strayed(about=about))
        if len(turn.run.asides) <= len(run.asides):
            self._drive(procedure, turn)
            return False
        self.journey.change(turn.run)
        return True

    def ask_again(self, run: Run) -> None:
        """Say once more what a run waits for, unless that is a proof that no code was mailed for: who has to sign in
        knows.
        """
        procedure, run = self._procedure_of(run), self.journey.latest(run)
        is_said = run.awaits != "verification" or run.mailed
        if procedure is not None and procedure.version == run.version and is_said:
            self._tell(procedure, run, want_of(procedure, run))

    def insist(self, run: Run) -> None:
        """Ask once more whether what was left shall go on, as often as it helps."""
        procedure = self._procedure_of(run)
        if procedure is None:
            self._gone(run)
            return
        turn = advance(procedure, run, Ignored())
        if turn.run.is_over:
            self._drive(procedure, turn)
        else:
            self.offer(turn.run, elsewhere=False)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _procedure_of(self, run: Run) -> Procedure | None:
        return self._procedures.of_run(run)

    def _drive(self, procedure: Procedure, turn: Turn) -> None:
        while True:
            run = turn.run
            if run.mailed and run.awaits != "verification":
                run = msgspec.structs.replace(run, mailed=False)
            self.journey.change(run)
            for one in turn.says:
                self.journey.say(said(procedure, self.here.language, one))
            event = self._done(run, turn.want)
            if event is None:
                self._tell(procedure, run, turn.want)
                return
            turn = advance(procedure, self._with_named(run, event), event)
            if isinstance(turn.want, Act) and turn.run.unanswered > run.unanswered:
                self._check_later(turn.run)
                return

    def _done(self, run: Run, want: Want) -> Event | None:
        """Do what is wanted if the house can; return what came of it, None where the customer has to come in."""
        match want:
            case Find() | LookUp() | Act():
                return self._through_the_gate(run, want)
            case Verify():
                level = self._verifying.level(self.here)
                return Verified(level=level) if level >= want.level else None
            case _:
                return None

    def _through_the_gate(self, run: Run, want: Find | LookUp | Act) -> Event:
        asked = Asked(self.here, self._procedures, run, want, self._owner, self._keep)
        passed = self._gate.pass_through(asked, patience=self._patience)
        if passed.kept:
            self.journey.written()
        if passed.acted is not None:
            self.journey.acted.append(passed.acted)
        self._named = passed.named
        return passed.event

    def _keep(self, tx: Tx) -> None:
        write_moves(tx, self.here, self.journey.moves, takes=self.journey.takes)

    def _with_named(self, run: Run, event: Event) -> Run:
        """Let the message that began a run be heard with those own things that it named in masked places."""
        named, self._named = self._named, ()
        if not named or run.first is None or not isinstance(event, Found):
            return run
        first = msgspec.structs.replace(run.first, digits=tuple(dict.fromkeys((*run.first.digits, *named))))
        return msgspec.structs.replace(run, first=first)

    def _gone(self, run: Run, *, reason: str = CHANGED) -> None:
        nothing: dict[str, Any] = {"offers": {}, "unfit": {}, "pending": (), "confirmed": (), "first": None, "kept": ()}
        over = msgspec.structs.replace(run, awaits="nothing", outcome="handed_over", reason=reason, **nothing)
        self.journey.change(over)
        self._end(over, HandOver(reason=reason))

    def _tell(self, procedure: Procedure, run: Run, want: Want) -> None:
        """Say what is wanted of the customer, or that it is over."""
        journey, language = self.journey, self.here.language
        journey.procedure, journey.awaits, journey.kind, journey.slot = run.procedure, "", "", ""
        journey.outcome = ""  # that of another run, if one ended just now: this one goes on
        if self._alone and isinstance(want, Ask | Confirm | Verify):
            return self._gone(run, reason=ALONE)
        match want:
            case Ask():
                journey.awaits, journey.kind, journey.slot = "answer", _kind_of(procedure, want), want.slot
                journey.say(question(procedure, language, want, sentences=self._sentences))
            case Confirm():
                journey.awaits, journey.kind = "confirmation", "confirm"
                journey.say(question(procedure, language, want, sentences=self._sentences))
            case Verify():
                return self._ask_for_proof(procedure, run)
            case Agree():
                return self._wait(run, want)
            case _:
                return self._end(run, want)
        journey.choices = tuple(buttons(procedure, language, want, sentences=self._sentences).values())
        return None

    def _check_later(self, run: Run) -> None:
        """Say that it is not known yet whether an act was done: it stays wanted, under the same key."""
        journey = self.journey
        journey.change(run)
        journey.procedure, journey.kind, journey.checks = run.procedure, "checking", run.id
        journey.say(self._sentences.say(self.here.language, "procedure.checking"))

    def _note(self, run: Run) -> str:
        procedure = self._procedure_of(run)
        return "" if procedure is None else note_of(procedure, run, sentences=self._sentences)

    def _ask_for_proof(self, procedure: Procedure, run: Run) -> None:
        """Ask whom nobody knows to sign in, and everybody else for a code that is mailed to their own address."""
        journey, say, language = self.journey, self._sentences.say, self.here.language
        if self._verifying.level(self.here) < CLAIMED:
            journey.awaits, journey.kind = "sign_in", "sign_in"
            journey.say(say(language, "procedure.sign_in"))
            return
        if not run.mailed and not self._verifying.can_mail(self.here):
            self._drive(procedure, advance(procedure, run, Failed(code=NOT_VERIFIED)))
            return
        journey.awaits, journey.kind = "code", "code"
        journey.code = not run.mailed
        journey.change(msgspec.structs.replace(run, mailed=True))
        shown = hidden_address(self._verifying.address(self.here))
        journey.say(say(language, "procedure.code_again" if run.mailed else "procedure.code_sent", address=shown))
        journey.choices = (new_code(language, self._sentences),)

    def _end(self, run: Run, want: Want) -> None:
        """Say that it is over, and go on with what waited beneath."""
        journey, language = self.journey, self.here.language
        journey.procedure, journey.outcome = run.procedure, run.outcome
        if isinstance(want, HandOver):
            journey.handoff = want.reason
            journey.note = self._note(run)
            return
        if not journey.said:
            journey.say(self._sentences.say(language, f"procedure.ended.{_ending(run)}"))
        if isinstance(want, End):
            self._go_back(want.resumes, unproven=run.unproven)

    def _wait(self, run: Run, want: Agree) -> None:
        """Say that a second person decides; a person goes on, or what waited beneath, until they did."""
        journey = self.journey
        journey.procedure, journey.outcome, journey.handoff = run.procedure, WAITING, want.hand_over
        if not journey.said:
            journey.say(self._sentences.say(self.here.language, "procedure.waits"))
        if not want.hand_over:
            self._go_back(want.resumes)

    def _go_back(self, run_id: str, *, unproven: bool = False) -> None:
        """Go on with what waited beneath, if something did.

        `unproven`: the customer was just asked for a proof in vain. Where this one waits for one too it is not asked
        for once more.
        """
        if not run_id or self._find is None or self._alone:
            return None
        waiting, owner = self._find(run_id)
        if waiting.is_over:
            return None  # it waited so long that it was given up
        self.journey.know(waiting)
        self._owner = owner
        level, waiting = self._verifying.level(self.here), self.journey.latest(waiting)
        waiting = msgspec.structs.replace(waiting, suspended=False)
        if unproven and self._waits_for_proof(waiting, level=level):
            return self.feed(waiting, Failed(code=NOT_VERIFIED))
        self.journey.say(self._sentences.say(self.here.language, "procedure.back"))
        return self.feed(waiting, Resumed(level=level, today=self.here.today.isoformat()))

    def _waits_for_proof(self, run: Run, *, level: int) -> bool:
        procedure = self._procedure_of(run)
        want = None if procedure is None else want_of(procedure, run)
        return isinstance(want, Verify) and want.level > level


def run_id_of(here: Here, procedure: str) -> str:
    """Return the id of the run of a procedure that a message begins: the same however often it is worked on."""
    return derive_id("procedure", here.scope.tenant_id, here.moment, procedure)


def _ending(run: Run) -> str:
    if run.outcome != "declined":
        return "resolved"
    if run.reason in {"refused", "expired"}:
        return "refused"
    return "impossible" if run.reason == IMPOSSIBLE else "declined"


def _kind_of(procedure: Procedure, want: Ask) -> str:
    """Return what kind of answer is asked for: the kind of thing, or of slot."""
    slot = procedure.slots[want.slot]
    return slot.of if slot.kind == "thing" else slot.kind
