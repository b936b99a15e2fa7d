"""Procedures as the walk meets them: how they stand, what a message is to them, and what comes of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from doorward import record
from doorward.answering.procedures import (
    Heard,
    KeptRun,
    Listener,
    Procedure,
    Run,
    advance,
    keeping,
    may_stray,
    may_wait,
)
from doorward.answering.procedures.agreements import Agreement
from doorward.answering.procedures.answers.asked import Around
from doorward.answering.procedures.answers.taking import MASKS
from doorward.answering.procedures.correcting import corrected_meanwhile
from doorward.answering.procedures.model import CallStep
from doorward.answering.procedures.ports import Sentences
from doorward.answering.procedures.run import (
    Agreed,
    Ask,
    Cancelled,
    Chose,
    Confirm,
    Disagreed,
    Event,
    Resumed,
    Said,
    Started,
    Verified,
)
from doorward.answering.procedures.state import confirmed_before, confirmed_later, want_of
from doorward.flow.procedures.book import ProcedureBook, TenantProcedures
from doorward.flow.procedures.calling_off import calls_off, what_waits
from doorward.flow.procedures.executor import WAITING, Executor, run_id_of
from doorward.flow.procedures.finishing import Finishing
from doorward.flow.procedures.gate import Gate
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Advanced
from doorward.flow.procedures.masked_values import NAMING
from doorward.flow.procedures.masking import Masking, values_told
from doorward.flow.procedures.standing import Standing, Waits
from doorward.flow.procedures.telling import asks_for_new_code, pressed
from doorward.flow.procedures.verifying import CLAIMED, Verifying, holds_code
from doorward.identity import Identity, family_of
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.arrival import Message
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.operations import Thing
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText

CALL_BACK: Final = "call_back.request"
"""The action of asking to be called back."""

_WANTS: Final[Mapping[str, str]] = {"answer": "ask", "confirmation": "confirm", "verification": "verify"}
_SMALL_TALK: Final = frozenset({"greeting", "thanks", "farewell", "identity_question"})


class ProcedureRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What procedures need of the house."""

    book: ProcedureBook
    identity: Identity
    gate: Gate
    verifying: Verifying
    finishing: Finishing
    listener: Listener
    sentences: Sentences
    masking: Masking


class ProcedureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What policies may know of procedures; see `vocabulary.decision.Facts`."""

    procedure: str = ""
    active: bool = False
    wants: str = ""
    heard: bool = False
    ended: str = ""
    level: int = 0
    again: bool = False
    """Whether `procedure` is the one that just ended because the message puts right what was said in it, or wants the
    same of something else."""

    calls: bool = False
    """Whether `procedure`, or the one under way where there is none, has the customer called back, who is known."""

    strays: bool = False
    """Whether nothing more may be dealt with beside the question that waits."""

    asides: tuple[str, ...] = ()
    """What was told beside the question that waits."""

    about: str = ""
    """What knowledge would tell, empty where it has no answer."""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of a procedure when something else is said while it waits: its question again, perhaps nothing.

    `is_told`: what else was asked is told before that; False where it was told often enough, which is a failed try.
    """

    advanced: Advanced
    is_told: bool


class ProcedureWork:
    """What the walk asks of procedures. Thread-safe."""

    def __init__(self, transactions: Transactions, rooms: ProcedureRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms

    @property
    def rooms(self) -> ProcedureRooms:
        """Return what procedures need, for those who walk them without a conversation."""
        return self._rooms

    @property
    def finishing(self) -> Finishing:
        """Return who writes down what came of a message."""
        return self._rooms.finishing

    def standing(self, message: Message, scope: Scope) -> Standing | None:
        """Return how things stand for a message, None for a tenant without procedures: then nothing is looked up.

        None too for what comes without a customer's own credential (from a program, an agent): it is no answer to
        anything, for its yes would be somebody else's.
        """
        return (
            None if message.acting is None else self.standing_of(scope, message.conversation_id, acting=message.acting)
        )

    def standing_of(self, scope: Scope, conversation_id: ConversationId, *, acting: PartyId | None) -> Standing | None:
        """Return how things stand in a conversation for whoever holds a credential, None as in `standing`."""
        procedures = self._rooms.book.of(scope.tenant_id)
        if procedures is None:
            return None
        here = (conversation_id, acting)
        return self._transactions.read(lambda tx: self._standing(tx, scope, here, procedures))

    def here(
        self, scope: Scope, message: Message, *, language: str, settings: TenantSettings, standing: Standing
    ) -> Here:
        """Return where a message was said."""
        return Here(
            scope=scope,
            conversation_id=message.conversation_id,
            party_id=message.party_id,
            acting=message.acting,
            moment=message.id,
            language=language,
            today=day_of(standing.now, settings),
            text=message.text,
        )

    def facts(self, standing: Standing, here: Here, *, intent: str, social: str, sure: bool = False) -> ProcedureFacts:
        """Return what policies may know. Pure: the message is heard, and nothing comes of it.

        `sure`: the intent is surely what is wanted.
        """
        startable = standing.procedures.started_by(intent) if intent else None
        run = standing.run
        calls = standing.level >= CLAIMED and _calls(startable)
        if run is None:
            if self._calls_off(standing, here, wants_something=startable is not None or social in _SMALL_TALK):
                return ProcedureFacts(active=True, wants="act", heard=True, level=standing.level)
            # What puts a value right is like many a wish that has such a value in it.
            corrected = self._corrected(standing, here, otherwise=sure and startable is not None)
            return ProcedureFacts(
                procedure=corrected or ("" if startable is None else startable.id),
                again=bool(corrected),
                ended=standing.just_ended,
                level=standing.level,
                calls=calls and not corrected,
            )
        other = (
            startable is not None and startable.id != run.procedure and (_is_elsewhere(standing, here) or may_wait(run))
        )
        return ProcedureFacts(
            procedure=startable.id if startable is not None and other else "",
            active=True,
            wants=self._wants(standing, here),
            heard=self._is_heard(standing, here, asks_the_same=startable is not None and not other, social=social),
            level=standing.level,
            calls=calls if other else standing.level >= CLAIMED and _calls(standing.procedure),
            strays=_asks(standing, here) and not may_stray(run),
            asides=run.asides if _asks(standing, here) else (),
        )

    def declines(self, here: Here) -> bool:
        """Return whether a message wants none of what was offered to it."""
        return self._rooms.listener.declines(here.text, language=here.language)

    def answer(
        self, standing: Standing, here: Here, *, facts: ProcedureFacts, may_begin: bool = True
    ) -> Advanced | None:
        """Go on with what is under way, or begin what the message asks for; None where there is neither.

        `may_begin`: that something begins was decided.
        """
        executor = self._executor(standing, here)
        if may_begin and facts.procedure and not facts.heard and not _began_here(standing.run, here):
            self._begin(executor, standing, here, procedure=standing.procedures.procedures[facts.procedure])
        elif standing.run is not None and facts.strays and facts.about and not facts.heard and _asks(standing, here):
            executor.stray(standing.run, about=facts.about)  # once too often: a person comes
        elif standing.run is not None:
            self._go_on(executor, standing, here, standing.run, heard=facts.heard)
        elif standing.waits is not None and facts.heard:
            return self._called_off(standing, here, standing.waits)
        else:
            return None
        return self._ended(executor, standing, here)

    def begin_offered(self, standing: Standing, here: Here, *, procedure_id: str, about: str) -> Advanced | None:
        """Begin what a customer agreed to, as if they had named the thing it is `about`; None where something is under
        way already, or there is no such procedure.
        """
        executor = self._executor(standing, here)
        if standing.run is not None and _began_here(standing.run, here):
            executor.take_up(standing.run)  # a crash came after this very message had begun it
            return self._ended(executor, standing, here)
        procedure = standing.procedures.procedures.get(procedure_id)
        if procedure is None or (standing.run is not None and not _is_elsewhere(standing, here)):
            return None
        named = msgspec.structs.replace(here, text=MaskedText(about))
        started = Started(level=standing.level, today=here.today.isoformat(), heard=self._hear(procedure, named))
        executor.owned_by(here.party_id, find=lambda run_id: self._waiting(here, run_id))
        executor.begin(procedure, started)
        return self._ended(executor, standing, here)

    def beside(self, standing: Standing, here: Here, *, about: str) -> Beside | None:
        """Return what comes of the question that waits here where something else is answered; None where none waits.

        `about` is what is told of it, empty for what may be told again. The run counts it.
        """
        run = standing.run
        if run is None or not _asks(standing, here):
            return None
        executor = self._executor(standing, here)
        is_told = executor.stray(run, about=about)
        if is_told:
            executor.ask_again(run)
        return Beside(advanced=self._ended(executor, standing, here), is_told=is_told)

    def proven(self, standing: Standing, here: Here) -> Advanced | None:
        """Go on with what waited for a proof that came without a message; None where nothing waits for one."""
        run = standing.run
        if run is None or run.suspended or standing.is_left(here):
            return None
        executor = self._executor(standing, here)
        if run.awaits == "verification":
            executor.feed(run, Verified(level=standing.level))
        elif run.awaits in _WANTS:
            return None
        else:
            executor.take_up(run)  # a crash came while it went on
        return self._ended(executor, standing, here)

    def decided(self, here: Here, kept: KeptRun, agreement: Agreement) -> Advanced | None:
        """Go on with an act about which a second person decided; None where it went on already.

        It goes on beside the conversation. Whether they agreed to exactly this act the gate asks again.
        """
        procedures, run = self._rooms.book.of(here.scope.tenant_id), kept.run
        if procedures is None or run.is_over:
            return None
        executor = self._beside(here, kept, procedures)
        if run.awaits != "agreement":
            executor.take_up(run)  # a crash came after the act was begun
        elif agreement.state in {"refused", "expired"}:
            executor.feed(run, Disagreed(why="expired" if agreement.state == "expired" else "refused"))
        else:
            executor.feed(run, Agreed())
        return self._masked(executor, procedures, here)

    def tried_again(self, here: Here, kept: KeptRun) -> Advanced | None:
        """Try an act again that a second person agreed to and nobody knows the end of; None where it is over.

        It goes on beside the conversation. That they agreed to exactly this act the gate asks again.
        """
        procedures = self._rooms.book.of(here.scope.tenant_id)
        if procedures is None or kept.run.is_over:
            return None
        executor = self._beside(here, kept, procedures)
        executor.take_up(kept.run)
        return self._masked(executor, procedures, here)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _ended(self, executor: Executor, standing: Standing, here: Here) -> Advanced:
        """Return all that came of it, masked: from here on it is kept."""
        return self._masked(executor, standing.procedures, here)

    def _masked(self, executor: Executor, tenant: TenantProcedures, here: Here) -> Advanced:
        told = values_told(executor.journey.runs, procedure_of=tenant.of_run)
        return self._rooms.masking.mask(here, executor.journey.ended(), told)

    def _standing(
        self, tx: Tx, scope: Scope, here: tuple[ConversationId, PartyId | None], procedures: TenantProcedures
    ) -> Standing:
        (conversation_id, acting), identity, level = here, self._rooms.identity, 0
        parties: tuple[PartyId, ...] = ()
        if acting is not None:
            level = int(identity.actions.level_now(tx, scope, acting))
            # Only whoever is known finds again what they began elsewhere.
            parties = family_of(tx, scope, acting) if level >= CLAIMED else ()
        kept = keeping.active_run(tx, scope, conversation_id=conversation_id, parties=parties)
        last = _last_told(tx, scope, conversation_id) if kept is None else {}
        waits = None
        if kept is None and acting is not None:
            waits = what_waits(tx, scope, conversation_id, whose=(acting, *parties), last=last)
        return Standing(
            procedures=procedures, kept=kept, level=level, now=tx.now, just_ended=_just_ended(last), waits=waits
        )

    def _executor(self, standing: Standing, here: Here) -> Executor:
        rooms = self._rooms
        executor = Executor(
            here, standing.procedures, gate=rooms.gate, verifying=rooms.verifying, sentences=rooms.sentences
        )
        if standing.kept is not None:
            executor.journey.know(standing.kept.run)
            executor.owned_by(standing.kept.party_id, find=lambda run_id: self._waiting(here, run_id))
        return executor

    def _beside(self, here: Here, kept: KeptRun, procedures: TenantProcedures) -> Executor:
        """Return who goes on with a run beside the conversation, where nobody can be asked anything."""
        rooms = self._rooms
        executor = Executor(here, procedures, gate=rooms.gate, verifying=rooms.verifying, sentences=rooms.sentences)
        executor.journey.know(kept.run)
        return executor.owned_by(kept.party_id, find=lambda run_id: self._waiting(here, run_id)).without_asking()

    def _waiting(self, here: Here, run_id: str) -> tuple[Run, PartyId]:
        kept = self._transactions.read(lambda tx: keeping.find(tx, here.scope, run_id))
        return kept.run, kept.party_id

    def _calls_off(self, standing: Standing, here: Here, *, wants_something: bool) -> bool:
        """Return whether a message calls off what waits for a second person."""
        waits = standing.waits
        procedure = None if waits is None else standing.procedures.of_run(waits.kept.run)
        if waits is None or procedure is None:
            return False
        return calls_off(waits, self._hear(procedure, here), wants_something=wants_something)

    def _called_off(self, standing: Standing, here: Here, waits: Waits) -> Advanced:
        executor = self._beside(here, waits.kept, standing.procedures)
        executor.feed(waits.kept.run, Cancelled())
        ended = self._masked(executor, standing.procedures, here)
        return msgspec.structs.replace(ended, refuses=waits.agreement_id)

    def _wants(self, standing: Standing, here: Here) -> str:
        run = standing.run
        if run is None:
            return ""
        if standing.is_left(here):
            return "resume"
        if run.suspended:
            return "confirm"
        return _WANTS.get(run.awaits, "act")

    def _corrected(self, standing: Standing, here: Here, *, otherwise: bool) -> str:
        """Return the procedure that just ended where a message puts right what was said in it ('a typo, it is …', 'I
        meant 2000'), or wants the same of something else ('the credit card as well').

        `otherwise`: it surely wants something else; then only a value counts that is masked as what was asked for.
        """
        ended = standing.procedures.procedures.get(standing.just_ended)
        heard = None if ended is None else self._hear(ended, here)
        if ended is None or heard is None or not (heard.corrects or heard.other or heard.one_more):
            return ""
        said = {span.kind for span in here.text.spans}
        asked = {MASKS[slot.kind] for slot in ended.slots.values() if slot.kind in MASKS}
        if heard.corrects and said & asked:
            return ended.id
        return ended.id if not otherwise and not heard.asks and _names_anew(ended, heard) else ""

    def _is_heard(self, standing: Standing, here: Here, *, asks_the_same: bool, social: str) -> bool:
        """Return whether a message is for the procedure that is under way."""
        run, procedure = standing.run, standing.procedure
        if run is None or procedure is None:
            return run is not None
        if _began_here(run, here):
            return True
        if standing.is_left(here):
            return asks_the_same or social == "greeting"
        if run.suspended:
            heard = self._hear(procedure, here)
            return heard.agrees is not None or heard.cancels or asks_the_same
        if run.awaits == "verification":
            return self._proves(standing, here, procedure, run)
        if run.awaits not in _WANTS:
            return True
        if social in _SMALL_TALK and _is_free_text(procedure, run):
            return False
        # The end of a number may have been taken for a secret: whether it names a thing is seen when it is opened.
        may_name = bool(_things_at_hand(run)) and any(span.kind in NAMING for span in here.text.spans)
        return may_name or advance(procedure, run, self._event(procedure, run, here, named=())).answered

    def _proves(self, standing: Standing, here: Here, procedure: Procedure, run: Run) -> bool:
        """Return whether a message has to do with the proof that is waited for."""
        heard = self._hear(procedure, here)
        return (
            holds_code(here)
            or heard.cancels
            or heard.agrees is False
            or heard.unable
            or corrected_meanwhile(procedure, run, heard) is not None
            or standing.level >= _level_wanted(procedure, run)
            or asks_for_new_code(here.text.text, procedure.texts, sentences=self._rooms.sentences)
        )

    def _event(self, procedure: Procedure, run: Run, here: Here, *, named: tuple[str, ...]) -> Event:
        key = pressed(procedure, run, here.text.text, sentences=self._rooms.sentences)
        if key is not None:
            return Chose(key=key)
        heard, want = self._hear(procedure, here), want_of(procedure, run)
        if isinstance(want, Confirm):
            around = Around(confirmed_before(procedure, run), confirmed_later(procedure, run))
            heard = self._rooms.listener.to_question(heard, procedure=procedure, key=want.text, around=around)
        if named:
            heard = msgspec.structs.replace(heard, digits=tuple(dict.fromkeys((*heard.digits, *named))))
        return Said(heard=heard)

    def _hear(self, procedure: Procedure, here: Here) -> Heard:
        heard = self._rooms.listener.hear(
            here.text, procedure=procedure, language=here.language, message_id=here.moment, today=here.today
        )
        return msgspec.structs.replace(heard, conversation_id=here.conversation_id)

    def _begin(self, executor: Executor, standing: Standing, here: Here, *, procedure: Procedure) -> None:
        beneath = None if _is_elsewhere(standing, here) else standing.run
        started = Started(level=standing.level, today=here.today.isoformat(), heard=self._hear(procedure, here))
        if beneath is not None and _asks(standing, here):
            if not executor.stray(beneath):
                return  # something else was begun often enough beside that question
            beneath = executor.journey.latest(beneath)
        executor.owned_by(here.party_id, find=lambda run_id: self._waiting(here, run_id))
        executor.begin(procedure, started, beneath=beneath)

    def _go_on(self, executor: Executor, standing: Standing, here: Here, run: Run, *, heard: bool) -> None:
        procedure = standing.procedure
        if _began_here(run, here):
            executor.take_up(run)  # a crash came after this very message had begun it: it answers nothing of its own
        elif procedure is None:
            executor.feed(run, Resumed(level=standing.level, today=here.today.isoformat()))
        elif standing.is_left(here):
            executor.offer(run, elsewhere=_is_elsewhere(standing, here))
        elif run.suspended:
            self._suspended(executor, standing, here, procedure, is_meant=heard)
        elif run.awaits == "verification":
            self._proof(executor, standing, here, procedure)
        elif run.awaits in _WANTS:
            named = self._rooms.gate.keys_named(here, _things_at_hand(run))
            executor.feed(run, self._event(procedure, run, here, named=named))
        else:
            executor.take_up(run)

    def _suspended(
        self, executor: Executor, standing: Standing, here: Here, procedure: Procedure, *, is_meant: bool
    ) -> None:
        """Go on with what was left, or end it; whoever asks for the same anew goes on with it (`is_meant`)."""
        run = standing.run
        if run is None:
            return
        heard = self._hear(procedure, here)
        goes_on = msgspec.structs.replace(run, suspended=False, mailed=False)
        if heard.agrees is False or heard.cancels:
            executor.feed(goes_on, Cancelled())
        elif heard.agrees or is_meant:
            executor.feed(goes_on, Resumed(level=standing.level, today=here.today.isoformat()))
        else:
            executor.insist(run)

    def _proof(self, executor: Executor, standing: Standing, here: Here, procedure: Procedure) -> None:
        """Take what was said as a mailed code, unless the proof is there already (a crash came between)."""
        run = standing.run
        if run is None:
            return
        wanted = _level_wanted(procedure, run)
        languages = procedure.texts
        if standing.level < wanted and asks_for_new_code(here.text.text, languages, sentences=self._rooms.sentences):
            executor.take_up(msgspec.structs.replace(run, mailed=False))
            return
        heard = self._hear(procedure, here)
        if heard.cancels or heard.agrees is False:
            executor.feed(run, Said(heard=heard))  # whoever sends the code and wants it no more wants it no more
            return
        if standing.level < wanted and run.mailed:
            self._rooms.verifying.hand_in(here)
        level = self._rooms.verifying.level(here)
        executor.feed(run, Verified(level=level) if level >= wanted else Said(heard=heard))


def day_of(now: datetime, settings: TenantSettings) -> date:
    """Return the day that it is for a company's customers."""
    return now.astimezone(ZoneInfo(settings.time_zone)).date()


def _last_told(tx: Tx, scope: Scope, conversation_id: ConversationId) -> Mapping[str, Any]:
    """Return what the ledger tells of the bot's last words in a conversation, nothing where it said none."""
    spoken = record.entries_of_kinds(tx, scope, (conversation_id,), kinds=("message.bot",), limit=1)
    return spoken[0].entry.data if spoken else {}


def _just_ended(last: Mapping[str, Any]) -> str:
    """Return the procedure that ended with the bot's last words, empty if none did: what waits has not ended."""
    told = last.get("procedure", {})
    outcome = str(told.get("outcome", ""))
    return str(told.get("id", "")) if outcome not in {"", WAITING} and not told.get("awaits") else ""


def _calls(procedure: Procedure | None) -> bool:
    """Return whether a procedure has somebody called back."""
    if procedure is None:
        return False
    named = {step.operation for step in procedure.steps if isinstance(step, CallStep)}
    return any(procedure.known.operations[name].action == CALL_BACK for name in named)


def _names_anew(procedure: Procedure, heard: Heard) -> bool:
    """Return whether a message has what a procedure could be begun anew with: a number, or something that is named."""
    kinds = {slot.kind for slot in procedure.slots.values()}
    if kinds & {"amount", "count"} and heard.numbers:
        return True
    return "thing" in kinds and bool(heard.digits or heard.codes or heard.other)


def _began_here(run: Run | None, here: Here) -> bool:
    """Return whether a run was begun by the message that is being worked on."""
    return run is not None and run.id == run_id_of(here, run.procedure)


def _is_elsewhere(standing: Standing, here: Here) -> bool:
    return standing.kept is not None and standing.kept.conversation_id != here.conversation_id


def _asks(standing: Standing, here: Here) -> bool:
    """Return whether a run that is under way here waits for the customer with a question of its own."""
    run = standing.run
    return run is not None and not standing.is_left(here) and not run.suspended and run.awaits in _WANTS


def _level_wanted(procedure: Procedure, run: Run) -> int:
    return int(getattr(want_of(procedure, run), "level", 0))


def _is_free_text(procedure: Procedure, run: Run) -> bool:
    want = want_of(procedure, run)
    return isinstance(want, Ask) and procedure.slots[want.slot].kind == "text"


def _things_at_hand(run: Run) -> tuple[Thing, ...]:
    """Return all things that were offered, and the others of their kinds: one may be named, or named instead."""
    return tuple(thing for things in (*run.offers.values(), *run.unfit.values()) for thing in things)
