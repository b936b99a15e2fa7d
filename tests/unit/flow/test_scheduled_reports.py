"""Reports by mail: due by the clock, once each, caught up once, and holding nothing but a link."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from doorward import workspace
from doorward.flow.scheduled_reports import ScheduledReports
from doorward.identity import Mail
from doorward.kit.jobs import JobWorker, job_table
from doorward.kit.tenant_settings import TenantSettings
from doorward.workspace import PieceName, ReportSchedule
from tests.support.identities import Office, Phrases


class Post:
    """A mailer that keeps what it was given."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.mails: list[Mail] = []

    def send(self, mail: Mail) -> None:
        """Keep it."""
        self.mails.append(mail)

    def ping(self) -> None:
        """Be there."""


@pytest.fixture
def post() -> Post:
    """What was sent."""
    return Post()


@pytest.fixture
def reports(office: Office, post: Post) -> ScheduledReports:
    """The office's reports."""
    return ScheduledReports(
        office.transactions,
        mailer=post,
        phrases=Phrases(),
        settings_of=lambda _: TenantSettings(),
        public_url="https://desk.example/",
    )


def schedule(office: Office, **wishes: object) -> None:
    """Have the company be told every day at eight."""
    facts = {"name": "Morning", "report": "volume", "every": "day", "mail_to": ("a@example.org", "b@example.org")}
    piece = ReportSchedule(**(facts | wishes))  # type: ignore[arg-type]  # because tests name what they want
    office.write(lambda tx: workspace.put_piece(tx, office.scope, PieceName("morning"), piece))


def at(office: Office, moment: datetime) -> None:
    """Let it be a moment."""
    office.clock.advance(moment - office.clock.now())


def work(office: Office, reports: ScheduledReports) -> int:
    """Do the jobs that wait."""
    worker = JobWorker(office.transactions)
    worker.register(reports.kind, reports, lane="mail")
    return worker.run_jobs()


def morning(office: Office, days: int) -> datetime:
    """Eight in the morning, so many days after today."""
    today = office.clock.now().replace(hour=8, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)


def test_a_report_is_told_of_once_with_a_link_alone(office: Office, reports: ScheduledReports, post: Post) -> None:
    """Not before its time; at its time once to each address; a job that runs again has the same key."""
    eight = morning(office, 1)
    schedule(office)
    at(office, eight - timedelta(seconds=1))
    assert reports.send_due(office.scope) == 0
    at(office, eight)
    assert [reports.send_due(office.scope) for _ in range(3)] == [1, 0, 0]
    assert work(office, reports) == 2
    assert sorted(mail.to for mail in post.mails) == ["a@example.org", "b@example.org"]
    assert len({mail.idempotency_key for mail in post.mails}) == 2
    link = f"https://desk.example/desk/reports/sent/morning/{eight.date()}"
    assert post.mails[0].text == f"en report.mail.body name=Morning link={link}"


def test_times_that_were_missed_are_caught_up_once(office: Office, reports: ScheduledReports, post: Post) -> None:
    """After four days of standing still there is one report, that of the last morning; then it goes on daily."""
    eight = morning(office, 1)
    schedule(office, mail_to=("a@example.org",))
    at(office, eight + timedelta(days=4, hours=1))
    assert reports.send_due(office.scope) == 1
    work(office, reports)
    assert [mail.text.rpartition("/")[2] for mail in post.mails] == [str((eight + timedelta(days=4)).date())]
    at(office, eight + timedelta(days=5))
    assert reports.send_due(office.scope) == 1


def test_what_was_changed_or_removed_meanwhile(office: Office, reports: ScheduledReports, post: Post) -> None:
    """A change counts from then on, and of a schedule that is gone no mail goes out any more."""
    eight = morning(office, 1)
    schedule(office)
    at(office, eight + timedelta(hours=1))
    schedule(office, name="Changed")
    assert reports.send_due(office.scope) == 0
    at(office, eight + timedelta(days=1))
    assert reports.send_due(office.scope) == 1
    office.write(lambda tx: workspace.remove_piece(tx, office.scope, "schedule", PieceName("morning")))
    work(office, reports)
    assert post.mails == []
    query = select(job_table.c.payload)
    assert "example.org" not in str(office.read(lambda tx: tx.execute(query).all()))


def test_a_list_that_is_edited_repeats_and_drops_nothing(office: Office, reports: ScheduledReports, post: Post) -> None:
    """Between the asking and the sending an address moves up, one goes, and one comes: each is told as it should be."""
    eight = morning(office, 1)
    schedule(office, mail_to=("a@example.org", "b@example.org", "c@example.org", "b@example.org"))
    at(office, eight)
    assert reports.send_due(office.scope) == 1
    schedule(office, mail_to=("new@example.org", "c@example.org", "b@example.org"))
    assert work(office, reports) == 3
    assert sorted(mail.to for mail in post.mails) == ["b@example.org", "c@example.org"]
    at(office, eight + timedelta(days=1))
    assert reports.send_due(office.scope) == 1
    work(office, reports)
    assert sorted(mail.to for mail in post.mails[2:]) == ["b@example.org", "c@example.org", "new@example.org"]
