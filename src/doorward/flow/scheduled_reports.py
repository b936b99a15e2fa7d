"""Reports that are told of by mail: found due by the clock, once each, and sent as a link that asks to sign in."""

from collections.abc import Callable
from datetime import datetime, time
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from doorward import measure, workspace
from doorward.identity import Mail, Mailer, MailRefused, Phrasebook
from doorward.kit.ids import derive_id
from doorward.kit.jobs import ClaimedJob
from doorward.kit.logging import get_logger
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions, Tx
from doorward.measure import Rhythm
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Job, Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.workspace import ReportSchedule, WrittenPiece

log = get_logger("flow.reports")

_JOB: Final = "flow.report"


class ScheduledReports:
    """Finds what is due, and sends it. Jobs may run twice: a mail has a key of its own."""

    kind = _JOB

    def __init__(
        self,
        transactions: Transactions,
        *,
        mailer: Mailer,
        phrases: Phrasebook,
        settings_of: Callable[[TenantId], TenantSettings],
        public_url: str,
    ) -> None:
        """Send by `mailer`; links begin with `public_url`."""
        self._transactions = transactions
        self._mailer = mailer
        self._phrases = phrases
        self._settings_of = settings_of
        self._public_url = public_url.rstrip("/")

    def send_due(self, scope: Scope) -> int:
        """Ask for the mails of every schedule whose time has come, and return how many schedules that were.

        Of times that were missed, as while the house stood still, the latest alone counts. Asks the database to write
        only if there is something to do.
        """
        zone = ZoneInfo(self._settings_of(scope.tenant_id).time_zone)
        due = self._transactions.read(lambda tx: _due(tx, scope, zone))
        for schedule, moment in due:
            self._transactions.write(scope, partial(_ask, scope=scope, schedule=schedule, moment=moment))
        return len(due)

    def __call__(self, job: ClaimedJob) -> None:
        """Send one mail. Raises `MailDelayed` when it should be tried again later."""
        scope = system_scope(TenantId(job.tenant_id), "reports")
        key, moment = job.payload["schedule"], datetime.fromisoformat(job.payload["due"])
        schedule = self._transactions.read(lambda tx: _schedule(tx, scope, key))
        found = () if schedule is None else schedule.mail_to
        to = next((one for one in found if _name_of(scope, key, one) == job.payload["to"]), None)
        if to is None and job.payload["to"].isdigit():  # asked for before addresses were known by a hash
            to = next(iter(found[int(job.payload["to"]) :]), None)
        if schedule is None or to is None:
            return  # it was removed, or the address was, before its mail went out
        day = moment.astimezone(ZoneInfo(self._settings_of(scope.tenant_id).time_zone)).date()
        link = f"{self._public_url}/desk/reports/sent/{key}/{day.isoformat()}"
        mail = Mail(
            to=to,
            subject=self._phrases.say(schedule.language, "report.mail.subject", name=schedule.name),
            text=self._phrases.say(schedule.language, "report.mail.body", name=schedule.name, link=link),
            idempotency_key=job.id,
        )
        try:
            self._mailer.send(mail)
        except MailRefused:
            log.warning("flow.report.refused", tenant_id=scope.tenant_id, job_id=job.id)


def rhythm_of(schedule: ReportSchedule) -> Rhythm:
    """Return how often a schedule's report is sent, and when."""
    return Rhythm(every=schedule.every, at=time.fromisoformat(schedule.at), weekday=schedule.weekday, day=schedule.day)


def _name_of(scope: Scope, key: str, address: str) -> str:
    """Return by what the job of an address is known: a hash, which stays the same wherever it stands in the list.

    A job outlives its mail by days; the address itself is the schedule's alone.
    """
    return derive_id("report.mail", scope.tenant_id, key, address)


def _schedule(tx: Tx, scope: Scope, key: str) -> ReportSchedule | None:
    try:
        piece = workspace.find_piece(tx, scope, "schedule", key).piece
    except NotFound:
        return None
    return piece if isinstance(piece, ReportSchedule) else None


def _due(tx: Tx, scope: Scope, zone: ZoneInfo) -> list[tuple[WrittenPiece, datetime]]:
    """Return the schedules whose time has come since they were last seen to, or since they were written."""
    found = []
    written = workspace.list_pieces(tx, scope, "schedule")
    sent = measure.sent_until(tx, scope) if written else {}
    for one in written:
        if isinstance(one.piece, ReportSchedule):
            moment = measure.last_due(rhythm_of(one.piece), tx.now, zone=zone)
            if moment > max(one.changed_at, sent.get(one.key, one.changed_at)):
                found.append((one, moment))
    return found


def _ask(tx: Tx, *, scope: Scope, schedule: WrittenPiece, moment: datetime) -> Outcome[bool]:
    """Ask for the mails of a schedule, unless another process has."""
    if not isinstance(schedule.piece, ReportSchedule) or not measure.note_sent(tx, scope, schedule.key, moment):
        return Outcome(value=False)
    names = dict.fromkeys(_name_of(scope, schedule.key, one) for one in schedule.piece.mail_to)
    jobs = tuple(
        Job(
            kind=_JOB,
            key=f"{schedule.key}:{moment.isoformat()}:{name}",
            payload={"schedule": schedule.key, "due": moment.isoformat(), "to": name},
        )
        for name in names
    )
    audit = AuditEvent(action="report.sent", object_kind="workspace.schedule", object_id=schedule.key)
    return Outcome(value=True, entries=(audit,), jobs=jobs)
