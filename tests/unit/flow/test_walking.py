"""The walk as a whole: its order is told once, and people who step in while the bot thinks are noticed."""

from datetime import timedelta

from sqlalchemy import event

from doorward.flow.accept import Recognition, TenantScreening
from doorward.flow.desk import HandOver
from doorward.flow.filters import Wanted
from doorward.flow.kept_ids import KeptIds
from doorward.flow.stages import BEFORE_ACCEPTANCE, CLOSING, STAGES, WALK
from doorward.flow.tenancy import FRESH, SettingsBook
from doorward.flow.tenant_rules import TenantRules
from doorward.flow.views.conversation import conversation
from doorward.flow.views.inbox import Asked, Inbox, inbox
from doorward.flow.views.transcript import SHOWN_LINES, transcript
from doorward.flow.walk import Walk
from doorward.identity import Tenants
from doorward.kit.clock import FixedClock
from doorward.kit.keys import EpochKeys, Keys, MemoryKeyStore
from doorward.kit.tx import Transactions, Tx
from doorward.protection import CustomerIndex
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText
from tests.support.builders import an_entry
from tests.support.screening import bare_screener
from tests.support.transactions import CONVERSATION, SCOPE, TENANT, staff_scope
from tests.support.walking import SETTINGS, Flow

MIRA, JONAS = staff_scope("m" * 26), staff_scope("j" * 26)


def test_the_stages_are_those_of_the_walk_in_its_order() -> None:
    """The table of stages, what comes before and what closes make the walk, and each stage has its place in it."""
    order = "admit identify protect read assess understand reconsider decide answer route record measure"
    assert " ".join(WALK) == order
    assert (*BEFORE_ACCEPTANCE, *(stage.name for stage in STAGES), *CLOSING) == WALK
    fields = [name for name in Walk.__struct_fields__ if name in WALK]
    assert fields == [stage.name for stage in STAGES]


def test_every_stage_is_kept_as_what_the_walk_declares() -> None:
    """A result that is read back after a crash has the type that the later stages count on."""
    for stage in STAGES:
        assert Walk.__annotations__[stage.name] == stage.result | None, stage.name


async def test_somebody_who_takes_over_while_the_bot_thinks_silences_it(flow: Flow) -> None:
    """The walk decides again with the conversation as it is now, and says nothing."""
    key = flow.say("hello")

    def take_over() -> None:
        flow.mind.at.clear()
        flow.transactions.write(
            MIRA, lambda _tx: Outcome(None, (an_entry("handoff.assigned", staff_id=MIRA.actor.id),))
        )

    flow.mind.at["compose"] = take_over
    flow.runner().walk_now(key)
    assert flow.decisions() == [("relay", "person_has_it")]
    assert flow.card().bot_messages == 0
    assert flow.mind.seen.count("read") == 1


async def test_whoever_writes_to_conversations_and_the_queue_locks_the_queue_first(flow: Flow) -> None:
    """Two orders would make two transactions wait for each other on PostgreSQL."""
    locks: list[str] = []
    writer = flow.transactions._database.writer

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        if "pg_advisory_xact_lock" in statement:
            assert isinstance(values, dict)
            locks.append(str(values["key"]).partition("\x1f")[2].partition(":")[0])
        elif "record_card" in statement and "FOR UPDATE" in statement:
            locks.append("conversation")

    event.listen(writer, "before_cursor_execute", note)
    event.listen(writer, "commit", lambda _connection: locks.append("|"))
    flow.runner().walk_now(flow.say("a person please"))
    await flow.desk.take_over(MIRA, CONVERSATION)
    await flow.desk.hand_over(MIRA, CONVERSATION, HandOver(to=None, note=WildText("")), key="1")
    await flow.desk.take_over(JONAS, CONVERSATION)
    await flow.desk.hand_back(JONAS, CONVERSATION)
    flow.runner().walk_now(flow.say("a person again"))
    await flow.desk.set_presence(MIRA, available=True)
    await flow.desk.resolve(MIRA, CONVERSATION)
    taken = [part.split() for part in " ".join(locks).split("|")]
    both = [part for part in taken if "queue" in part and "conversation" in part]
    assert all(part[0] == "queue" for part in both)
    assert len(both) == (0 if writer.dialect.name == "sqlite" else 8)


async def test_a_reply_sent_again_after_handing_back_is_the_same_reply(flow: Flow) -> None:
    """The same key is answered as before, though the conversation is no longer with the agent."""
    flow.runner().walk_now(flow.say("a person please"))
    await flow.desk.take_over(MIRA, CONVERSATION)
    said = await flow.desk.reply(MIRA, CONVERSATION, WildText("Good morning"), key="1")
    await flow.desk.hand_back(MIRA, CONVERSATION)
    assert await flow.desk.reply(MIRA, CONVERSATION, WildText("Good morning"), key="1") == said


def test_views_show_the_latest_lines_of_a_very_long_conversation(flow: Flow, transactions: Transactions) -> None:
    """Desk and customer see what was said last, however much was said before."""
    lines = [an_entry("message.customer", key=str(number), text=f"line {number}") for number in range(SHOWN_LINES + 9)]
    transactions.write(SCOPE, lambda _tx: Outcome(None, tuple(lines)))
    seen = transactions.read(lambda tx: conversation(tx, SCOPE, CONVERSATION))
    heard = transactions.read(lambda tx: transcript(tx, SCOPE, CONVERSATION))
    assert len(seen.lines) == len(heard.entries) == SHOWN_LINES
    assert seen.lines[-1].text == heard.entries[-1].text == lines[-1].key.join(("line ", ""))
    assert heard.last == len(lines)


def asked_inbox(tx: Tx, scope: Scope) -> Inbox:
    """Return somebody's inbox as it is shown first."""
    return inbox(tx, scope, Asked(), read=lambda *_, **__: Wanted())


async def test_the_inbox_shows_who_waits_and_who_is_mine(flow: Flow, transactions: Transactions) -> None:
    """A conversation that waits is in the queue of everybody; taken over, it is among its agent's."""
    flow.runner().walk_now(flow.say("a person please"))
    waiting = transactions.read(lambda tx: asked_inbox(tx, MIRA))
    assert ([card.conversation_id for card in waiting.waiting], waiting.mine) == ([CONVERSATION], ())
    place = transactions.read(lambda tx: transcript(tx, SCOPE, CONVERSATION)).waiting
    assert place is not None
    assert place.position == 1
    await flow.desk.take_over(MIRA, CONVERSATION)
    mine, theirs = transactions.read(lambda tx: (asked_inbox(tx, MIRA), asked_inbox(tx, JONAS)))
    assert ([card.conversation_id for card in mine.mine], mine.waiting, theirs.mine) == ([CONVERSATION], (), ())


def test_settings_that_must_be_read_are_not_read_on_the_event_loop(
    transactions: Transactions, clock: FixedClock
) -> None:
    """A short text is screened at once only while settings and keys are at hand and the rules compiled."""
    keys = Keys(MemoryKeyStore())
    keys.make_tenant(TENANT)
    tenants = Tenants(keys)
    book = SettingsBook(transactions, tenants, clock=clock)
    screener = bare_screener(())
    screening = TenantScreening(
        TenantRules(screener, settings_of=lambda _tenant_id: SETTINGS),
        recognition=Recognition(
            EpochKeys(keys, purpose="likeness", clock=clock, period=timedelta(days=90)),
            CustomerIndex(keys, screener),
            KeptIds(keys, screener),
        ),
        note=lambda *_: None,
        is_at_hand=book.is_at_hand,
    )
    assert not screening.is_quick(SCOPE, WildText("hello"))
    transactions.write(SCOPE, lambda tx: tenants.make_tenant(tx, SCOPE, slug="one", name="One"))
    book.settings_of(TENANT)
    assert not screening.is_quick(SCOPE, WildText("hello"))
    screening.screen(SCOPE, WildText("hello"), MessageId("first"), channel="webchat")
    assert screening.is_quick(SCOPE, WildText("hello"))
    assert not screening.is_quick(SCOPE, WildText("hello" * 1000))
    clock.advance(FRESH)
    assert not screening.is_quick(SCOPE, WildText("hello"))
