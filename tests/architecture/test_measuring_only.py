"""What a contact looks like is for measuring: nobody is admitted, judged, answered or served by it."""

import ast
from pathlib import Path

import doorward
from doorward.flow.walk import Begun
from doorward.vocabulary.arrival import Arrival, Message

ROOT = Path(doorward.__file__).parent
NAMES = {
    "look_of",
    "Look",
    "LOOKS",
    "unsigned_share",
    "machine_share",
    "ContactCount",
    "contacts_by_month",
    "add_contacts",
}
MAY = (
    *("measure/", "flow/shares.py", "flow/views/reports.py", "bootstrap/"),
    *("flow/contact.py", "flow/machine_contact.py", "flow/machines/acting.py", "flow/threshold.py"),
)
"""Who counts, who shows what was counted, and who puts them together; nobody else may name any of it."""
MODULES = {"doorward.measure.assistants", "doorward.measure.shares", "doorward.flow.shares"}
COUNTING = {"note", "note_signed", "keep"}


def test_nothing_that_decides_can_ask_what_a_contact_looks_like() -> None:
    """Admission, risk, understanding, decision, answering and routing name nothing of it; nor does the walk."""
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(MAY):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
        named = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        named |= {one.name for node in imports if "measure" in (node.module or "") for one in node.names}
        assert not named & NAMES, place
        assert not {node.module for node in imports} & MODULES, place


def test_those_who_count_hear_nothing_back() -> None:
    """Counting returns nothing, and neither a message nor its way through the house has a place for a look."""
    tree = ast.parse((ROOT / "flow" / "shares.py").read_text(encoding="utf-8"))
    verbs = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in COUNTING}
    assert set(verbs) == COUNTING
    assert all(ast.unparse(verb.returns or ast.Constant("")) == "None" for verb in verbs.values())
    fields = {*Arrival.__struct_fields__, *Message.__struct_fields__, *getattr(Begun, "_fields", ())}
    assert not fields & {"look", "user_agent", "assistant"}
