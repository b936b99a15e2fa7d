"""Doing what a rule says, by the verbs of the desk that people use, and as the rule."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from doorward import automation
from doorward.automation import RuleStep
from doorward.flow.automation.stepping import DeedTransactions, DoneBefore, RuleDeed, waiting_run
from doorward.flow.desk import CompanyOf, Desk, DeskRooms, Placing, Saying
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.errors import Conflict, DoorwardError, Malformed, NotFound, SecretRefused, TooLarge
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Actor, Scope
from doorward.vocabulary.text import WildText

_REFUSED: Final = (Conflict, Malformed, NotFound, SecretRefused, TooLarge)


class Deeds:
    """Does one deed after the other. What a verb refuses is written down, and the next deed is done all the same."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms, *, company_of: CompanyOf) -> None:
        """Take the rooms that the desk's verbs need."""
        self._transactions = transactions
        self._rooms = rooms
        self._company_of = company_of

    def do(self, scope: Scope, deed: RuleDeed) -> None:
        """Do a deed as its rule, once; what it came to stands in the run. Raises what is not to be expected."""
        acting = scope.acting_as(Actor(kind="rule", id=deed.rule.id))
        why = ""
        try:
            asyncio.run(self._done(acting, deed))
        except DoneBefore:
            return
        except _REFUSED as error:
            why = _reason(error)
        self._transactions.write(acting, lambda tx: _settled(tx, acting, deed, why=why))

    async def _done(self, scope: Scope, deed: RuleDeed) -> None:
        await _DEEDS[deed.act.do](_Hands(self._transactions, self._rooms, self._company_of, deed), scope, deed)


class _Hands:
    """The desk, for one deed."""

    def __init__(self, transactions: Transactions, rooms: DeskRooms, company_of: CompanyOf, deed: RuleDeed) -> None:
        once = DeedTransactions(transactions, deed)
        self.desk = Desk(once, rooms)
        self.placing = Placing(once)
        self.saying = Saying(once, rooms, company_of=company_of)


async def _label(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.desk.marking.label(scope, (deed.where,), add=(deed.word,), remove=())


async def _unlabel(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.desk.marking.label(scope, (deed.where,), add=(), remove=(deed.word,))


async def _prioritise(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.desk.marking.prioritise(scope, (deed.where,), priority=int(deed.act.value))


async def _set_status(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.desk.marking.set_status(scope, (deed.where,), status=deed.word)


async def _set_queue(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.placing.move(scope, deed.where, queue=deed.word)


async def _set_team(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.placing.move(scope, deed.where, team=deed.word)


async def _resolve(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.desk.resolve(scope, deed.where)


async def _note(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.desk.noting.note(scope, deed.where, WildText(deed.word), key=deed.key)


async def _reply(hands: _Hands, scope: Scope, deed: RuleDeed) -> None:
    await hands.saying.say(scope, deed.where, deed.word, key=deed.key, always=deed.act.always)


_DEEDS: Final[Mapping[automation.Deed, Callable[[_Hands, Scope, RuleDeed], Awaitable[None]]]] = {
    "add_label": _label,
    "remove_label": _unlabel,
    "set_priority": _prioritise,
    "set_status": _set_status,
    "set_queue": _set_queue,
    "set_team": _set_team,
    "resolve": _resolve,
    "write_note": _note,
    "reply": _reply,
}


def _settled(tx: Tx, scope: Scope, deed: RuleDeed, *, why: str) -> Outcome[None]:
    """Write down of a deed that wrote nothing itself why that is: it was refused, or all was so already."""
    try:
        run = waiting_run(tx, scope, deed)
    except DoneBefore:
        return Outcome(None)
    state: automation.StepState = "refused" if why else "unchanged"
    automation.note_step(tx, scope, run, RuleStep(do=deed.act.do, state=state, why=why))
    return Outcome(None)


def _reason(error: DoorwardError) -> str:
    return str(error.facts.get("why", error.code))
