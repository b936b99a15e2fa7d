"""Forgetting what time has ended, and the marks that every query carries."""

import ast
from datetime import timedelta
from pathlib import Path

import doorward.identity.repository
from doorward.identity import sweep_codes, sweep_host_tokens, sweep_sessions, sweep_sign_ins
from tests.support.identities import AYSE, SETTINGS, Office
from tests.unit.identity.test_host_tokens import Host


def test_ended_sessions_are_forgotten(office: Office) -> None:
    """Sessions that are idle or over go, those in use stay; sweeping again finds nothing."""
    office.a_member()
    office.sign_in()
    office.clock.advance(timedelta(minutes=40))
    office.sign_in()
    office.clock.advance(timedelta(minutes=30))
    assert office.write(lambda tx: sweep_sessions(tx, settings=SETTINGS.sessions)) == 1
    assert office.write(lambda tx: sweep_sessions(tx, settings=SETTINGS.sessions)) == 0
    assert len(office.rows("identity_session")) == 1


def test_codes_and_mails_are_forgotten_when_they_run_out(office: Office) -> None:
    """A code and its mail are there while they are good and gone afterwards."""
    office.a_customer(AYSE)
    visitor = office.a_visitor()
    office.write(lambda tx: office.identity.step_up.start(tx, office.scope, visitor, email=AYSE.email))
    assert office.write(sweep_codes) == 0
    office.clock.advance(timedelta(minutes=10))
    assert office.write(sweep_codes) == 2
    assert (office.rows("identity_code"), office.rows("identity_mail")) == ([], [])


def test_used_tokens_are_remembered_as_long_as_they_could_be_good(office: Office) -> None:
    """The trace of a used token stays until the token is too old to be replayed, then goes."""
    host = Host(office)
    host.accept(host.token())
    office.clock.advance(timedelta(seconds=120))
    assert office.write(sweep_host_tokens) == 0
    office.clock.advance(timedelta(seconds=60))
    assert office.write(sweep_host_tokens) == 1


def test_failures_and_places_are_forgotten(office: Office) -> None:
    """Failed attempts go after a day, known places after half a year without a visit."""
    office.a_member()
    office.sign_in()
    office.sign_in(password="wrong")
    assert office.write(sweep_sign_ins) == 0
    office.clock.advance(timedelta(hours=24))
    assert office.write(sweep_sign_ins) == 2
    office.clock.advance(timedelta(days=180))
    assert office.write(sweep_sign_ins) == 2
    assert (office.rows("identity_attempt"), office.rows("identity_familiar")) == ([], [])


def test_every_query_has_a_scope_or_says_why_not() -> None:
    """Each public function of the repository takes a transaction and a scope, or is marked as crossing tenants."""
    folder = Path(next(iter(doorward.identity.repository.__path__)))
    seen = 0
    for path in folder.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                seen += 1
                names = [argument.arg for argument in node.args.args]
                marks = [ast.unparse(decorator) for decorator in node.decorator_list]
                scoped = names[:2] == ["tx", "scope"]
                marked = names[:1] == ["tx"] and any(mark.startswith("crosses_tenants(") for mark in marks)
                assert scoped != marked, f"{path.name}: {node.name}"
    assert seen > 40
