"""Promises of every core system that operates: what it declares holds together, and everything else it refuses."""

from pathlib import Path
from typing import Any, cast, get_args

import msgspec
import pytest

from doorward.identity import ACTIONS
from doorward.kit.plugins import FoundPlugin, discover
from doorward.vocabulary.company import Company, SignalSource
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.operations import Argument, ArgumentKind, FactKind, Operates, Operation, Scalar
from doorward.vocabulary.party import AssuranceLevel

SAMPLES: dict[ArgumentKind, Scalar] = {
    "thing": "no such key",
    "choice": "no such option",
    "date": "2031-03-05",
    "amount": 1,
    "count": 1,
    "text": "text",
    "address": "Mill Lane 7, Leeds LS1",
    "phone": "+44 7700 900123",
    "email": "nobody@example.com",
    "yes_no": True,
}


@pytest.fixture(params=discover("company"), ids=lambda found: found.manifest.id)
def company(request: pytest.FixtureRequest) -> Company:
    """Return each company as it builds itself."""
    return cast("Company", cast("FoundPlugin", request.param).build(None))


@pytest.fixture
def core(company: Company, tmp_path: Path) -> Operates:
    """Return each core system that can do something."""
    opened: object = company.core_system(tmp_path / company.id)
    if not isinstance(opened, Operates):
        pytest.skip("this company's core system does nothing by itself")
    return opened


def _arguments(operation: Operation) -> dict[str, Scalar]:
    return {name: SAMPLES[argument.kind] for name, argument in operation.arguments.items()}


def _ask(core: Operates, reference: str, operation: Operation, arguments: dict[str, Any], *, key: str = "key") -> str:
    if operation.effect == "look_up":
        return core.look_up(reference, operation.name, arguments).outcome
    return core.carry_out(reference, operation.name, arguments, idempotency_key=key).outcome


def test_every_operation_asks_the_gate_for_an_action_of_its_level(core: Operates) -> None:
    """Identity has a rule for it, as strict as the operation says: of a customer from level 1, fresh from level 2."""
    rules = {rule.action: rule for rule in ACTIONS}
    for name, operation in core.operations().items():
        assert operation.name == name
        rule = rules[operation.action]
        assert rule.level == AssuranceLevel(operation.level), name
        assert rule.customer == (operation.level > 0), name
        assert rule.fresh == (operation.level >= AssuranceLevel.VERIFIED), name


def test_what_is_declared_holds_together(core: Operates) -> None:
    """Kinds of arguments and facts are known, things are of a kind there is, and what undoes something can be had."""
    declared = core.operations()
    for operation in declared.values():
        for argument in operation.arguments.values():
            assert argument.kind in get_args(ArgumentKind)
            assert (argument.of in core.kinds()) if argument.kind == "thing" else not argument.of
            assert bool(argument.options) == (argument.kind == "choice")
            if argument.kind in ("amount", "count"):
                assert argument.least is not None
                assert argument.most is not None
        assert set(operation.facts.values()) <= set(get_args(FactKind))
        assert not operation.undo or (operation.reversible and declared[operation.undo].reversible)
        assert operation.effect == "change" or operation.reversible
        assert not operation.reasons or ("not_possible" in operation.outcomes and operation.facts["why"] == "code")
    for fields in core.kinds().values():
        assert set(fields.values()) <= set(get_args(FactKind))
    assert len(core.currency) == 3
    assert core.operations() == declared


def test_what_was_not_declared_is_refused(core: Operates, company: Company) -> None:
    """An unknown operation, the wrong effect, an argument too many or too few, one of another type: no request."""
    reference = next(iter(company.customers())).reference
    with pytest.raises(Malformed):
        core.look_up(reference, "no_such_operation", {})
    with pytest.raises(Malformed):
        core.carry_out(reference, "no_such_operation", {}, idempotency_key="key")
    for operation in core.operations().values():
        good = _arguments(operation)
        wrong: list[dict[str, Any]] = [{**good, "no_such_argument": "x"}]
        for name, argument in operation.arguments.items():
            wrong.append({**good, name: ["list"]})
            wrong.append({**good, name: _of_another_type(argument)})
            if not argument.optional:
                wrong.append({key: value for key, value in good.items() if key != name})
        for arguments in wrong:
            with pytest.raises(Malformed):
                _ask(core, reference, operation, arguments)
        turned = msgspec.structs.replace(operation, effect="change" if operation.effect == "look_up" else "look_up")
        with pytest.raises(Malformed):
            _ask(core, reference, turned, good)


def _of_another_type(argument: Argument) -> Scalar:
    return "text" if argument.kind in ("amount", "count", "yes_no") else 7


def test_a_stranger_and_a_strange_key_are_not_found(core: Operates, company: Company) -> None:
    """Nobody has nothing and does nothing; a key that is none of the customer's is not found."""
    reference = next(iter(company.customers())).reference
    for of in core.kinds():
        assert list(core.things("nobody", of)) == []
    assert list(core.things(reference, "no such kind")) == []
    for operation in core.operations().values():
        assert _ask(core, "nobody", operation, _arguments(operation), key=f"nobody {operation.name}") == "not_found"
        needs_a_thing = any(one.kind == "thing" and not one.optional for one in operation.arguments.values())
        bounded = any(one.kind in ("amount", "count") for one in operation.arguments.values())
        if needs_a_thing and not bounded:
            assert _ask(core, reference, operation, _arguments(operation), key=operation.name) == "not_found"


def test_outcomes_and_facts_are_those_declared(core: Operates, company: Company) -> None:
    """Whatever a customer's own things lead to was declared, with things of the fields of their kind."""
    for customer in list(company.customers())[:5]:
        for of, fields in core.kinds().items():
            for thing in core.things(customer.reference, of):
                assert (thing.kind, set(thing.fields)) == (of, set(fields))
        for operation in core.operations().values():
            if operation.effect == "look_up":
                ((name, argument),) = operation.arguments.items()
                for thing in core.things(customer.reference, argument.of):
                    done = core.look_up(customer.reference, operation.name, {name: thing.key})
                    assert done.outcome in {"done", *operation.outcomes}
                    assert set(done.facts) <= set(operation.facts)


def test_signals_are_about_things_of_the_customer(core: Operates, company: Company) -> None:
    """What stands out is about something that they own, or about nothing in particular; of strangers there is none."""
    if not isinstance(core, SignalSource):
        pytest.skip("this core system gives no signals")
    assert list(core.signals("nobody")) == []
    for customer in list(company.customers())[:50]:
        keys = {thing.key for of in core.kinds() for thing in core.things(customer.reference, of)}
        assert {signal.about for signal in core.signals(customer.reference)} <= {"", *keys}
