"""Scenarios: what is shipped can be read, and what is wrong is refused with its place."""

from pathlib import Path

import pytest

from doorward.admission.drill import (
    change_scenario,
    load_scenario,
    read_scenario,
    shipped_scenarios,
    text_of,
)
from doorward.admission.drill.loading import LARGEST_FILE, expected_contacts
from doorward.admission.flood import CapacityRules
from doorward.vocabulary.errors import Malformed
from tests.unit.admission.drill.small import FLOOD, small

WAVE = '[[waves]]\nname = "one"\n'
CONTROLS = {"outage", "launch", "mailing"}


def test_fourteen_attacks_and_three_controls_are_shipped() -> None:
    """Each is read, says what it is in words, has texts in five languages, and is an attack unless it is a control."""
    assert len(shipped_scenarios()) == 17
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        assert scenario.title, name
        assert scenario.about, name
        assert bool(scenario.attacks) == (name not in CONTROLS), name
        assert all(set(wave.text) == {"en", "de", "tr", "id", "ru"} for wave in scenario.waves), name


def test_a_scenario_without_anything_is_an_ordinary_day() -> None:
    """Everything has a default, and flood control is set as it is by itself."""
    scenario = read_scenario("")
    assert scenario.waves == ()
    assert scenario.company.control.capacity() == CapacityRules()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("peple = 3", "unknown field `peple`"),
        ("[company]\npeople = -1", "`$.company.people`"),
        ("[company]\npeople = 1_000_000", "`$.company.people`"),
        ("[customers]\nper_minute = -8.0", "`$.customers.per_minute`"),
        ("[customers]\nper_minute = nan", "`$.customers.per_minute`"),
        ("[customers]\nper_minute = inf", "`$.customers.per_minute`"),
        ("[customers]\nmachines = 1.5", "`$.customers.machines`"),
        ("[customers]\nby_platforms = 0.8\nsigned_alone = 0.3", "`$.customers`"),
        ("hours = 73.0", "`$.hours`"),
        ("hours = 'long'", "`$.hours`"),
        ("languages = {}", "`$.languages`"),
        ("[languages]\nen = 0.0", "`$.languages`"),
        ("[channels.voice]\nshare = 0.0", "`$.channels`"),
        ("[company.control.reserved]\nanonymous = 0.9", "`$.company.control`"),
        ("[company.control.reserved]\nstranger = 0.1", "`$.company.control.reserved`"),
        ("[flood_mix]\nanonymous = 1.0", "`$.flood_mix`"),
        (WAVE + "times = 1.0", "`$.waves[0].times`"),
        (WAVE + "begins = 20.0", "`$.waves[0].begins`"),
        (WAVE + "channels = { fax = 1.0 }", "`$.waves[0].channels`"),
        (WAVE + WAVE, "`$.waves[1].name`"),
        ("[[waves]]\nname = 'a b'", "`$.waves[0].name`"),
        (WAVE + "times = 900.0\n[customers]\nper_minute = 5000.0", "contacts"),
        ("detector = 'magic'", "`$.detector`"),
        ("detector = 'assumed:1.5/0'", "`$.detector`"),
        ("= 3", "not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, place: str) -> None:
    """Unknown keys, rates below nothing, sizes beyond reason: one sentence that says where."""
    with pytest.raises(Malformed) as refused:
        read_scenario(text)
    assert place in str(refused.value)


def test_changes_are_made_by_path_or_by_a_word_that_is_at_one_place() -> None:
    """What is set is checked as what is written."""
    changed = small("times=30", "company.people=7", "waves.0.known=0.5", "detector=assumed:.9/.02", "on=false")
    assert changed.waves[0].times == 30
    assert changed.company.people == 7
    assert changed.waves[0].known == 0.5
    assert changed.detector == "assumed:.9/.02"
    assert not changed.company.control.on
    assert change_scenario(changed, []) is changed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("people", "key=value"),
        ("=3", "key=value"),
        ("nothing=3", "no 'nothing'"),
        ("company.nothing=3", "no 'company.nothing'"),
        ("waves.7.times=3", "no 'waves.7.times'"),
        ("known=0.2", "several places"),
        ("company.people=-2", "`$.company.people`"),
        ("company.people=many", "`$.company.people`"),
        ("company.control.reserved.nobody=0.1", "`$.company.control.reserved`"),
    ],
)
def test_a_change_that_means_nothing_is_refused(change: str, sentence: str) -> None:
    """No change is left out in silence."""
    text = FLOOD + '[[waves]]\nname = "other"\n'
    with pytest.raises(Malformed) as refused:
        read_scenario(text, [change])
    assert sentence in str(refused.value)


def test_files_are_read_and_large_or_missing_ones_refused(tmp_path: Path) -> None:
    """A name is a shipped scenario, a path a file; nothing is read without end."""
    file = tmp_path / "ours.toml"
    file.write_text(FLOOD, encoding="utf-8")
    assert load_scenario(str(file)) == small()
    assert read_scenario(text_of("one_call")) == load_scenario("one-call")
    file.write_bytes(b"#" * (LARGEST_FILE + 1))
    for name, sentence in ((str(file), "bytes at the most"), ("no-such.toml", "cannot be read"), ("what", "one-call")):
        with pytest.raises(Malformed, match=sentence):
            load_scenario(name)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(Malformed, match="UTF-8"):
        load_scenario(str(file))


def test_what_a_scenario_brings_is_known_before_it_is_drawn() -> None:
    """Two and a half hours at three a minute, and nine times as many for one."""
    assert expected_contacts(small()) == 3 * 150 + 9 * 3 * 60
