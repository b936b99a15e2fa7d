"""Nudges as the walk meets them: what may be offered with a message, what was said to an offer, what comes of it.

The company's file says what leads to which offer and how often, the policy when; here stands what no rule can do away
with: nothing is offered to somebody whom we do not know, who sounds as if they needed care, or in a contact about
something delicate.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Final, NamedTuple

import msgspec

from doorward.answering import Knowledge, plain_text
from doorward.answering.nudges import (
    Nudge,
    NudgeBook,
    NudgeKind,
    Offer,
    OfferState,
    answer_offer,
    is_waiting,
    offerable,
    offers_in,
    open_offer,
    solve,
    sweep_offers,
    value_of,
    word_of,
    write_offer,
)
from doorward.answering.procedures import Listener
from doorward.answering.procedures.ports import Sentences
from doorward.flow.nudging.book import NudgeBooks
from doorward.flow.nudging.contact import is_delicate, is_solved, lines_of
from doorward.flow.procedures import Advanced, Gate, Here, ProcedureBook, ProcedureWork, Standing
from doorward.identity import family_of
from doorward.kit.ids import derive_id
from doorward.kit.tx import Transactions, Tx
from doorward.record import WrittenEntry
from doorward.vocabulary.company import Signal, SignalSource
from doorward.vocabulary.decision import Decision, Facts
from doorward.vocabulary.ids import MessageId, PartyId, TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.reply import Choice, Reply, Source
from doorward.vocabulary.scope import Scope

OPENINGS: Final = frozenset({"greeting", "thanks", "farewell", "agreement"})
"""Small talk beside which something may be offered; what else is said has a wish of its own, which comes first."""
SALES: Final = "nudge_sales"
"""The reason of decisions to offer something new; any other is about what the customer has."""
_REMEMBERED: Final = 200
_YES: Final = "procedure.yes"
_NO: Final = "procedure.no"
_TALK: Final[Mapping[str, str]] = {
    "greeting": "reply.greeting",
    "thanks": "reply.thanks",
    "farewell": "reply.farewell",
    "agreement": "reply.agreed",
}


class NudgeTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a reply does about a nudge: `offered` it, or the customer has `taken` or `declined` the offer `offer_id`."""

    nudge: str
    kind: NudgeKind
    state: OfferState
    offer_id: str = ""
    value: int | None = None


class Nudged(msgspec.Struct, frozen=True, kw_only=True):
    """A reply about a nudge, and what it begins."""

    told: NudgeTold
    reply: Reply | None = None
    procedure: Advanced | None = None


class NudgeRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What nudges need of the house."""

    books: NudgeBooks
    procedures: ProcedureBook
    work: ProcedureWork
    gate: Gate
    listener: Listener
    knowledge: Knowledge
    sentences: Sentences


class _Contact(NamedTuple):
    lines: tuple[WrittenEntry, ...]
    waiting: Offer | None
    allowed: tuple[Nudge, ...]


class NudgeWork:
    """What the walk asks of nudges. Thread-safe."""

    def __init__(self, transactions: Transactions, rooms: NudgeRooms) -> None:
        """Take the rooms."""
        self._transactions = transactions
        self._rooms = rooms
        self._found: OrderedDict[tuple[TenantId, str], Mapping[str, Signal]] = OrderedDict()
        self._lock = Lock()

    def facts(self, here: Here, facts: Facts) -> Facts:
        """Return the facts with those of nudges; nothing comes of it."""
        book, acting = self._rooms.books.of(here.scope.tenant_id), here.acting
        if book is None or acting is None or facts.state != "bot" or not facts.level:
            return facts  # whom nobody knows was offered nothing, and nothing is looked up
        may = self._may_offer(facts)
        contact = self._transactions.read(lambda tx: self._contact(tx, here, book, acting=acting, may=may))
        if contact.waiting is not None:
            agrees = self._agrees(here)
            answer = "" if agrees is None else "yes" if agrees else "no"
            return msgspec.structs.replace(facts, nudge_answer=answer)
        solved = is_solved(contact.lines, facts.social)
        if not contact.allowed or is_delicate(contact.lines, book):
            return msgspec.structs.replace(facts, solved=solved)
        allowed = [one for one in contact.allowed if one.kind == "service" or solved]
        found = self._standing_out(here, allowed, facts.language)
        keys = {kind: next((one.key for one in found if one.kind == kind), "") for kind in ("service", "sales")}
        return msgspec.structs.replace(facts, nudge_service=keys["service"], nudge_sales=keys["sales"], solved=solved)

    def answer(self, standing: Standing | None, here: Here, decision: Decision) -> Nudged | None:
        """Carry out a decision about a nudge: offer it, begin what was agreed to, or leave it. None where it is
        gone.
        """
        book = self._rooms.books.of(here.scope.tenant_id)
        if book is None:
            return None
        facts = decision.facts
        if not facts.nudge_answer:
            return self._offered(book, here, decision)
        waiting = self._transactions.read(lambda tx: open_offer(tx, here.scope, here.conversation_id))
        nudge = None if waiting is None else book.nudge(waiting.nudge)
        if waiting is None or nudge is None:
            return None
        told = NudgeTold(nudge=nudge.key, kind=nudge.kind, state="declined", offer_id=waiting.id)
        if facts.nudge_answer == "no":
            text = self._rooms.sentences.say(here.language, "reply.nudge_declined")
            return Nudged(told=told, reply=Reply(text=text, language=here.language))
        return self._taken(nudge, standing, here, msgspec.structs.replace(told, state="taken"))

    def write(
        self, tx: Tx, here: Here, told: NudgeTold | None, *, decision: Decision, advanced: Advanced | None
    ) -> None:
        """Keep what a message came to: an offer made, answered or left without an answer, and what is solved by now."""
        book = self._rooms.books.of(here.scope.tenant_id)
        if book is None or not decision.facts.level:
            return
        if told is not None and told.state == "offered":
            write_offer(tx, here.scope, _new_offer(tx, here, told, rule=decision.rule))
        elif told is not None:
            answer_offer(tx, here.scope, told.offer_id, told.state)
        else:
            self._leave(tx, here, book, advanced, refused=decision.facts.nudge_answer == "no")
        if advanced is not None and advanced.outcome == "resolved":
            mine = {one.key for one in book.nudges if one.procedure == advanced.procedure}
            kept = offers_in(tx, here.scope, here.conversation_id)
            solve(tx, here.scope, [one for one in kept if one.nudge in mine])

    def sweep(self, scope: Scope) -> int:
        """Remove what was offered long ago; return how many. May be done again at any time."""
        return self._transactions.write(scope, lambda tx: Outcome(sweep_offers(tx, scope)))

    # -- inside ------------------------------------------------------------------------------------------------------

    def _may_offer(self, facts: Facts) -> bool:
        calm = not facts.emotion and not facts.vulnerable and not facts.misunderstood
        return calm and facts.social in OPENINGS and not facts.procedure_active

    def _contact(self, tx: Tx, here: Here, book: NudgeBook, *, acting: PartyId, may: bool) -> _Contact:
        scope = here.scope
        made = offers_in(tx, scope, here.conversation_id)
        waiting = made[0] if made and is_waiting(made[0]) else None
        # Whoever passed an offer over, or said no, is asked for nothing more in this conversation.
        if waiting is not None or not may or any(one.state != "taken" for one in made):
            return _Contact((), waiting, ())
        lines = lines_of(tx, scope, here.conversation_id)
        allowed = offerable(tx, scope, book, parties=family_of(tx, scope, acting))
        return _Contact(lines, None, allowed)

    def _standing_out(self, here: Here, allowed: Sequence[Nudge], language: str) -> list[Nudge]:
        """Return those nudges for which something stands out now and whose offer there is, the most pressing first."""
        procedures = self._rooms.procedures.of(here.scope.tenant_id)
        if procedures is None:
            return []
        core = procedures.core
        if not isinstance(core, SignalSource):
            return []
        signals: dict[str, Signal] = {}
        for signal in self._rooms.gate.stands_out(here, core):
            signals.setdefault(signal.kind, signal)
        self._remember(here, signals)
        return [
            one
            for one in allowed
            if one.signal in signals
            and (one.procedure in procedures.procedures or self._article(here, one, language) is not None)
        ]

    def _offered(self, book: NudgeBook, here: Here, decision: Decision) -> Nudged | None:
        facts = decision.facts
        sells = decision.reason == SALES or not facts.nudge_service
        nudge = book.nudge(facts.nudge_sales if sells else facts.nudge_service)
        if nudge is None:
            return None
        say, language = self._rooms.sentences.say, here.language
        words = say(language, _TALK.get(facts.social, "reply.greeting"))
        choices = tuple(Choice(label=say(language, key), says=say(language, key)) for key in (_YES, _NO))
        signal = self._signal(here, nudge)
        return Nudged(
            told=NudgeTold(
                nudge=nudge.key,
                kind=nudge.kind,
                state="offered",
                value=None if signal is None else value_of(nudge, signal),
            ),
            reply=Reply(text=f"{words}\n\n{word_of(nudge.ask, language)}", language=language, choices=choices),
        )

    def _taken(self, nudge: Nudge, standing: Standing | None, here: Here, told: NudgeTold) -> Nudged | None:
        if nudge.article:
            reply = self._article(here, nudge, here.language)
            return None if reply is None else Nudged(told=told, reply=reply)
        if standing is None:
            return None
        signal = self._signal(here, nudge)
        about = "" if signal is None else signal.about
        advanced = self._rooms.work.begin_offered(standing, here, procedure_id=nudge.procedure, about=about)
        return None if advanced is None else Nudged(told=told, procedure=advanced)

    def _article(self, here: Here, nudge: Nudge, language: str) -> Reply | None:
        found = self._rooms.knowledge.index(here.scope).find(nudge.article, 0, language=language)
        if not nudge.article or found is None:
            return None
        source = Source(
            article_id=found.article_id, slug=found.slug, section=0, title=found.title, revision=found.revision
        )
        return Reply(text=plain_text(found.body), language=here.language, sources=(source,))

    def _agrees(self, here: Here) -> bool | None:
        said, say = here.text.text.strip(), self._rooms.sentences.say
        if said in {say(here.language, _YES), say(here.language, _NO)}:
            return said == say(here.language, _YES)
        return self._rooms.listener.agrees(here.text, language=here.language)

    def _leave(self, tx: Tx, here: Here, book: NudgeBook, advanced: Advanced | None, *, refused: bool) -> None:
        """Note what came of an offer that the reply is not about: passed over, refused with a wish of its own behind
        it, or taken if a crash came after its procedure had begun.
        """
        waiting = open_offer(tx, here.scope, here.conversation_id)
        if waiting is None:
            return
        nudge = book.nudge(waiting.nudge)
        begun = "" if advanced is None else advanced.procedure
        is_taken = nudge is not None and bool(begun) and begun == nudge.procedure
        state: OfferState = "taken" if is_taken else "declined" if refused else "unanswered"
        answer_offer(tx, here.scope, waiting.id, state)

    def _signal(self, here: Here, nudge: Nudge) -> Signal | None:
        """Return what stands out for a nudge, asked for again where it was found for another message."""
        key = (here.scope.tenant_id, here.moment)
        if key not in self._found:
            self._standing_out(here, (nudge,), here.language)
        return self._found.get(key, {}).get(nudge.signal)

    def _remember(self, here: Here, signals: Mapping[str, Signal]) -> None:
        with self._lock:
            self._found[here.scope.tenant_id, here.moment] = signals
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)


def _new_offer(tx: Tx, here: Here, told: NudgeTold, *, rule: str) -> Offer:
    return Offer(
        id=derive_id("nudge", here.scope.tenant_id, MessageId(here.moment)),
        conversation_id=here.conversation_id,
        party_id=here.acting or here.party_id,
        nudge=told.nudge,
        kind=told.kind,
        by="bot",
        state="offered",
        rule=rule,
        offered_at=tx.now,
        value=told.value,
    )
