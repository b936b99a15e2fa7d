"""Sweeps over all tenants: one whose turn fails keeps no other from theirs."""

import pytest
import structlog

from doorward.bootstrap.sweeping import serve_each
from doorward.kit.tx import Closed
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.scope import Scope, system_scope

SCOPES = tuple(system_scope(TenantId(name), "test") for name in ("first", "second", "third"))


def test_one_tenants_failure_keeps_nobody_from_being_served() -> None:
    """The others are served, and so is the tenant's own other work; the log says what failed, and for whom."""
    served: list[str] = []

    def broken(scope: Scope) -> None:
        if scope.tenant_id == "second":
            raise LookupError("something that nobody foresaw")
        served.append(f"broken {scope.tenant_id}")

    with structlog.testing.capture_logs() as lines:
        failed = serve_each("desk", SCOPES, broken, lambda scope: served.append(f"whole {scope.tenant_id}"))
    assert failed == 1
    assert served == ["broken first", "whole first", "whole second", "broken third", "whole third"]
    assert [(line["event"], line["sweep"], line["tenant_id"]) for line in lines] == [
        ("bootstrap.sweep.failed", "desk", "second")
    ]


def test_a_process_that_stops_begins_nothing_more() -> None:
    """Once the database is closed nobody is served any more."""
    served: list[str] = []

    def closing(scope: Scope) -> None:
        served.append(scope.tenant_id)
        raise Closed

    with pytest.raises(Closed):
        serve_each("desk", SCOPES, closing)
    assert served == ["first"]
