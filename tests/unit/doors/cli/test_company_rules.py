"""`doorward screen` under a company's rules: its own kinds, its policies, what it has published."""

import json
import pickle
from pathlib import Path

import pytest

from doorward.doors.cli.company_rules import LONGEST_FILE, CompanyRules
from doorward.kit.tenant_settings import OwnKind, TenantSettings
from doorward.vocabulary.text import WildText
from tests.support.screening import screener
from tests.unit.doors.cli.conftest import Call

CARD = "4111 1111 1111 1111"
HOTLINE = "+49 30 1234567"
ACME = CompanyRules(
    tenant=TenantSettings(
        masking={"CARD": {"*": "mask", "api": "keep_last_four"}},
        own_kinds=(OwnKind(name="TOKEN_NAME", words=("heliotrope",)),),
        public_contacts=(HOTLINE,),
    )
)


def shown(rules: CompanyRules, text: str) -> str:
    """Return a text masked under rules that have travelled to a worker."""
    travelled: CompanyRules = pickle.loads(pickle.dumps(rules))  # noqa: S301 - as a pool of processes hands it over
    return travelled.over(screener()).screen(WildText(text)).masked.text


def test_a_companys_rules_are_applied() -> None:
    """Kinds of its own are found, its policy says what of a value is shown, what it published stays."""
    text = f"heliotrope, card {CARD}, hotline {HOTLINE}"
    assert shown(ACME, text) == f"[TOKEN_NAME], card [CARD], hotline {HOTLINE}"
    assert shown(CompanyRules(tenant=ACME.tenant, channel="api"), text).startswith("[TOKEN_NAME], card [CARD·1111]")
    assert shown(CompanyRules(), text).startswith("heliotrope, card [CARD·1111], hotline [PHONE")
    assert shown(CompanyRules(facts=(HOTLINE,)), text).endswith(HOTLINE)


def test_a_short_value_is_still_understood_by_its_name() -> None:
    """What stands before a text is known under rules as well."""
    assert ACME.over(screener()).after(WildText("pin:")).screen(WildText("4711")).masked.text == "[PIN]"


def test_rules_are_part_of_what_a_run_was_begun_with() -> None:
    """Other rules are other detectors; what decides nothing about masking is not."""
    fingerprints = {
        rules.added_to("detectors")
        for rules in (
            ACME,
            CompanyRules(),
            CompanyRules(facts=(HOTLINE,)),
            CompanyRules(tenant=ACME.tenant, channel="api"),
        )
    }
    assert len(fingerprints) == 4
    assert CompanyRules().added_to("detectors") == "detectors"
    assert CompanyRules(tenant=TenantSettings(agent_capacity=9), facts=("x",)).added_to("d") == CompanyRules(
        facts=("x",)
    ).added_to("d")


def test_an_archive_is_screened_as_its_tenant_wishes(call: Call, data: Path, tmp_path: Path) -> None:
    """The command reads the rules from the house, and the facts from a file; the archive is no part of the house."""
    assert call("settings", "set", "masking", '{"CARD": {"*": "mask"}}', "--tenant", "acme", "--data", data).code == 0
    (tmp_path / "facts.txt").write_text(f"# ours\n\n{HOTLINE}\n", encoding="utf-8")
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps({"id": 1, "text": f"card {CARD}, call {HOTLINE}"}) + "\n", encoding="utf-8")
    done = call(
        *("screen", source, "--masked", tmp_path / "b.jsonl", "--workers", "1", "--tenant", "acme", "--data", data),
        *("--public", tmp_path / "facts.txt"),
    )
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "b.jsonl").read_bytes())["text"] == f"card [CARD], call {HOTLINE}"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--tenant", "nobody"), "There is no tenant 'nobody'"),
        (("--tenant", "acme", "--channel", "pigeon"), "There is no channel 'pigeon'"),
        (("--channel", "api"), "say whose with --tenant"),
        (("--public", "long.txt"), "longer than"),
        (("--public", "latin.txt"), "not UTF-8"),
    ],
)
def test_rules_that_are_not_there_are_refused(
    words: tuple[str, ...], sentence: str, call: Call, data: Path, tmp_path: Path
) -> None:
    """Nothing is screened under fewer rules than were asked for."""
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "x"}\n', encoding="utf-8")
    (tmp_path / "long.txt").write_bytes(b"x" * (LONGEST_FILE + 1))
    (tmp_path / "latin.txt").write_bytes(b"\xe4\xff")
    done = call("screen", "a.jsonl", "--masked", "b.jsonl", "--data", data, *words)
    assert done.code != 0
    assert sentence in done.err
    assert not (tmp_path / "b.jsonl").exists()
