"""One gate: only `flow/procedures/gate.py` has a company's core system look something up or change something."""

import ast

from tests.architecture.code import product

GATE = "flow/procedures/gate.py"
DEEDS = {"carry_out", "look_up"}
VERBS = {*DEEDS, "things"}


def callers() -> set[str]:
    """Return the files of the house, guests apart, that call one of the verbs of `Operates`."""
    found = set()
    for source in product():
        name = source.name
        if "doorward/plugins/" in name:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in DEEDS:
                found.add(name)  # also where it is only handed on, to be called elsewhere
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VERBS:
                found.add(name)
    return found


def test_nobody_but_the_gate_calls_operations() -> None:
    """Whoever needs something done hands it to the gate, which asks identity for whom."""
    assert [name for name in sorted(callers()) if not name.endswith(GATE)] == []
    assert any(name.endswith(GATE) for name in callers())


def test_the_gate_calls_them_in_one_function() -> None:
    """For whom something is done is decided in one place."""
    (gate,) = [source for source in product() if source.name.endswith(GATE)]
    functions = {
        function.name
        for function in ast.walk(gate.tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VERBS
    }
    assert functions == {"_call"}
