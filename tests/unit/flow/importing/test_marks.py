from pathlib import Path
from typing import Any

import pytest

from doorward import workspace
from doorward.flow.importing import Mapped, read_mapping
from doorward.flow.importing.marks import _as_held
from doorward.flow.importing.people import Agents
from doorward.flow.importing.vendors import FORMATS
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import StaffId


@pytest.mark.parametrize(
    ("holds", "text", "value"),
    [
        ("text", " gold ", "gold"),
        ("text", " ", None),
        ("choice", "blue", "blue"),
        ("choice", "green", None),
        ("yes_no", "Yes", True),
        ("yes_no", "false", False),
        ("yes_no", "perhaps", None),
        ("number", "12", 12),
        ("number", "1.5", 1.5),
        ("number", "nan", None),
        ("number", "1e999", None),
        ("number", "twelve", None),
        ("date", "2024-03-01T10:00:00Z", "2024-03-01"),
        ("date", "March", None),
    ],
)
def test_a_field_holds_what_it_holds(holds: Any, text: str, value: Any) -> None:
    """A value comes in as its field here holds it, or not at all."""
    field = workspace.Attribute(name="field", holds=holds, choices=("blue", "red"))
    held = _as_held(field, text)
    assert held == value
    assert type(held) is type(value)


def test_statuses_become_what_the_mapping_says() -> None:
    """The mapping before the format, the format before the rest."""
    known = FORMATS["zendesk"](Mapped()).statuses
    mapped = Mapped(statuses={"open": "resolved", "odd": "skip"}, other_status="open")
    assert [mapped.target(name, known) for name in ("Open", "odd", "Solved", "never heard of")] == [
        "resolved",
        "skip",
        "resolved",
        "open",
    ]


def test_agents_are_known_by_the_mapping_or_their_name() -> None:
    """The mapping comes first and may say nobody; else the user name before the sign counts."""
    agents = Agents(
        {"mira": StaffId("m"), "otto": StaffId("o")}, Mapped(agents={"boss@acme.example": "mira", "otto@a.example": ""})
    )
    found = [agents.find(name) for name in ("boss@acme.example", "Mira@acme.example", "otto@a.example", "x@a", "")]
    assert found == ["m", "m", None, None, None]


def test_a_mapping_is_read_without_case(tmp_path: Path) -> None:
    """Statuses, agents and authors are found however they are written."""
    path = tmp_path / "mapping.toml"
    path.write_text('[statuses]\n"On Hold" = "open"\n[agents]\n"MIRA@acme.example" = "mira"\n', encoding="utf-8-sig")
    mapped = read_mapping(path)
    assert mapped.statuses == {"on hold": "open"}
    assert mapped.agents == {"mira@acme.example": "mira"}
    path.write_text('[statuses]\nx = "gone"\n', encoding="utf-8")
    with pytest.raises(Malformed, match="statuses"):
        read_mapping(path)
