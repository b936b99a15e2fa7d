"""`doorward flood`: how things stand, and what the operator says about it."""

from pathlib import Path

from tests.unit.doors.cli.conftest import Call


def test_the_operator_says_what_holds(call: Call, data: Path) -> None:
    """It holds over what is measured, for others and after this process; taken back, what is measured holds again."""
    tenant = ("--data", data)
    assert call("flood", "status", "--json", *tenant).json["level"] == "green"
    told = call("flood", "override", "red", "--minutes", "5", "--json", *tenant).json
    assert (told["level"], told["measured"]) == ("red", "green")
    seen = call("flood", "status", "--json", *tenant).json
    assert seen["level"] == "red"
    assert seen["override"]["by"] == "operator"
    assert call("flood", "switch", "off", "--json", *tenant).json["off"]
    assert not call("flood", "switch", "on", "--json", *tenant).json["off"]
    assert call("flood", "release", "--json", *tenant).json["level"] == "green"
    assert call("flood", "usual", "120", "--json", *tenant).json["usual_per_hour"] == 120.0
    assert "override: green to red operator" in call("flood", "status", *tenant).out


def test_an_impossible_level_is_not_understood(call: Call, data: Path) -> None:
    """The usual exit code, and nothing is changed."""
    assert call("flood", "override", "blue", "--data", data).code == 2
    assert call("flood", "usual", "0", "--data", data).code == 2
