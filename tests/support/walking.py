"""A flow whose rooms are as small as can be: real runner, front door and desk, scripted understanding."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from doorward import record
from doorward.decision import RuleBook
from doorward.flow.accept import Accepted, FrontDoor, Recognition, TenantScreening
from doorward.flow.colleagues import Colleagues
from doorward.flow.desk import Desk, DeskRooms, FileRules
from doorward.flow.kept_ids import KeptIds
from doorward.flow.repository import RunKey
from doorward.flow.runner import Runner
from doorward.flow.tenant_rules import TenantRules
from doorward.flow.walk import WalkRooms
from doorward.identity import Parties, Sessions, Staff
from doorward.kit.clock import FixedClock
from doorward.kit.i18n import Translator
from doorward.kit.keys import EpochKeys, Keys, MemoryKeyStore
from doorward.kit.settings import Sessions as SessionSettings
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.plugins.policies.first_line.plugin import FirstLine
from doorward.protection import CustomerIndex, ProtectionService
from doorward.record import Card, WrittenEntry
from doorward.routing import RoutingPlan
from doorward.understanding import Wished
from doorward.vocabulary.arrival import Arrival
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.decision import Decision
from doorward.vocabulary.finding import Finding
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Reply
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, WildText
from doorward.vocabulary.understanding import Candidate, Intent, Understanding
from tests.support.screening import bare_screener
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE, TENANT
from tests.support.words import packs

SETTINGS = TenantSettings()


class Mind:
    """All rooms of a walk in one: it answers everything, and first does whatever the test has it do at a stage."""

    def __init__(self) -> None:
        """Do nothing special."""
        self.at: dict[str, Callable[[], None]] = {}
        self.seen: list[str] = []

    def _meet(self, stage: str) -> None:
        self.seen.append(stage)
        self.at.get(stage, lambda: None)()

    def read(self, masked: MaskedText, *, languages: tuple[str, ...], hint: str | None) -> Reading:
        """Read in the hinted language, else the first."""
        self._meet("read")
        return Reading(language=hint or languages[0], language_score=1.0, words=tuple(masked.text.split()), stems=())

    def assess(self, masked: MaskedText, findings: tuple[Finding, ...], reading: Reading) -> Assessment:
        """See no risk."""
        self._meet("assess")
        return Assessment(score=0.0)

    def understand(
        self,
        reading: Reading,
        masked: MaskedText,
        *,
        nearest: Callable[[Reading], tuple[Candidate, ...]],
        wished: Callable[[Reading], Wished | None],
        answers: bool,
    ) -> Understanding:
        """Understand `person` as the wish for a person, everything else as a greeting."""
        self._meet("understand")
        wants = "person" in reading.words
        return Understanding(
            intent=Intent(name="x", score=0.0), wants_person=wants, social=None if wants else "greeting"
        )

    def search(self, scope: Scope, reading: Reading) -> tuple[Candidate, ...]:
        """Know nothing."""
        return ()

    def compose(self, scope: Scope, decision: Decision, understanding: Understanding, *, language: str) -> Reply | None:
        """Name the decision."""
        self._meet("compose")
        return None if decision.action == "relay" else Reply(text=decision.action, language=language)


class Flow:
    """A flow over a test's transactions. Walks begin only when the test says so."""

    def __init__(self, transactions: Transactions) -> None:
        """Wire the flow."""
        self.transactions = transactions
        self.mind = Mind()
        self.submitted: list[RunKey] = []
        keys = Keys(MemoryKeyStore())
        keys.make_tenant(TENANT)
        policy = FirstLine()
        rules = RuleBook([(policy.id, policy.version, policy.rules())])
        self.rooms = WalkRooms(
            reader=self.mind,
            risk=self.mind,
            understander=self.mind,
            rules_of=lambda _tenant_id: rules,
            knowledge=self.mind,
            translator=Translator(packs()),
            packs=packs(),
            settings_of=self.settings_of,
            plan_of=lambda _scope: RoutingPlan(),
        )
        likeness_keys = EpochKeys(keys, purpose="likeness", clock=FixedClock(NOON), period=timedelta(days=90))
        screener = bare_screener(())
        screening = TenantScreening(
            TenantRules(screener, settings_of=self.settings_of),
            recognition=Recognition(likeness_keys, CustomerIndex(keys, screener), KeptIds(keys, screener)),
            note=lambda *_: None,
        )
        protection = ProtectionService(keys)
        self.front_door = FrontDoor(
            transactions,
            screening=screening,
            protection=protection,
            keys=keys,
            submit=lambda key, _begun: self.submitted.append(key),
        )
        colleagues = Colleagues(Staff(), Sessions(SessionSettings()))
        self.desk_rooms = DeskRooms(
            screening,
            protection,
            self.rooms.translator,
            self.settings_of,
            colleagues,
            Parties(keys),
            FileRules(keys, scanned=True, bytes=1000),
        )
        self.desk = Desk(transactions, self.desk_rooms)

    def settings_of(self, _tenant_id: TenantId) -> TenantSettings:
        """Return the defaults."""
        return SETTINGS

    def runner(self) -> Runner:
        """Return a runner as a process of its own would have it."""
        return Runner(self.rooms, self.transactions, threads=1)

    def finish(self, runner: Runner) -> None:
        """Wait until everything that was submitted so far is walked, then stop the runner."""
        runner._pool.submit(int).result(timeout=60)  # its one thread takes this last
        runner.close()

    def say(self, text: str, *, conversation_id: ConversationId = CONVERSATION, at: datetime = NOON) -> RunKey:
        """Have a message accepted and return the run that is to be walked."""
        accepted = self.accept(text, key=text, conversation_id=conversation_id, at=at)
        return RunKey(TENANT, accepted.message_id)

    def accept(
        self, text: str, *, key: str, conversation_id: ConversationId = CONVERSATION, at: datetime = NOON
    ) -> Accepted:
        """Accept a message."""
        arrival = Arrival(
            channel="test",
            client_message_id=key,
            text=WildText(text),
            party_id=PARTY,
            conversation_id=conversation_id,
            received_at=at,
        )
        return self.front_door.accept_here(SCOPE, arrival)

    def ledger(self, conversation_id: ConversationId = CONVERSATION) -> tuple[WrittenEntry, ...]:
        """Return the conversation's lines."""
        return self.transactions.read(lambda tx: record.entries_after(tx, SCOPE, conversation_id))

    def decisions(self, conversation_id: ConversationId = CONVERSATION) -> list[tuple[str, str]]:
        """Return action and reason of every decision."""
        lines: list[Mapping[str, str]] = [
            one.entry.data for one in self.ledger(conversation_id) if one.entry.kind == "decision.made"
        ]
        return [(data["action"], data["reason"]) for data in lines]

    def card(self, conversation_id: ConversationId = CONVERSATION) -> Card:
        """Return the card, which must be what the ledger says."""
        card = self.transactions.read(lambda tx: record.card_of(tx, SCOPE, conversation_id))
        assert card is not None
        assert card == self.transactions.read(lambda tx: record.rebuild_card(tx, SCOPE, conversation_id))
        return card


@pytest.fixture
def flow(transactions: Transactions) -> Flow:
    """A flow on each kind of database."""
    return Flow(transactions)
