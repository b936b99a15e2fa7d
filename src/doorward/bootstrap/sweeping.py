"""Sweeps over all tenants: each is served in its turn, and one whose turn fails keeps no other from theirs."""

from collections.abc import Callable, Iterable

from doorward.kit.logging import get_logger
from doorward.kit.tx import Closed
from doorward.vocabulary.scope import Scope

log = get_logger("bootstrap")

Serve = Callable[[Scope], object]
"""Does a sweep's work for one tenant; it may be done again at any time."""


def serve_each(sweep: str, scopes: Iterable[Scope], *work: Serve) -> int:
    """Do all of `work` for every tenant and return how often something failed.

    What fails is written to the log with its tenant and tried again at the sweep's next turn; neither the tenant's
    other work nor other tenants wait for it. Raises `Closed` when the process is stopping.
    """
    failed = 0
    for scope in scopes:
        for serve in work:
            try:
                serve(scope)
            except Closed:
                raise
            except Exception:  # whatever it is, it is one tenant's
                failed += 1
                log.exception("bootstrap.sweep.failed", sweep=sweep, tenant_id=scope.tenant_id)
    return failed
