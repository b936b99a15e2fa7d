"""What every detector plugin promises, whoever wrote it: found by looking into the folder of detectors."""

import re
from typing import Any

import msgspec
import pytest

from doorward.kit.plugins import discover
from doorward.protection.ports import Detector, Inspector
from doorward.protection.screener import Screener
from doorward.vocabulary.text import WildText
from tests.support.screening import MATCHERS, all_packs, detector, screener

FOUND = {plugin.manifest.id: plugin for plugin in discover("detector")}
NAMES = tuple(FOUND)


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding that a case asks for. Places are asked for when they are given."""

    kind: str
    start: int | None = None
    end: int | None = None
    subkind: str | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message and what the detector must find in it; nothing where `findings` is missing."""

    text: str
    findings: tuple[Expected, ...] = ()


def cases(group: str) -> list[Any]:
    """Return the cases of one group of all detectors, with the detector's name."""
    found = []
    for name in NAMES:
        lines = (FOUND[name].folder / "cases" / f"{group}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [
            pytest.param(name, msgspec.json.decode(line, type=Case), id=f"{name}-{n}") for n, line in enumerate(lines)
        ]
    return found


def check(name: str, case: Case) -> None:
    """Assert that the detector, among all others, finds in a text what the case asks for, with both matchers."""
    kinds = detector(name).kinds
    for matcher in MATCHERS:
        findings = [f for f in screener(matcher, also=name).screen(WildText(case.text)).findings if f.kind in kinds]
        if all(expected.start is not None for expected in case.findings):
            assert [(f.kind, f.start, f.end) for f in findings] == [(e.kind, e.start, e.end) for e in case.findings]
        else:
            found = {(f.kind, f.subkind) for f in findings} | {(f.kind, None) for f in findings}
            assert found >= {(expected.kind, expected.subkind) for expected in case.findings}


@pytest.mark.parametrize(("name", "case"), cases("hit"))
def test_a_detector_finds_what_it_says(name: str, case: Case) -> None:
    """What a detector's own examples show is found where they show it."""
    assert case.findings
    check(name, case)


@pytest.mark.parametrize(("name", "case"), cases("miss"))
def test_a_detector_leaves_the_rest_alone(name: str, case: Case) -> None:
    """What merely looks alike is left alone."""
    assert case.findings == ()
    check(name, case)


@pytest.mark.parametrize(("name", "case"), cases("evasion"))
def test_a_detector_is_not_fooled(name: str, case: Case) -> None:
    """Disguises that people use are seen through."""
    assert case.findings
    check(name, case)


@pytest.mark.parametrize("name", NAMES)
def test_a_detector_says_what_it_is(name: str) -> None:
    """Folder, plugin.toml, card and detector agree."""
    found = detector(name)
    assert isinstance(found, Detector | Inspector)
    assert found.reads == "wild"
    assert found.family in {"sensitive", "threat"}
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", kind) for kind in found.kinds)
    card = (FOUND[name].folder / "README.md").read_text(encoding="utf-8")
    assert "Catches" in card
    assert "Misses" in card


@pytest.mark.parametrize("name", NAMES)
def test_a_detector_is_ready_for_any_set_of_languages(name: str) -> None:
    """Without a pack, or with one alone, a detector still works, and finds nothing where there is nothing."""
    for packs in ((), *((pack,) for pack in all_packs())):
        alone = Screener([detector(name)], packs, matcher="re")
        assert alone.screen(WildText("Where is my parcel? I have waited for 10 days.")).findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_rules_name_their_detector(name: str) -> None:
    """Every finding of the examples says by its rule which detector made it."""
    text = "\n".join(param.values[1].text for param in cases("hit") if param.values[0] == name)
    kinds = detector(name).kinds
    rules = {f.rule.partition(".")[0] for f in screener(also=name).screen(WildText(text)).findings if f.kind in kinds}
    assert name in rules
