"""`doorward audit`: whether the audit is what was written."""

from typing import Literal

import msgspec
import rich_click as click

from doorward import record
from doorward.doors.cli.ending import Code
from doorward.doors.cli.opening import Office, office, scope_of
from doorward.doors.cli.options import examples, with_json, with_settings, with_tenant
from doorward.doors.cli.output import hint, print_json, progress, say
from doorward.kit.db.trouble import database_trouble
from doorward.kit.settings import Settings
from doorward.vocabulary.scope import Scope


class AuditVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant's audit as `--json` prints it: rows checked, rows not yet sealed, and the first problem, if any."""

    tenant: str
    state: Literal["ok", "broken"]
    sealed: int
    unsealed: int
    problem: record.AuditProblem | None


@click.group()
def command() -> None:
    """Check the audit."""


@command.command(epilog=examples("doorward audit verify", "doorward audit verify --tenant acme --json"))
@with_tenant
@with_json
@with_settings
def verify(settings: Settings, *, tenant: str | None, as_json: bool) -> int:
    """Walk the whole chain of every tenant (or one) and hold it against the signed head outside the database.

    Finds a changed byte, a removed row and a cut tail. Works while Doorward runs: it only reads. Exit code 1 when
    something is wrong.
    """
    with office(settings, read_only=True) as opened, progress("checking the audit") as tell:
        tenants = opened.tenants() if tenant is None else (opened.tenant(tenant),)
        verdicts = []
        for done, one in enumerate(tenants):
            tell(done, len(tenants), doing=one.slug)
            verdicts.append(_verdict(one.slug, _check(opened, scope_of(one))))
    if as_json:
        print_json(verdicts)
    else:
        _tell(verdicts)
    return Code.FAILED if any(verdict.problem for verdict in verdicts) else Code.OK


def _check(opened: Office, scope: Scope) -> record.AuditReport:
    """Verify one tenant's audit; a chain that cannot even be read is broken, not a crash."""
    folder = opened.settings.folder / "audit"
    try:
        return opened.read(lambda tx: record.verify_audit(tx, scope, keys=opened.keys, folder=folder))
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError):
        detail = "a row or the signed head cannot be read any more: it was changed"
    except Exception as error:
        words = database_trouble(error)
        if words is None:
            raise
        detail = words
    problem = record.AuditProblem(code="row_changed", seq=0, detail=detail)
    return record.AuditReport(sealed=0, unsealed=0, problem=problem)


def _verdict(slug: str, report: record.AuditReport) -> AuditVerdict:
    return AuditVerdict(
        tenant=slug,
        state="broken" if report.problem else "ok",
        sealed=report.sealed,
        unsealed=report.unsealed,
        problem=report.problem,
    )


def _tell(verdicts: list[AuditVerdict]) -> None:
    for verdict in verdicts:
        if verdict.problem is not None:
            place = f" at row {verdict.problem.seq}" if verdict.problem.seq else ""
            say(f"{verdict.tenant}: BROKEN{place}: {verdict.problem.detail}.")
            continue
        waiting = f", {verdict.unsealed} not yet sealed" if verdict.unsealed else ""
        say(f"{verdict.tenant}: {verdict.sealed} rows are as they were written{waiting}.")
    if not verdicts:
        say("There are no tenants, so there is no audit yet.")
    if any(verdict.problem for verdict in verdicts):
        hint(
            "Somebody changed the audit outside Doorward, or a part of it was lost. Keep a copy of the database and of"
        )
        hint("the audit folder as they are, and compare with your backups from the last time this check passed.")
