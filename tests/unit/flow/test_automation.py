"""Rules that act: once for each cause, as themselves, never beyond what a rule may, and not for ever."""

import asyncio
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward import automation, routing, workspace
from doorward.automation import MOST_DEEP, Act, Condition, Rule, RuleRun
from doorward.automation import repository as rules_repository
from doorward.flow.automation import RuleWork
from doorward.flow.automation.deeds import Deeds
from doorward.flow.automation.stepping import RuleDeed
from doorward.flow.automation.timing import Timekeeper
from doorward.flow.settle import Settlement
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.db import Database
from doorward.kit.jobs import LEASE, JobWorker
from doorward.kit.tx import Transactions
from doorward.routing import PlannedQueue, RoutingPlan, Team, save_plan
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.past import PAST
from doorward.vocabulary.reply import Handoff
from doorward.vocabulary.scope import Scope
from doorward.workspace import CannedReply, Label, Piece, PieceName
from tests.support.transactions import CONVERSATION, NOON, PARTY, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA = staff_scope("m" * 26)
MINUTE = timedelta(minutes=1)


@dataclass
class Ruled:
    """A flow whose ledger is followed by rules, and the worker that has them act."""

    flow: Flow
    work: RuleWork
    worker: JobWorker
    clock: FixedClock

    @property
    def transactions(self) -> Transactions:
        """The flow's."""
        return self.flow.transactions

    def keep(self, *rules: Rule) -> tuple[Rule, ...]:
        """Have rules hold, and return them with their ids."""
        number = self.book().number
        return self.transactions.write(SCOPE, lambda tx: self.work.save(tx, SCOPE, rules, expected=number)).rules

    def book(self) -> automation.RuleBook:
        """The rules as they are now."""
        return self.transactions.read(lambda tx: automation.read_rules(tx, SCOPE))

    def act(self) -> int:
        """Do all that is to be done, with what comes of it; return how many jobs there were."""
        done = 0
        while some := self.worker.run_jobs():
            done += some
        return done

    def wait(self, by: timedelta) -> int:
        """Let time go by, ask the rules by the clock, and do what is to be done."""
        self.clock.advance(by)
        self.work.timekeeper.keep_time(SCOPE)
        return self.act()

    def runs(self) -> list[RuleRun]:
        """What rules did, the first first."""
        return list(reversed(self.transactions.read(lambda tx: automation.runs_of(tx, SCOPE))))

    def states(self) -> list[str]:
        """What runs came to, the first first."""
        return [one.state for one in self.runs()]

    def lines(self, kind: str) -> list[Entry]:
        """The lines of a kind."""
        return [one.entry for one in self.flow.ledger() if one.entry.kind == kind]

    def ask_for_person(self) -> None:
        """Have the conversation wait for a person."""
        handoff = Handoff(reason="asked", queue="default", channel="test", language="en")

        def work(tx: Any) -> Outcome[None]:
            entry = Entry(
                kind="handoff.requested",
                conversation_id=CONVERSATION,
                party_id=PARTY,
                key=f"asked:{tx.now.isoformat()}",
                at=tx.now,
                actor=SCOPE.actor,
                data={"reason": "asked", "queue": "default"},
            )
            entered = routing.enter_queue(tx, SCOPE, CONVERSATION, PARTY, handoff=handoff)
            return Outcome(None, (entry, *entered.entries))

        self.transactions.write(SCOPE, work)


@pytest.fixture
def ruled(database: Database, clock: FixedClock) -> Iterator[Ruled]:
    """Rules over each kind of database, in a company with two labels and a canned reply."""
    settlement = Settlement(ProcessBus(), ring=lambda: None)
    transactions = Transactions(database, clock=clock, settle=settlement)
    flow = Flow(transactions)
    work = RuleWork(transactions, flow.desk_rooms, company_of=lambda _tx, _scope: "Halden")
    settlement.announce = work.follower.follow
    worker = JobWorker(transactions)
    worker.register(work.job.kind, work.job, lane="automation")
    pieces: dict[str, Piece] = {
        "vip": Label(name="VIP"),
        "late": Label(name="Late"),
        "wait": CannedReply(name="Wait", shortcut="wait", texts={"en": "{company} is slow today, {customer}."}),
    }
    for key, piece in pieces.items():
        put = partial(workspace.put_piece, scope=SCOPE, name=PieceName(key), piece=piece)
        transactions.write(SCOPE, put)
    yield Ruled(flow, work, worker, clock)
    transactions.close()


def rule(name: str, on: Any, *acts: tuple[str, Any], when: Any = (), **more: Any) -> Rule:
    """Return a rule of these deeds."""
    then = tuple(Act(do=do, value=value) for do, value in acts)  # type: ignore[arg-type]
    conditions = tuple(Condition(fact=fact, operator=operator, value=value) for fact, operator, value in when)
    return Rule(name=name, on=on, when=conditions, then=then, **more)


VIP = rule("Important", "message.customer", ("add_label", "vip"), when=[("channel", "is", "test")])


def test_a_rule_acts_once_after_what_it_listens_to_and_as_itself(ruled: Ruled) -> None:
    """The line names the rule and says how deep in a chain it is; the same job again does nothing."""
    (kept,) = ruled.keep(VIP)
    ruled.flow.say("hello")
    assert ruled.flow.card().labels == (), "nothing is done in the transaction of the customer"
    assert ruled.act() >= 1
    assert ruled.flow.card().labels == ("vip",)
    (line,) = ruled.lines("labels.changed")
    assert (line.actor.kind, line.actor.id) == ("rule", kept.id)
    assert line.data["by_rule"] == {"name": "Important", "chain": [kept.id]}
    assert ruled.act() == 0
    (run,) = ruled.runs()
    assert (run.state, run.event, [step.state for step in run.steps]) == ("done", "message.customer", ["done"])
    ruled.flow.say("hello again")
    ruled.act()
    assert ruled.states() == ["done", "unchanged"]
    assert len(ruled.lines("labels.changed")) == 1


def test_what_a_rule_changes_triggers_the_next_and_the_chain_is_told(ruled: Ruled) -> None:
    """Rules see the conversation as it stands when they are asked."""
    urgent = rule(
        "Urgent", "label.added", ("set_priority", 2), ("write_note", "Look at once"), when=[("labels", "has", "vip")]
    )
    first, second = ruled.keep(VIP, urgent)
    ruled.flow.say("hello")
    ruled.act()
    card = ruled.flow.card()
    assert (card.labels, card.priority, card.notes) == (("vip",), 2, 1)
    (line,) = ruled.lines("priority.changed")
    assert line.data["by_rule"]["chain"] == [first.id, second.id]


def test_lines_of_the_past_and_rules_that_are_off_trigger_nothing(ruled: Ruled) -> None:
    """What an import writes down happened elsewhere, long ago."""
    ruled.keep(
        rule("On", "message.customer", ("add_label", "vip")),
        rule("Off", "message.customer", ("set_priority", 1), enabled=False),
    )
    past = Entry(
        kind="message.customer",
        conversation_id=CONVERSATION,
        party_id=PARTY,
        key=f"{PAST}1",
        at=NOON,
        actor=SCOPE.actor,
    )
    ruled.transactions.write(SCOPE, lambda _tx: Outcome(None, (past,)))
    assert ruled.act() == 0
    ruled.flow.say("hello")
    ruled.act()
    assert (ruled.flow.card().labels, ruled.flow.card().priority) == (("vip",), 0)


@pytest.mark.parametrize("dies", ["before", "after"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_death_between_deeds_loses_and_doubles_nothing(
    ruled: Ruled, monkeypatch: pytest.MonkeyPatch, dies: str, number: int
) -> None:
    """What was done before is not done again, even where somebody took it back meanwhile; what is left is done."""
    ruled.keep(rule("Three", "message.customer", ("add_label", "vip"), ("write_note", "note"), ("reply", "wait")))
    whole, deaths = Deeds.do, [1]

    def do(self: Deeds, scope: Scope, deed: RuleDeed) -> None:
        dead = deed.number == number and deaths and deaths.pop()
        if dead and dies == "before":
            raise SystemError("killed")
        whole(self, scope, deed)
        if dead:
            raise SystemError("killed")

    monkeypatch.setattr(Deeds, "do", do)
    ruled.flow.say("hello")
    ruled.act()
    ruled.clock.advance(LEASE)
    ruled.act()
    assert ruled.states() == ["done"]
    assert [step.state for step in ruled.runs()[0].steps] == ["done"] * 3
    said = [one for one in ruled.lines("message.bot") if one.data.get("action") == "rule.replied"]
    assert (len(ruled.lines("labels.changed")), len(ruled.lines("note.written")), len(said)) == (1, 1, 1)


def test_a_process_killed_at_any_transaction_of_a_rule_loses_and_doubles_nothing(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """As `kill -9` does it, before and behind commits, life after life: what a rule does is done once."""
    path = tmp_path / "dying.db"
    shutil.copyfile(sqlite_template, path)
    deeds = rule("All", "message.customer", ("set_priority", 1), ("write_note", "note"), ("reply", "wait"))
    chained = rule("Next", "priority.set", ("add_label", "vip"))
    told = [msgspec.json.encode(one).decode() for one in (deeds, chained)]
    command = [sys.executable, "-m", "tests.support.dying_rules", f"sqlite:///{path}", *told]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout.split()[-1]) > 6
    database = Database.open(f"sqlite:///{path}")
    transactions = Transactions(database, clock=FixedClock(NOON), settle=Settlement(ProcessBus(), ring=lambda: None))
    kinds = Counter(one.entry.kind for one in Flow(transactions).ledger())
    assert (kinds["note.written"], kinds["message.bot"]) == (1, 1)
    assert (kinds["priority.changed"], kinds["labels.changed"]) == (1, 1)
    runs = transactions.read(lambda tx: automation.runs_of(tx, SCOPE))
    assert [one.state for one in runs] == ["done", "done"]
    assert [step.state for step in runs[-1].steps] == ["done", "done", "done"]
    transactions.close()
    database.close()


async def test_a_rule_does_not_do_what_a_person_is_doing(ruled: Ruled) -> None:
    """It ends and answers no conversation that a person has; a reply that is told so goes out."""
    told = Rule(name="Told", on="message.customer", then=(Act(do="reply", value="wait", always=True),))
    ruled.flow.say("hello")
    await ruled.flow.desk.take_over(MIRA, CONVERSATION)
    ruled.keep(rule("Ends", "message.customer", ("resolve", ""), ("reply", "wait"), ("set_queue", "default")), told)
    ruled.flow.say("are you there?")
    await asyncio.to_thread(ruled.act)
    ends, said = ruled.runs()
    assert [(step.state, step.why) for step in ends.steps] == [
        ("refused", "not_mine"),
        ("refused", "with_person"),
        ("refused", "not_waiting"),
    ]
    assert (ends.state, said.state) == ("refused", "done")
    card = ruled.flow.card()
    assert (card.state, card.assignee) == ("human", MIRA.actor.id)
    assert card.unanswered_since is not None, "what a rule says is no answer"
    (reply,) = [one for one in ruled.lines("message.bot") if one.data.get("action") == "rule.replied"]
    assert reply.text is not None
    assert reply.text.text.startswith("Halden is slow today")


def test_rules_by_the_clock_act_when_it_has_lasted_long_enough(ruled: Ruled) -> None:
    """Once for each time of waiting, not before its time, and not where it is over."""
    ruled.keep(
        rule("Late", "conversation.waiting", ("add_label", "late"), after_minutes=30),
        rule("Unanswered", "conversation.unanswered", ("set_priority", 1), after_minutes=20),
        rule("Quiet", "conversation.quiet", ("resolve", ""), after_minutes=600),
    )
    ruled.flow.say("I want a person")
    ruled.ask_for_person()
    assert ruled.wait(19 * MINUTE) == 0
    assert ruled.wait(MINUTE) == 1
    assert (ruled.flow.card().priority, ruled.flow.card().labels) == (1, ())
    assert ruled.wait(10 * MINUTE) == 1
    assert ruled.flow.card().labels == ("late",)
    assert ruled.wait(MINUTE) == 0, "once"
    ruled.wait(600 * MINUTE)
    assert ruled.flow.card().state == "resolved"
    assert [one.event for one in ruled.runs()] == [
        "conversation.unanswered",
        "conversation.waiting",
        "conversation.quiet",
    ]


def test_what_a_rule_says_is_no_end_of_the_quiet_that_it_waited_for(ruled: Ruled) -> None:
    """A rule that speaks or writes a note into the quiet does so once, not every hour for ever."""
    ruled.keep(rule("Still there", "conversation.quiet", ("reply", "wait"), ("write_note", "quiet"), after_minutes=60))
    ruled.flow.say("hello")
    ruled.act()
    assert [ruled.wait(61 * MINUTE) for _ in range(3)] == [1, 0, 0]
    assert len(ruled.lines("note.written")) == 1


def test_what_did_not_hold_when_its_turn_came_is_asked_again_when_it_does(ruled: Ruled) -> None:
    """A job that found nothing to do is no reason not to ask again."""
    ruled.keep(
        rule("Late", "conversation.waiting", ("add_label", "late"), when=[("labels", "has", "vip")], after_minutes=30)
    )
    ruled.flow.say("I want a person")
    ruled.ask_for_person()
    label(ruled, added=("vip",))
    ruled.clock.advance(31 * MINUTE)
    assert ruled.work.timekeeper.keep_time(SCOPE) == 1
    label(ruled, removed=("vip",))
    ruled.act()
    assert (ruled.flow.card().labels, ruled.runs()) == ((), [])
    label(ruled, added=("vip",))
    assert ruled.wait(MINUTE) == 1
    assert ruled.flow.card().labels == ("late", "vip")


def label(ruled: Ruled, *, added: tuple[str, ...] = (), removed: tuple[str, ...] = ()) -> None:
    """Have somebody put labels on and take them off."""
    line = Entry(
        kind="labels.changed",
        conversation_id=CONVERSATION,
        party_id=PARTY,
        key=f"labels:{ruled.clock.now().isoformat()}:{added}:{removed}",
        at=ruled.clock.now(),
        actor=MIRA.actor,
        data={"added": added, "removed": removed},
    )
    ruled.transactions.write(SCOPE, lambda _tx: Outcome(None, (line,)))


def test_what_has_lasted_and_is_over_when_its_turn_comes_triggers_nothing(ruled: Ruled) -> None:
    """The job finds the conversation as it is then."""
    ruled.keep(rule("Late", "conversation.waiting", ("add_label", "late"), after_minutes=30))
    ruled.flow.say("I want a person")
    ruled.ask_for_person()
    ruled.clock.advance(31 * MINUTE)
    assert ruled.work.timekeeper.keep_time(SCOPE) == 1
    asyncio.run(ruled.flow.desk.take_over(MIRA, CONVERSATION))
    ruled.act()
    assert (ruled.flow.card().labels, ruled.runs()) == ((), [])


@pytest.mark.parametrize(("when", "rounds"), [((), [2, 2, 2, 1, 0]), ((("language", "is", "de"),), [0, 0, 0, 1, 0])])
def test_what_was_taken_up_or_is_not_taken_keeps_no_other_from_its_turn(
    ruled: Ruled, when: Any, rounds: list[int]
) -> None:
    """Seven have waited too long and two are looked at a time: the walk goes on to the last, then begins anew."""
    ruled.keep(rule("Late", "conversation.unanswered", ("add_label", "late"), when=when, after_minutes=20))
    timekeeper = Timekeeper(ruled.transactions, most=2)
    ids = [ConversationId(f"{number}" * 26) for number in range(8)]
    for number, one in enumerate(ids[:7]):
        unanswered(ruled, one, language="de" if number == 6 else "en")
    ruled.clock.advance(30 * MINUTE)

    def turn() -> int:
        timekeeper.keep_time(SCOPE)
        return ruled.act()

    assert [turn() for _ in rounds] == rounds
    unanswered(ruled, ids[7], language="de")
    ruled.clock.advance(30 * MINUTE)
    assert sum(turn() for _ in range(5)) == 1
    assert len(ruled.runs()) == sum(rounds) + 1


def unanswered(ruled: Ruled, conversation_id: ConversationId, *, language: str) -> None:
    """Have a customer say something in a conversation of its own."""
    said = Entry(
        kind="message.customer",
        conversation_id=conversation_id,
        party_id=PARTY,
        key="customer:1",
        at=ruled.clock.now(),
        actor=SCOPE.actor,
        data={"language": language},
    )
    ruled.transactions.write(SCOPE, lambda _tx: Outcome(None, (said,)))
    ruled.clock.advance(timedelta(seconds=1))


def test_what_has_lasted_since_an_import_triggers_nothing_until_somebody_speaks(ruled: Ruled) -> None:
    """Another desk's customers waited there, not here."""
    ruled.keep(rule("Unanswered", "conversation.unanswered", ("set_priority", 1), after_minutes=20))
    past = Entry(
        kind="message.customer",
        conversation_id=CONVERSATION,
        party_id=PARTY,
        key=f"{PAST}1",
        at=NOON - 600 * MINUTE,
        actor=SCOPE.actor,
    )
    ruled.transactions.write(SCOPE, lambda _tx: Outcome(None, (past,)))
    assert ruled.wait(MINUTE) == 0
    ruled.flow.say("is anybody there?")
    assert ruled.wait(MINUTE) == 1
    assert ruled.flow.card().priority == 1


def test_a_waiting_conversation_is_moved_to_another_queue_and_keeps_its_place(ruled: Ruled) -> None:
    """By queue or by team; the card says it, and so does a line."""
    plan = RoutingPlan(queues=(PlannedQueue(name="cards"),), teams=(Team(name="night", queues=("cards",)),))
    ruled.transactions.write(SCOPE, lambda tx: save_plan(tx, SCOPE, plan, expected=0))
    ruled.keep(rule("By team", "handoff.requested", ("set_team", "night")))
    ruled.flow.say("I want a person")
    ruled.ask_for_person()
    ruled.act()
    card = ruled.flow.card()
    assert (card.state, card.queue, card.waiting_since) == ("waiting", "cards", NOON)
    (line,) = ruled.lines("queue.changed")
    assert (line.data["queue"], line.data["team"]) == ("cards", "night")


def test_a_circle_that_nobody_saw_ends_and_its_rule_is_switched_off(ruled: Ruled) -> None:
    """After so many rules in a row the one that comes again is off, and says by whom it was triggered."""
    rules = (
        rule("Begins", "message.customer", ("add_label", "vip")),
        rule("Off", "label.added", ("remove_label", "vip"), id="a" * 26),
        rule("On", "label.removed", ("add_label", "vip"), id="b" * 26),
    )
    (begins,) = ruled.keep(rules[0])
    unchecked = (begins, *rules[1:])
    ruled.transactions.write(SCOPE, lambda tx: Outcome(rules_repository.update_rules(tx, SCOPE, unchecked, expected=1)))
    ruled.work.follower._heard.clear()
    ruled.flow.say("hello")
    ruled.act()
    assert ruled.states() == ["done"] * MOST_DEEP + ["circle"]
    off = [one for one in ruled.book().rules if not one.enabled]
    assert [one.name for one in off] == ["Off"]
    assert off[0].stopped is not None
    assert set(off[0].stopped.rules) == {"Begins", "Off", "On"}
    assert off[0].stopped.conversation_id == CONVERSATION
    again = ruled.keep(*(one for one in ruled.book().rules if one.name != "On"))
    assert again[1].stopped == off[0].stopped, "it stays until somebody switches it on"


def test_rules_take_up_only_so_much_a_minute_in_one_conversation(ruled: Ruled, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too much is told and not carried out; a minute later they act again."""
    monkeypatch.setattr("doorward.automation.runs.MOST_A_MINUTE", 2)
    ruled.keep(rule("Note", "message.customer", ("write_note", "again")))
    for number in range(3):
        ruled.flow.say(f"message {number}")
        ruled.act()
    assert ruled.states() == ["done", "done", "too_often"]
    ruled.clock.advance(2 * MINUTE)
    ruled.flow.say("later")
    ruled.act()
    assert ruled.states()[-1] == "done"
    assert len(ruled.lines("note.written")) == 3


def test_what_the_company_no_longer_has_is_refused_and_told(ruled: Ruled) -> None:
    """The other deeds of the rule are done all the same."""
    ruled.keep(rule("Half", "message.customer", ("add_label", "gone"), ("set_priority", 1)))
    ruled.flow.say("hello")
    ruled.act()
    (run,) = ruled.runs()
    assert [(step.state, step.why) for step in run.steps] == [("refused", "not_found"), ("done", "")]
    assert (run.state, ruled.flow.card().priority) == ("done", 1)
