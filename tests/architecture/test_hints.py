"""How somebody felt has five readers and writers, and nobody who exports, searches, reports, lists or counts is one."""

import re

from tests.architecture.code import PRODUCT

MAY = {
    "keep_hint": "flow/closing.py",
    "hint_of": "doors/web/desk/conversation/view.py",
    "was_in_need": "flow/flood/knocking.py",
    "forget_hints": "flow/destroy.py",
    "sweep_hints": "bootstrap/house.py",
}
"""Each verb over kept hints, and the one module outside that calls it. Admission asks whether somebody is in need: from
them no flood may keep a person. It hears yes or no."""

_OWN = "understanding/feelings/"


def naming(word: str) -> set[str]:
    """Return the files of the product that name a word, those of the feelings themselves left out."""
    files = (path for path in PRODUCT.rglob("*.py") if re.search(rf"\b{word}\b", path.read_text(encoding="utf-8")))
    names = {path.relative_to(PRODUCT).as_posix() for path in files}
    return {name for name in names if not name.startswith(_OWN)}


def test_each_verb_has_one_caller() -> None:
    """Whoever wants to read how somebody felt has to change this list, and to say why."""
    assert {word: naming(word) for word in MAY} == {word: {name} for word, name in MAY.items()}


def test_nobody_else_reads_the_table() -> None:
    """Not by its name in the database either, but for the step that makes it."""
    assert naming("hint_table") == set()
    made = {name for name in naming("understanding_hint") if not name.startswith("migrations/versions/")}
    assert made == set()
    assert not {name for name in naming("doorward.understanding.feelings") if name not in MAY.values()} - {
        "understanding/__init__.py",
        "understanding/intent.py",
    }
