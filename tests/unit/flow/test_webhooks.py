"""Webhooks and the ledger: what is written is told, once, later, again, or no more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from doorward.flow.settle import Settlement
from doorward.flow.webhooks import Alarm, Announcer, Deliverer, Webhooks
from doorward.kit.bus import ProcessBus
from doorward.kit.clock import FixedClock
from doorward.kit.db import Database
from doorward.kit.http import Answer, Exit, ExitRefused, Trouble
from doorward.kit.i18n import Translator
from doorward.kit.jobs import JobWorker
from doorward.kit.keys import Keys, MemoryKeyStore
from doorward.kit.tx import Transactions, Tx
from doorward.plugins.connectors.outbox.plugin import MemoryOutbox
from doorward.vocabulary.entry import Entry
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Outdated
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import MaskedText
from doorward.webhooks import Deliveries, Delivery, Endpoint, Endpoints, EndpointWish
from tests.support.receivers import verified
from tests.support.transactions import CONVERSATION, NOON, OTHER_SCOPE, PARTY, SCOPE, TENANT
from tests.support.words import packs

WISH = EndpointWish(url="https://example.org/hook", with_text=True)
SPREAD = 1.25


@dataclass
class Scripted:
    """A receiver that answers as it is told; `heard` is what it was sent."""

    answer: int | Trouble = 204
    retry_after: int | None = None
    heard: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Answer."""
        self.heard.append((body, dict(headers)))
        if isinstance(self.answer, str):
            raise ExitRefused(self.answer)
        return Answer(status=self.answer, retry_after=self.retry_after)


@dataclass
class Told:
    """A tenant's webhooks over a database, a worker that delivers, and a receiver."""

    transactions: Transactions
    clock: FixedClock
    webhooks: Webhooks
    worker: JobWorker
    receiver: Scripted

    def do(self, work: Callable[[Tx], Outcome[Any]]) -> Any:
        """Write."""
        return self.transactions.write(SCOPE, work)

    def make(self, wish: EndpointWish = WISH) -> tuple[Endpoint, str]:
        """Make an endpoint."""
        made = self.do(lambda tx: self.webhooks.make(tx, SCOPE, wish))
        return made.endpoint, made.secret

    def say(self, key: str, *, kind: Any = "message.customer", **data: Any) -> None:
        """Have something written in the ledger."""
        entry = Entry(
            kind=kind,
            conversation_id=CONVERSATION,
            party_id=PARTY,
            key=key,
            at=self.clock.now(),
            actor=SCOPE.actor,
            text=MaskedText("my card is [CARD·1111]"),
            message_id=MessageId("m" * 26),
            data={"language": "en", "findings": [{"kind": "CARD"}], **data},
        )
        self.do(lambda _tx: Outcome(None, entries=(entry,)))

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """An endpoint as it is now."""
        return self.transactions.read(lambda tx: self.webhooks.endpoints.find(tx, SCOPE, endpoint_id))

    def log(self, endpoint_id: str) -> tuple[Delivery, ...]:
        """The log, the newest first."""
        return self.transactions.read(lambda tx: self.webhooks.deliveries.of_endpoint(tx, SCOPE, endpoint_id))

    def pass_time(self, by: timedelta) -> int:
        """Let time go by and do what is due."""
        self.clock.advance(by)
        return self.worker.run_jobs()


@pytest.fixture
def told(database: Database, clock: FixedClock) -> Iterator[Told]:
    """Webhooks on each kind of database."""
    keys = Keys(MemoryKeyStore())
    keys.make_tenant(TENANT)
    endpoints, deliveries, receiver = Endpoints(keys), Deliveries(), Scripted()
    announcer = Announcer(endpoints, deliveries)
    settlement = Settlement(ProcessBus(), ring=lambda: None)
    settlement.announce = announcer.announce
    transactions = Transactions(database, clock=clock, settle=settlement)
    worker = JobWorker(transactions)
    deliverer = Deliverer(
        transactions, endpoints=endpoints, deliveries=deliveries, sender=receiver, patience=timedelta(days=5)
    )
    worker.register(deliverer.kind, deliverer, lane="webhooks")
    webhooks = Webhooks(endpoints, deliveries, way_out=Exit(), announcer=announcer)
    yield Told(transactions, clock, webhooks, worker, receiver)
    transactions.close()


def test_what_is_written_is_told_once_signed_and_masked(told: Told) -> None:
    """Facts that the event names, the masked text where it is wanted, and nothing else of the line."""
    endpoint, _secret = told.make()
    told.say("one")
    told.say("one")
    told.say("risk", kind="assessment.made")
    assert told.worker.run_jobs() == 1
    assert told.worker.run_jobs() == 0
    ((body, headers),) = told.receiver.heard
    payload = msgspec.json.decode(body)
    assert payload["type"] == "message.customer"
    assert payload["data"]["text"] == "my card is [CARD·1111]"
    assert payload["data"]["facts"] == {"language": "en"}
    assert payload["data"]["conversation_id"] == CONVERSATION
    (line,) = told.log(endpoint.id)
    assert (line.state, line.status, line.attempts, line.event) == ("delivered", 204, 1, "message.customer")
    assert headers["webhook-id"] == line.message_id
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))


def test_both_secrets_sign_while_one_replaces_the_other(told: Told) -> None:
    """For a day receivers with the old and with the new secret verify what they get; then the old one is over."""
    endpoint, old = told.make()
    rotated = told.do(lambda tx: told.webhooks.endpoints.rotate(tx, SCOPE, endpoint.id, edition=1))
    told.say("one")
    told.worker.run_jobs()
    body, headers = told.receiver.heard[-1]
    for secret in (old, rotated.secret):
        assert verified(secret, headers, body, tolerance=1e12)
    told.clock.advance(timedelta(hours=25))
    told.say("two")
    told.worker.run_jobs()
    body, headers = told.receiver.heard[-1]
    assert headers["webhook-signature"].count("v1,") == 1
    assert verified(rotated.secret, headers, body, tolerance=1e12)


def test_events_and_texts_are_chosen(told: Told) -> None:
    """Only what was asked for is told, and no text without a wish."""
    told.make(EndpointWish(url="https://example.org/a", events=("message.bot",)))
    told.say("one")
    told.say("two", kind="message.bot")
    assert told.worker.run_jobs() == 1
    payload = msgspec.json.decode(told.receiver.heard[0][0])
    assert payload["type"] == "message.bot"
    assert "text" not in payload["data"]


def test_a_failure_is_tried_again_later_under_the_same_id(told: Told) -> None:
    """Pauses grow; what comes meanwhile waits with it; when it arrives, everything does."""
    endpoint, _ = told.make()
    told.receiver.answer = 500
    told.say("one")
    told.worker.run_jobs()
    told.say("two")
    told.worker.run_jobs()
    assert len(told.receiver.heard) == 1, "an endpoint that failed a moment ago is left alone"
    assert [line.state for line in told.log(endpoint.id)] == ["waiting", "waiting"]
    assert told.endpoint(endpoint.id).failing_since == NOON
    told.receiver.answer = 200
    told.pass_time(timedelta(seconds=20))
    assert [line.state for line in told.log(endpoint.id)] == ["delivered", "delivered"]
    ids = [headers["webhook-id"] for _, headers in told.receiver.heard]
    assert (len(ids), len(set(ids))) == (3, 2)
    assert told.receiver.heard[0][0] in [body for body, _ in told.receiver.heard[1:]]
    assert told.endpoint(endpoint.id).failing_since is None


@pytest.mark.parametrize("answer", ["timeout", "refused", "redirect", 404, 503])
def test_whatever_is_no_2xx_is_a_failure(told: Told, answer: int | Trouble) -> None:
    """The log says what came or why nothing came."""
    endpoint, _ = told.make()
    told.receiver.answer = answer
    told.say("one")
    told.worker.run_jobs()
    (line,) = told.log(endpoint.id)
    assert (line.state, line.status or line.trouble, line.attempts) == ("waiting", answer, 1)


def test_a_receiver_is_left_alone_as_long_as_it_asks(told: Told) -> None:
    """Retry-After counts where it is longer than the pause."""
    endpoint, _ = told.make()
    told.receiver.answer, told.receiver.retry_after = 429, 3600
    told.say("one")
    told.worker.run_jobs()
    told.pass_time(timedelta(minutes=59))
    assert len(told.receiver.heard) == 1
    told.receiver.answer = 204
    told.pass_time(timedelta(minutes=20))
    assert told.log(endpoint.id)[0].state == "delivered"


def test_it_is_switched_off_after_days_of_failures_and_can_be_replayed(told: Told) -> None:
    """Nothing is told there any more, it is said since when and why; switched on, what was lost is told again."""
    endpoint, _ = told.make()
    told.receiver.answer = 500
    for day in range(8):
        told.say(f"day {day}")
        for _ in range(4):
            told.pass_time(timedelta(hours=8))
    off = told.endpoint(endpoint.id)
    assert (off.state, off.disabled_why) == ("disabled", "failing")
    assert off.disabled_at is not None
    assert off.disabled_at - NOON < timedelta(days=8)
    told.say("unheard")
    assert "unheard" not in str(told.log(endpoint.id))
    told.pass_time(timedelta(days=3))
    states = {line.state for line in told.log(endpoint.id)}
    assert states <= {"failed", "dropped"}
    told.do(lambda tx: told.webhooks.change(tx, SCOPE, endpoint.id, WISH, edition=off.edition))
    told.receiver.answer, told.receiver.heard = 204, []
    count = told.do(lambda tx: told.webhooks.deliveries.replay_failed(tx, SCOPE, endpoint.id))
    told.pass_time(timedelta(seconds=1))
    assert len(told.receiver.heard) == count == len(told.log(endpoint.id))
    assert {line.state for line in told.log(endpoint.id)} == {"delivered"}


def test_a_receiver_that_is_gone_is_switched_off_at_once(told: Told) -> None:
    """410 says that nobody will ever listen there again."""
    endpoint, _ = told.make()
    told.receiver.answer = 410
    told.say("one")
    told.worker.run_jobs()
    assert (told.endpoint(endpoint.id).state, told.endpoint(endpoint.id).disabled_why) == ("disabled", "gone")


def test_a_delivery_is_replayed_under_its_id(told: Told) -> None:
    """A receiver that has it already knows it by its id; one that waits is not replayed."""
    endpoint, _ = told.make()
    told.say("one")
    told.worker.run_jobs()
    (line,) = told.log(endpoint.id)
    told.do(lambda tx: told.webhooks.deliveries.replay(tx, SCOPE, line.id))
    with pytest.raises(Conflict):
        told.do(lambda tx: told.webhooks.deliveries.replay(tx, SCOPE, line.id))
    told.worker.run_jobs()
    assert told.receiver.heard[0][0] == told.receiver.heard[1][0]
    assert told.receiver.heard[0][1]["webhook-id"] == told.receiver.heard[1][1]["webhook-id"]


def test_a_job_that_runs_twice_tells_once(told: Told) -> None:
    """The second run finds that its turn is over."""
    endpoint, _ = told.make()
    told.say("one")
    told.worker.run_jobs()
    told.pass_time(timedelta(hours=1))
    assert len(told.receiver.heard) == 1
    assert told.log(endpoint.id)[0].attempts == 1


def test_what_was_told_and_not_noted_is_told_again_under_its_id(told: Told) -> None:
    """A process that dies between telling and noting tells once more; the receiver knows it by the id."""
    endpoint, _ = told.make()
    post, deaths = told.receiver.post, [1]

    def dying(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = post(url, body, headers)
        if deaths.pop() if deaths else 0:
            raise ConnectionAbortedError
        return answer

    told.receiver.post = dying  # type: ignore[method-assign]  # because the test stands in for a death
    told.say("one")
    told.worker.run_jobs()
    assert told.log(endpoint.id)[0].state == "waiting"
    told.pass_time(timedelta(seconds=10))
    ids = [headers["webhook-id"] for _, headers in told.receiver.heard]
    assert (len(ids), len(set(ids))) == (2, 1)
    assert told.log(endpoint.id)[0].state == "delivered"


def test_a_test_is_sent_and_logged(told: Told) -> None:
    """It goes the same way as everything else."""
    endpoint, secret = told.make()
    told.do(lambda tx: told.webhooks.test(tx, SCOPE, endpoint.id))
    told.worker.run_jobs()
    body, headers = told.receiver.heard[0]
    assert verified(secret, headers, body, tolerance=1e12)["type"] == "webhook.test"


def test_changes_need_the_latest_edition_and_possible_wishes(told: Told) -> None:
    """Two who change at once do not undo each other; impossible addresses and events are refused."""
    endpoint, _ = told.make()
    change, find = told.webhooks.change, told.webhooks.endpoints.find
    told.do(lambda tx: change(tx, SCOPE, endpoint.id, WISH, edition=1))
    with pytest.raises(Outdated):
        told.do(lambda tx: change(tx, SCOPE, endpoint.id, WISH, edition=1))
    for wish in (EndpointWish(url="http://example.org/"), EndpointWish(url=WISH.url, events=("nothing",))):
        with pytest.raises(Malformed):
            told.do(lambda tx, wish=wish: told.webhooks.make(tx, SCOPE, wish))  # type: ignore[misc]  # because of the default
    with pytest.raises(NotFound):
        told.transactions.read(lambda tx: find(tx, OTHER_SCOPE, endpoint.id))
    told.do(lambda tx: told.webhooks.endpoints.remove(tx, SCOPE, endpoint.id))
    with pytest.raises(NotFound):
        told.endpoint(endpoint.id)


@pytest.mark.parametrize("answer", [500, 410])
def test_who_made_a_webhook_hears_by_mail_that_it_is_switched_off(told: Told, answer: int) -> None:
    """Once, in the company's language, with the name of the webhook and why; nobody hears who is not named."""
    outbox = MemoryOutbox(told.clock)
    alarm = Alarm(
        told.transactions,
        endpoints=told.webhooks.endpoints,
        mailer=outbox,
        translator=Translator(packs()),
        company_of=lambda _tx, _scope: ("Halden", "en"),
    )
    told.worker.register(alarm.kind, alarm, lane="mail")
    told.make(msgspec.structs.replace(WISH, name="CRM", mail_to="ops@example.org"))
    told.make(msgspec.structs.replace(WISH, name="Untold"))
    told.receiver.answer = answer
    told.say("one")
    for _ in range(60):
        told.pass_time(timedelta(hours=6))
    (sent,) = outbox.mails()
    assert sent.mail.to == "ops@example.org"
    assert sent.mail.subject == "Halden: the webhook CRM is switched off"
    assert ("410" in sent.mail.text) == (answer == 410)


@pytest.mark.parametrize("mail_to", ["no address", "two@example.org,three@example.org", "a@b\r\nBcc: c@d"])
def test_an_address_for_mail_is_one_address(told: Told, mail_to: str) -> None:
    """Nothing else can be written into the head of a mail."""
    with pytest.raises(Malformed):
        told.make(msgspec.structs.replace(WISH, mail_to=mail_to))
