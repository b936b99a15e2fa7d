"""Two procedures, the core system that they are for, and a small compiler of expressions."""

import ast
import operator
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from doorward.answering.procedures.loading import load_procedure
from doorward.answering.procedures.model import Known, Procedure
from doorward.vocabulary.operations import Argument, Operation, Thing

FOLDER = Path(__file__).parent / "written"
LANGUAGES = ("en", "de")

CARD = Argument(kind="thing", of="card")
KNOWN = Known(
    operations={
        "block_card": Operation(
            name="block_card",
            arguments={"card": CARD, "reason": Argument(kind="choice", options=("lost", "stolen", "other"))},
            level=1,
            reasons=("already_blocked", "wrong_state"),
            facts={"day": "date", "why": "code"},
        ),
        "freeze_card": Operation(name="freeze_card", arguments={"card": CARD}, reversible=True, undo="unfreeze_card"),
        "replace_card": Operation(name="replace_card", arguments={"card": CARD}, level=2),
        "close_account": Operation(name="close_account", level=2, two_persons=True),
        "paper_stock": Operation(
            name="paper_stock",
            arguments={"device": Argument(kind="thing", of="device")},
            effect="look_up",
            facts={"on_the_way": "yes_no"},
        ),
        "order_paper": Operation(
            name="order_paper",
            arguments={
                "device": Argument(kind="thing", of="device"),
                "rolls": Argument(kind="count", least=1, most=50),
            },
            reversible=True,
            facts={"reference": "text", "price": "amount"},
        ),
        "complain": Operation(
            name="complain", arguments={"about": Argument(kind="text", most=500)}, level=0, reversible=True
        ),
    },
    kinds={"card": {"status": "code", "kind": "code"}, "device": {"model": "text", "paper": "number"}},
)

DEBIT = Thing(kind="card", key="1234", fields={"status": "active", "kind": "debit"})
CREDIT = Thing(kind="card", key="9012", fields={"status": "active", "kind": "credit"})
VIRTUAL = Thing(kind="card", key="5678", fields={"status": "active", "kind": "virtual"})
BLOCKED = Thing(kind="card", key="4444", fields={"status": "blocked", "kind": "debit"})
TILL = Thing(kind="device", key="HT-4100-01", fields={"model": "Till Pro", "paper": 12})


class Stub:
    """An expression as the tests need it: comparisons of names with values, and `and`."""

    def __init__(self, tree: ast.expr) -> None:
        """Take the parsed expression."""
        self._tree = tree

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Return its value."""
        return _evaluate(self._tree, values)


def compile_stub(text: str, names: Mapping[str, Any], *, condition: bool = False) -> Stub:
    """Compile as `kit.expressions` does: a `ValueError` for a name that is not known, and for what is no expression."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ValueError("is no expression") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            _look_up(node, names)
    return Stub(tree)


def _look_up(node: ast.expr, values: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        if node.id in {"true", "false"}:
            return node.id == "true"
        if node.id not in values:
            raise ValueError(f"'{node.id}' is not known")
        return values[node.id]
    assert isinstance(node, ast.Attribute)
    owner = _look_up(node.value, values)
    if not isinstance(owner, Mapping) or node.attr not in owner:
        raise ValueError(f"'{node.attr}' is not known")
    return owner[node.attr]


def _evaluate(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() | ast.Attribute():
            return _look_up(node, values)
        case ast.BoolOp():
            return all(_evaluate(one, values) for one in node.values)
        case ast.Compare():
            compare = {ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.Gt: operator.gt}
            left, right = _evaluate(node.left, values), _evaluate(node.comparators[0], values)
            return compare[type(node.ops[0])](left, right)
        case _:
            raise ValueError("is not understood")


def example(name: str) -> Procedure:
    """Return an example as it is loaded."""
    return load_procedure(FOLDER / name, languages=LANGUAGES, known=KNOWN, compiled=compile_stub)


def raw(name: str) -> dict[str, Any]:
    """Return what an example's file says."""
    content = yaml.safe_load((FOLDER / name / "procedure.yaml").read_text("utf-8"))
    assert isinstance(content, dict)
    return content


def changed(into: Path, name: str, content: Mapping[str, Any]) -> Path:
    """Write an example with other content into a folder, and return its own there."""
    folder = into / name
    shutil.copytree(FOLDER / name, folder)
    (folder / "procedure.yaml").write_text(yaml.safe_dump(dict(content), sort_keys=False), "utf-8")
    return folder
