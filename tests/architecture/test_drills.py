"""A drill has no admission of its own: it asks the verbs of flood control, and cannot know whose a contact is."""

import ast
from collections.abc import Iterator

import pytest

from doorward.admission import flood
from doorward.admission.flood import CLASSES
from tests.architecture.code import Source, product

NUMBERS = {"SLOT", "SLOTS", "TICK", "PATIENCE", "RESERVED", "Counted"}
"""What is taken from modules of flood control beside its public names: units, defaults, and a type."""

VERBS = {name for name in flood.__all__ if name.islower()}
LABELS = {"Origin", "Side", "Crowd", "origins", "origin", "side"}
DECIDES = {"gate", "floor"}
"""The modules that decide, and that play: they may not name a label."""


def drills() -> list[Source]:
    """The modules of the drill."""
    return [source for source in product() if source.name.startswith("src/doorward/admission/drill/")]


def admission_imports(source: Source) -> Iterator[tuple[str, str]]:
    """What a module takes from admission outside the drill, as module and name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("doorward.admission"):
            for alias in node.names:
                if not (node.module or "").startswith("doorward.admission.drill"):
                    yield node.module or "", alias.name


def faults_of(tree: ast.AST) -> list[str]:
    """What would be admission of a drill's own: a verb of its name, or a class of callers that is compared."""
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in VERBS - {"may_serve"}:
            faults.append(f"defines {node.name}")
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            constants = {part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)}
            names = {part.attr for side in sides for part in ast.walk(side) if isinstance(part, ast.Attribute)}
            if constants & set(CLASSES) or names & {"caller_class", "rank"}:
                faults.append(f"compares {ast.unparse(node)}")
    return faults


def test_a_drill_asks_public_verbs_alone() -> None:
    """No module of it reaches behind flood control's public names."""
    behind = [
        f"{source.name}: {module}.{name}"
        for source in drills()
        for module, name in admission_imports(source)
        if name not in (flood.__all__ if module == "doorward.admission.flood" else NUMBERS)
    ]
    assert drills()
    assert behind == []


def test_a_drill_decides_nothing_itself() -> None:
    """It defines no verb of admission, and compares no class of callers with another."""
    assert {source.name: faults_of(source.tree) for source in drills() if faults_of(source.tree)} == {}


@pytest.mark.parametrize(
    "line",
    [
        "def admit(arriving): ...",
        "if visit.caller_class == 'anonymous': pass",
        "served = [one for one in queue if one.caller_class != other.caller_class]",
        "first = verdict.rank < other.rank",
        "if kind in {'signed', 'known'}: pass",
    ],
)
def test_admission_of_its_own_would_be_seen(line: str) -> None:
    """The test above is not blind."""
    assert faults_of(ast.parse(line))


def test_the_product_has_one_gate() -> None:
    """Measuring sticks stay in bench/: in the product flood control alone answers a drill."""
    gates = [
        node.name
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
        and {"arrive", "reconsider", "may_serve"} <= {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    ]
    assert sorted(gates) == ["FloodControl", "Gate"]


def test_the_floor_and_its_gate_cannot_name_a_label() -> None:
    """Whose a contact was is no word in the modules that decide and play."""
    named = {
        source.name: sorted(
            {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)} & LABELS
            | {node.attr for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)} & LABELS
        )
        for source in drills()
        if source.path.stem in DECIDES
    }
    assert len(named) == len(DECIDES)
    assert all(words == [] for words in named.values()), named
