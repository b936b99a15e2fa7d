"""Rehearsals: whatever is made to happen leads somewhere, examples can be meant, and nothing can be carried out."""

import ast
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from doorward.answering.procedures import rehearsing
from doorward.answering.procedures.model import AskStep
from doorward.answering.procedures.rehearsing import MOST_EVENTS, example_facts, example_things, rehearse
from doorward.answering.procedures.run import Ask, Chose, Event, Find, Found, Started, Verified
from doorward.doors.web.desk.procedures import trying
from doorward.flow import procedure_rehearsal
from doorward.plugins.companies.halden.tests.walking import TODAY, loaded
from tests.unit.answering.procedures.examples import example
from tests.unit.answering.procedures.test_machine_laws import events

BLOCK = example("block_card")


class Plain:
    """Sentences that are their keys."""

    def say(self, _language: str | None, key: str, /, **_values: Any) -> str:
        """Return the key."""
        return key


@settings(max_examples=100)
@given(events)
def test_whatever_happens_leads_somewhere_and_survives_the_form(happened: list[Event]) -> None:
    """Events travel in a form as JSON; the same events are the same rehearsal."""
    travelled = tuple(msgspec.json.decode(msgspec.json.encode(happened), type=list[Event]))
    first = rehearse(BLOCK, happened, language="en", sentences=Plain())
    assert rehearse(BLOCK, travelled, language="en", sentences=Plain()) == first
    assert set(first.taken) <= {step.id for step in BLOCK.steps}


def test_a_long_one_is_cut_and_an_empty_one_begins() -> None:
    """Nobody needs more, and nothing is an error."""
    many: list[Event] = [Started(), *([Chose(key="x")] * 10 * MOST_EVENTS)]
    assert rehearse(BLOCK, many, language="en", sentences=Plain()).turn.run.events <= MOST_EVENTS
    assert rehearse(BLOCK, (), language="xx", sentences=Plain()).turn.run.at == "known"


@pytest.mark.parametrize("name", sorted(loaded().procedures))
def test_the_things_that_are_made_up_can_be_meant(name: str) -> None:
    """Of each of Halden's procedures: at its first question for things, those that are proposed are offered."""
    procedure = loaded().procedures[name]
    now = rehearse(procedure, (Started(level=2, today=TODAY.isoformat()),), language="en", sentences=Plain())
    if not isinstance(now.turn.want, Find):
        return
    step = procedure.step(now.turn.run.at)
    assert isinstance(step, AskStep)
    slot = procedure.slots[step.slot]
    things = example_things(procedure, now.turn.run, slot, today=TODAY)
    after = rehearse(
        procedure,
        (Started(level=2, today=TODAY.isoformat()), Found(things=things)),
        language="en",
        sentences=Plain(),
    )
    assert isinstance(after.turn.want, Ask)
    assert len(after.turn.want.things) == len(things)


def test_made_up_facts_are_those_that_are_declared() -> None:
    """One value for each, of its kind."""
    procedure = loaded().procedures["set_limit"]
    facts = example_facts(procedure, "set_card_limit", today=TODAY)
    assert set(facts) == set(procedure.known.operations["set_card_limit"].facts)
    assert isinstance(facts["daily_limit_cents"], int)


def test_the_lines_tell_what_was_said_by_whom() -> None:
    """Questions with what was wrong with the answer, events by their names."""
    now = rehearse(BLOCK, (Started(level=0), Verified(level=1), Found(things=())), language="en", sentences=Plain())
    assert [(line.author, line.text) for line in now.lines] == [("event", "verified"), ("event", "found")]


def test_a_rehearsal_has_nothing_to_carry_anything_out_with() -> None:
    """Neither the gate nor a core system nor the book of runs is within its reach."""
    reach = set()
    for module in (rehearsing, procedure_rehearsal, trying):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        reach |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not names & {"carry_out", "look_up", "core", "core_systems", "write", "write_async", "procedure_work"}
    assert not {one for one in reach if one.endswith((".gate", ".executor", ".work", ".core_calls", ".keeping", ".tx"))}
