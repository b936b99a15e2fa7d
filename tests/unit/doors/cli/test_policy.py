"""`doorward policy`: rules shown and rehearsed from the command line."""

from pathlib import Path

from tests.unit.doors.cli.conftest import Call


def test_rules_are_shown_in_their_order(call: Call, data: Path) -> None:
    """Each with its condition in words of the language that it is written in."""
    shown = call("policy", "show", "--data", data)
    assert shown.code == 0, shown.err
    assert "first_line.person_has_it" in shown.out
    rules = call("policy", "show", "--data", data, "--json").json["rules"]
    assert rules[0]["when"] == 'state in ["human", "waiting"]'
    assert rules[-1]["when"] == ""


def test_the_file_that_is_shown_can_be_rehearsed(call: Call, data: Path, tmp_path: Path) -> None:
    """What is in force changes nothing; the answer says so, in words and as JSON."""
    file = tmp_path / "rules.toml"
    file.write_text(call("policy", "show", "--file", "--data", data).out, encoding="utf-8")
    done = call("policy", "rehearse", "--rules", file, "--data", data)
    assert (done.code, "No decision would change." in done.out) == (0, True), done.err
    answer = call("policy", "rehearse", "--rules", file, "--days", "7", "--data", data, "--json").json
    assert answer["rehearsal"]["changes"] == []
    assert answer["version"].startswith("10+")


def test_a_wrong_file_is_a_sentence(call: Call, data: Path, tmp_path: Path) -> None:
    """The rule is named, nothing is printed, and the code says that something is not as it must be."""
    file = tmp_path / "rules.toml"
    file.write_text("[[rule]]\nname='a'\naction='answer'\nreason='x'\nwhen='moon > 1'", encoding="utf-8")
    done = call("policy", "rehearse", "--rules", file, "--data", data)
    assert (done.code, done.out) == (4, "")
    assert "Rule 'a': there is no 'moon'" in done.err
    file.write_bytes(b"\xff")
    assert "not UTF-8" in call("policy", "rehearse", "--rules", file, "--data", data).err
