"""The one gate: whatever a core system is asked or told by a procedure passes here, under a grant of identity.

Nobody else calls a core system's operations (a test of the architecture looks). For whom something is done comes from
the grant and from nothing else; what may be done from the procedure, which yields it anew from where its run stands;
with which things from those that were offered to this customer in this run. Why so: decision record 38.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec

from doorward.answering.procedures import Procedure, Run
from doorward.answering.procedures.machine import UNANSWERED
from doorward.answering.procedures.run import (
    Act,
    Argument,
    Call,
    Event,
    Failed,
    Find,
    Found,
    LookUp,
    Sealed,
    Succeeded,
    Waits,
)
from doorward.answering.procedures.state import want_of
from doorward.flow.core_facts import honest_signals
from doorward.flow.originals import Originals
from doorward.flow.procedures.book import TenantProcedures
from doorward.flow.procedures.core_calls import CoreCalls, Patience, Unanswered
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Acted
from doorward.flow.procedures.masked_values import own_keys_named, sealed_value
from doorward.flow.procedures.second_person import SecondPerson, Word
from doorward.identity import Grant, Identity, family_of
from doorward.kit.logging import get_logger
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.company import Signal, SignalSource
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotAllowed, NotFound, StepUpRequired, Unavailable
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.operations import Done, Operates, Scalar, Thing
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

log = get_logger("flow.procedures")

THINGS: Final = "holdings.read"
"""The action of being told which things one has."""

_DETAILS: Final[Mapping[str, Literal["email", "phone"]]] = {"email.change": "email", "phone.change": "phone"}
"""Actions that change what identity itself knows of a customer, and the argument that holds the new value."""

_MOST_THINGS: Final = 500
_GLANCE: Final = 1.0
"""Seconds that somebody waits who has asked for nothing."""
_LONGEST_KEY: Final = 100

CoreCall = Find | LookUp | Act


class Asked(NamedTuple):
    """What a run wants of the core system.

    `owner` is the party that the run belongs to. `keep` keeps, in the transaction that grants it, that an act is about
    to be carried out.
    """

    here: Here
    procedures: TenantProcedures
    run: Run
    want: CoreCall
    owner: PartyId
    keep: Callable[[Tx], None]

    @property
    def procedure(self) -> Procedure:
        """Return the run's procedure. Raises `LookupError` when it is there no more."""
        found = self.procedures.of_run(self.run)
        if found is None:
            raise LookupError("the procedure is gone")
        return found


class Passed(NamedTuple):
    """What came of it: the event for the machine, the ledger's line of an act, and own things that were named.

    `kept`: it was granted, and that an act is about to be carried out is in the database.
    """

    event: Event
    acted: Acted | None = None
    named: tuple[str, ...] = ()
    kept: bool = False


class _Granted(NamedTuple):
    """A right with the arguments it is for, values opened: it lives for one call.

    Where a second person has not agreed, `instead` is what comes of that, and nothing is called.
    """

    grant: Grant
    arguments: Mapping[str, Scalar]
    instead: Event | None = None

    def __repr__(self) -> str:
        """Show nothing of the values."""
        return "<_Granted>"


class Gate:
    """Lets through what was granted. Thread-safe."""

    def __init__(
        self,
        transactions: Transactions,
        *,
        identity: Identity,
        originals: Originals,
        calls: CoreCalls,
        second_person: SecondPerson,
    ) -> None:
        """Ask `identity` for every single call, and `second_person` for those that need one."""
        self._transactions = transactions
        self._identity = identity
        self._originals = originals
        self._calls = calls
        self._second_person = second_person

    def pass_through(self, asked: Asked, *, patience: Patience) -> Passed:
        """Have done what a run wants, for the customer whom identity grants it to now, and tell what came of it.

        Never raises for what was refused or failed: that is an event. Raises `Conflict` when somebody else went on with
        the run meanwhile, before anything was done.
        """
        acting, scope = asked.here.acting, asked.here.scope
        if acting is None:
            return Passed(Failed(code="step_up_required"))
        try:
            granted = self._transactions.write(scope, lambda tx: self._granted(tx, asked, acting))
        except StepUpRequired:
            return Passed(Failed(code="step_up_required"))
        except (NotAllowed, NotFound) as refusal:
            log.warning("flow.procedures.not_granted", run_id=asked.run.id, step=asked.run.at, why=refusal.code)
            return Passed(Failed(code="not_allowed"), acted=_acted(asked, "not_allowed", level=0))
        if granted.instead is not None:
            return Passed(granted.instead, kept=True)
        core, want, kept = asked.procedures.core, asked.want, isinstance(asked.want, Act)
        try:
            found = self._calls.ask(scope.tenant_id, lambda: _call(core, granted, want), patience=patience)
        except Unavailable:
            level = granted.grant.level
            return Passed(Failed(), acted=_acted(asked, "unavailable", level=level), kept=kept)
        except Unanswered:
            return _unanswered(asked, granted)._replace(kept=kept)
        return self._came(asked, granted, found)._replace(kept=kept)

    def keys_named(self, here: Here, things: Sequence[Thing]) -> tuple[str, ...]:
        """Return the keys of own things that somebody just named in masked places; none for whom nobody knows."""
        acting = here.acting
        if acting is None or not things or not here.text.spans:
            return ()

        def work(tx: Tx) -> Outcome[tuple[str, ...]]:
            grant = self._identity.require(tx, here.scope, acting, action=THINGS)
            return own_keys_named(tx, here, things, originals=self._originals, grant=grant)

        try:
            return self._transactions.write(here.scope, work)
        except (NotAllowed, NotFound):
            return ()

    def stands_out(self, here: Here, core: SignalSource) -> tuple[Signal, ...]:
        """Return what stands out for the acting customer, the most pressing first; none for whom nobody knows, and none
        where the system fails.
        """
        if here.acting is None:
            return ()
        about = (here.conversation_id, "signals")
        return honest_signals(self.glance(here.scope, here.acting, ask=core.signals, about=about) or ())

    def things_of(
        self, scope: Scope, acting: PartyId, *, core: Operates, about: tuple[ConversationId, str]
    ) -> tuple[Thing, ...] | None:
        """Return the acting customer's things of a kind, unasked by any procedure; None as in `glance`.

        `about` says for which conversation, and which kind.
        """
        _, kind = about
        granted = self._granted_glance(scope, acting, about=about)
        if granted is None:
            return None
        try:
            found = self._calls.ask(
                scope.tenant_id, lambda: _call(core, _Granted(granted, {}), Find(of=kind)), patience=Patience()
            )
        except (Unanswered, Unavailable):
            return None
        return _honest_things(found, of=kind)

    def glance(
        self,
        scope: Scope,
        acting: PartyId,
        *,
        ask: Callable[[str], Any],
        about: tuple[ConversationId, str],
    ) -> Sequence[Any] | None:
        """Return what a core system tells of the acting customer unasked, None for whom nobody knows and where it
        fails.

        `ask` gets the customer's reference, which comes from the grant; `about` says in which conversation, and what.
        The audit has it before anything is asked.
        """
        granted = self._granted_glance(scope, acting, about=about)
        if granted is None:
            return None
        reference = granted.reference or ""
        try:
            found = self._calls.ask(scope.tenant_id, lambda: ask(reference), patience=Patience(_GLANCE))
        except (Unanswered, Unavailable):
            return None
        return found if isinstance(found, Sequence) else None

    def _granted_glance(self, scope: Scope, acting: PartyId, *, about: tuple[ConversationId, str]) -> Grant | None:
        """Return the right to see what somebody has, noted in the audit; None for whom nobody knows."""

        def work(tx: Tx) -> Outcome[Grant]:
            grant = self._identity.require(tx, scope, acting, action=THINGS)
            noted = AuditEvent(
                action="customer.opened",
                object_kind="party",
                object_id=grant.party_id,
                fields=(about[1],),
                reason=f"conversation {about[0]}",
            )
            return Outcome(grant, (noted,))

        try:
            return self._transactions.write(scope, work)
        except (NotAllowed, NotFound, StepUpRequired):
            return None

    def _granted(self, tx: Tx, asked: Asked, acting: PartyId) -> Outcome[_Granted]:
        here, want = asked.here, asked.want
        if want != want_of(asked.procedure, asked.run):
            raise NotAllowed("the procedure does not want this where it stands")
        word = self._word(tx, asked)
        grant = self._grant(tx, asked, acting, as_of=word.asked_at if word.agreed else None)
        arguments: dict[str, Scalar] = {}
        events: list[Any] = []
        if isinstance(want, LookUp | Act):
            _check(asked)
        if word.needed and not word.agreed:
            return self._not_agreed(tx, asked, grant, word)
        if isinstance(want, LookUp | Act):
            for name, value in want.call.arguments.items():
                opened = self._value(tx, here, value, grant=grant)
                arguments[name] = opened.value
                events += opened.entries
        if isinstance(want, Act):
            asked.keep(tx)
        return Outcome(_Granted(grant, arguments), (*events, _audited(asked, grant)))

    def _grant(self, tx: Tx, asked: Asked, acting: PartyId, *, as_of: datetime | None) -> Grant:
        """Return the right to what is wanted, for the customer whose run it is."""
        here, want = asked.here, asked.want
        operations = asked.procedure.known.operations
        action = THINGS if isinstance(want, Find) else operations[want.call.operation].action
        grant = self._identity.require(tx, here.scope, acting, action=action, as_of=as_of)
        if not {grant.party_id, acting} & {asked.owner, *family_of(tx, here.scope, asked.owner)}:
            raise NotAllowed("the run is another customer's")
        return grant

    def _word(self, tx: Tx, asked: Asked) -> Word:
        """Return what a second person said to an act; nothing else needs one."""
        if not isinstance(asked.want, Act):
            return Word(needed=False)
        return self._second_person.word(tx, asked.here, asked.run, asked.want)

    def _not_agreed(self, tx: Tx, asked: Asked, grant: Grant, word: Word) -> Outcome[_Granted]:
        """Ask a second person, once, or tell that they refused. The run is kept at the act that they decide about."""
        asked.keep(tx)
        if not isinstance(asked.want, Act):
            return Outcome(_Granted(grant, {}, word.instead))
        if word.instead is not None:
            return Outcome(_Granted(grant, {}, word.instead))
        entries = self._second_person.ask(tx, asked.here, asked.run, asked.want, grant=grant)
        return Outcome(_Granted(grant, {}, Waits()), entries)

    def _value(self, tx: Tx, here: Here, value: Argument, *, grant: Grant) -> Outcome[Scalar]:
        if not isinstance(value, Sealed):
            return Outcome(value)
        opened = sealed_value(tx, here, value, originals=self._originals, grant=grant)
        return Outcome(opened.value, opened.entries)

    def _came(self, asked: Asked, granted: _Granted, found: Any) -> Passed:
        if isinstance(asked.want, Find):
            things = _honest_things(found, of=asked.want.of)
            return Passed(Found(things=things), named=self.keys_named(asked.here, things))
        done = _honest(found)
        if done is None:
            return _unanswered(asked, granted)
        if isinstance(asked.want, Act) and done.outcome == "done":
            self._bring_up_to_date(asked, granted)
        acted = _acted(asked, done.outcome, level=granted.grant.level)
        return Passed(Succeeded(outcome=done.outcome, facts=done.facts), acted=acted)

    def _bring_up_to_date(self, asked: Asked, granted: _Granted) -> None:
        """Let identity know a customer by what the core system knows them by from now on."""
        name = _DETAILS.get(granted.grant.action)
        value = None if name is None else granted.arguments.get(name)
        if name is None or not isinstance(value, str):
            return
        scope, parties = asked.here.scope, self._identity.parties
        self._transactions.write(
            scope, lambda tx: parties.change_detail(tx, scope, granted.grant.party_id, name=name, value=value)
        )


def _unanswered(asked: Asked, granted: _Granted) -> Passed:
    """Return what comes of a call that nobody knows the end of: an act may have been done."""
    if not isinstance(asked.want, Act):
        return Passed(Failed())
    return Passed(Failed(code=UNANSWERED), acted=_acted(asked, UNANSWERED, level=granted.grant.level))


def _call(core: Operates, granted: _Granted, want: CoreCall) -> Sequence[Thing] | Done:
    """Ask the core system in the name of the granted party: the one place where that is done."""
    reference = granted.grant.reference or ""
    match want:
        case Find():
            return core.things(reference, want.of)
        case LookUp():
            return core.look_up(reference, want.call.operation, granted.arguments)
        case Act():
            return core.carry_out(
                reference, want.call.operation, granted.arguments, idempotency_key=want.idempotency_key
            )


def _check(asked: Asked) -> None:
    """Refuse a call that is none of the procedure's, uses things that were not offered, or was not agreed to."""
    run, want = asked.run, asked.want
    if isinstance(want, Find):
        return
    call: Call = want.call
    operation = asked.procedure.known.operations[call.operation]
    if isinstance(want, Act) and not operation.reversible and call not in run.confirmed:
        raise NotAllowed("nobody agreed to exactly this")
    for name, value in call.arguments.items():
        argument = operation.arguments[name]
        if argument.kind == "thing" and value not in (None, "") and not _was_offered(run, argument.of, value):
            raise NotAllowed("a thing that was not offered")


def _was_offered(run: Run, kind: str, key: Argument) -> bool:
    """Return whether a thing was among those that this customer was told of in this run."""
    own = (*run.offers.values(), *run.unfit.values())
    if (kind, key) in {(thing.kind, thing.key) for things in own for thing in things}:
        return True
    told = {str(value) for facts in run.facts.values() for value in facts.values()}
    return key in told | {str(value) for filled in run.slots.values() for value in filled.fields.values()}


def _audited(asked: Asked, grant: Grant) -> AuditEvent:
    want, run = asked.want, asked.run
    return AuditEvent(
        action="procedure.acted" if isinstance(want, Act) else "procedure.looked_up",
        object_kind="party",
        object_id=grant.party_id,
        fields=(f"things:{want.of}" if isinstance(want, Find) else want.call.operation,),
        reason=f"run {run.id} step {run.at}",
    )


def _acted(asked: Asked, outcome: str, *, level: int) -> Acted | None:
    if not isinstance(asked.want, Act):
        return None
    return Acted(
        run_id=asked.run.id,
        procedure=asked.run.procedure,
        version=asked.run.version,
        step=asked.run.at,
        operation=asked.want.call.operation,
        outcome=outcome,
        level=int(level),
        key=asked.want.idempotency_key,
    )


def _honest(found: Any) -> Done | None:
    """Return what a core system told if it is what it promised to tell, else None."""
    try:
        return msgspec.convert(msgspec.to_builtins(found), Done)
    except (TypeError, ValueError, msgspec.MsgspecError):
        return None


def _honest_things(found: Any, *, of: str) -> tuple[Thing, ...]:
    """Return those things that are what they should be; what is not is as if it were not there."""
    things: list[Thing] = []
    for one in list(found)[:_MOST_THINGS] if isinstance(found, Sequence) else ():
        try:
            thing = msgspec.convert(msgspec.to_builtins(one), Thing)
        except (TypeError, ValueError, msgspec.MsgspecError):
            continue
        if thing.kind == of and 0 < len(thing.key) <= _LONGEST_KEY:
            things.append(thing)
    return tuple(things)
