"""What the house does by itself for every company: one company's trouble is not the others'."""

from collections.abc import Callable
from typing import Any

import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import Scope


def test_one_companys_trouble_is_not_the_others(
    house: House, halden: Tenant, brisa: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever company the work of a sweep fails for, the other one's is done, and the sweep ends well."""
    sweeps: list[tuple[Callable[[], None], Any, str]] = [
        (house.keep_time_at_the_desk, house.desk, "keep_time"),
        (house.keep_time_at_the_desk, house.promises, "keep_time"),
        (house.retire_absent, house.attendance, "retire_absent"),
        (house.retire_absent, house.attendance, "reroute"),
        (house.offer_call_backs, house.offering, "keep_time"),
        (house.keep_time_for_rules, house.rule_work.timekeeper, "keep_time"),
        (house.send_reports, house.scheduled_reports, "send_due"),
        (house.read_ledgers, house.ledger_reading, "ask"),
        (house.replay_destructions, house.destruction, "replay"),
    ]
    for sweep, room, verb in sweeps:
        for troubled in (halden.id, brisa.id):
            served: set[str] = set()

            def work(scope: Scope, troubled: str = troubled, served: set[str] = served) -> None:
                if scope.tenant_id == troubled:
                    raise LookupError("something that nobody foresaw")
                served.add(scope.tenant_id)

            with monkeypatch.context() as patched:
                patched.setattr(room, verb, work)
                sweep()
            assert served == {halden.id, brisa.id} - {troubled}, verb
