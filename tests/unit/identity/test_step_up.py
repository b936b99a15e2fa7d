"""Step-up by a mailed code."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest

from doorward.identity import Confirmation, Mail, MailDelayed, MailRefused, MailSender
from doorward.kit.jobs import ClaimedJob
from doorward.plugins.connectors.outbox.plugin import MemoryOutbox
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.errors import NotAllowed, NotFound
from doorward.vocabulary.ids import PartyId
from doorward.vocabulary.party import AssuranceLevel
from doorward.vocabulary.scope import Scope
from tests.support.identities import AYSE, BORIS, Office


class Post:
    """Step-up with an outbox at its end."""

    def __init__(self, office: Office) -> None:
        """Take an office."""
        self.office = office
        self.outbox = MemoryOutbox(office.clock)
        self.sent: Callable[[Mail], None] = self.outbox.send

    def start(self, party_id: PartyId, email: str = AYSE.email, *, scope: Scope | None = None) -> None:
        """Ask for a code."""
        where = scope or self.office.scope
        self.office.write(lambda tx: self.office.identity.step_up.start(tx, where, party_id, email=email), where)

    def confirm(self, party_id: PartyId, code: str) -> Confirmation:
        """Hand a code in."""
        office = self.office
        return office.write(lambda tx: office.identity.step_up.confirm(tx, office.scope, party_id, code=code))

    def deliver(self) -> None:
        """Run every job that was asked for, again if it ran before."""
        office = self.office
        sender = MailSender(
            office.transactions, keys=office.keys, parties=office.identity.parties, mailer=_Mailer(self)
        )
        for row in office.jobs():
            assert row.kind == sender.kind
            sender(
                ClaimedJob(
                    id=row.id, tenant_id=row.tenant_id, kind=row.kind, key=row.key, payload=row.payload, attempts=1
                )
            )

    def codes(self) -> list[str]:
        """Return the codes that arrived, the latest first."""
        return [re.findall(r"code=(\d{6})\b", sent.mail.text)[0] for sent in self.outbox.mails()]


class _Mailer:
    def __init__(self, post: Post) -> None:
        self.post = post

    def send(self, mail: Mail) -> None:
        """Send as the post does now."""
        self.post.sent(mail)

    def ping(self) -> None:
        """Be well."""


@pytest.fixture
def post(office: Office) -> Post:
    """An office with a post room."""
    return Post(office)


def _another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_verifies_the_visitor_as_the_customer(post: Post) -> None:
    """Whoever reads the customer's mail is verified: the visitor is the customer, here, from now on."""
    office = post.office
    ayse, visitor = office.a_customer(AYSE), office.a_visitor(language="tr")
    post.start(visitor, " AYSE.YILMAZ@example.org")
    post.deliver()
    sent = post.outbox.mails()[0].mail
    assert sent.to == AYSE.email
    assert sent.subject == "tr mail.code.subject company=Halden Bank"
    assert sent.text.startswith("tr mail.code.body company=Halden Bank code=")
    confirmation = post.confirm(visitor, post.codes()[0]).require()
    assert confirmation.level == AssuranceLevel.VERIFIED
    assert confirmation.customer is not None
    assert (confirmation.customer.id, confirmation.customer.reference) == (ayse.id, AYSE.reference)
    grant = office.read(lambda tx: office.identity.require(tx, office.scope, visitor, action="order.place"))
    assert (grant.party_id, grant.reference) == (ayse.id, AYSE.reference)
    assert office.actions()[-5:] == [
        "party.made",
        "identity.code_asked",
        "mail.sent",
        "party.linked",
        "identity.raised",
    ]


def test_nobody_can_tell_whether_an_address_is_known(post: Post) -> None:
    """For a known and an unknown address the same rows are written, of the same shape; only one mail goes out."""
    office = post.office
    office.a_customer(AYSE)
    shapes = []
    for email in (AYSE.email, "nobody@example.org"):
        before = len(office.audit())
        visitor = office.a_visitor()
        post.start(visitor, email)
        code = next(row for row in office.rows("identity_code") if row.party_id == visitor)
        mail = next(row for row in office.rows("identity_mail") if row.party_id == visitor)
        shapes.append(
            (
                [action for action, _, _ in office.audit()[before:]],
                (code.attempts_left, code.expires_at, len(code.code_hash)),
                (mail.expires_at, mail.sealed is not None),
                len([row for row in office.jobs() if row.payload == {"mail_id": mail.id}]),
            )
        )
    assert shapes[0] == shapes[1]
    post.deliver()
    assert [sent.mail.to for sent in post.outbox.mails()] == [AYSE.email]
    assert office.rows("identity_mail") == []


def test_a_code_for_nobody_is_never_right(post: Post) -> None:
    """All million codes are wrong for an unknown address: even the one that was made but not sent."""
    office = post.office
    visitor = office.a_visitor()
    post.start(visitor, "nobody@example.org")
    mail = office.rows("identity_mail")[0]
    sealed = office.keys.open(
        office.scope.tenant_id, visitor, bytes(mail.sealed), context=f"identity.mail\x1f{mail.id}".encode()
    )
    code = re.findall(rb"code=(\d{6})", sealed)[0].decode()
    assert not post.confirm(visitor, code).confirmed


def test_three_wrong_codes_use_it_up(post: Post) -> None:
    """After three wrong tries the right code is worth nothing; each refusal was written down although it refused."""
    office = post.office
    office.a_customer(AYSE)
    visitor = office.a_visitor()
    post.start(visitor)
    post.deliver()
    code = post.codes()[0]
    for _ in range(3):
        refused = post.confirm(visitor, _another(code))
        assert (refused.confirmed, refused.level, refused.customer) == (False, AssuranceLevel.ANONYMOUS, None)
    assert not post.confirm(visitor, code).confirmed
    with pytest.raises(NotAllowed):
        post.confirm(visitor, code).require()
    assert office.actions().count("identity.code_refused") == 5


def test_two_wrong_codes_leave_one_try(post: Post) -> None:
    """A typing mistake or two are forgiven."""
    post.office.a_customer(AYSE)
    visitor = post.office.a_visitor()
    post.start(visitor)
    post.deliver()
    code = post.codes()[0]
    for wrong in (_another(code), ""):
        assert not post.confirm(visitor, wrong).confirmed
    assert post.confirm(visitor, code).confirmed


def test_guesses_at_once_do_not_come_for_free(post: Post) -> None:
    """Of fifty guesses made at the same moment three are looked at, on whichever database."""
    office = post.office
    office.a_customer(AYSE)
    visitor = office.a_visitor()
    post.start(visitor)
    post.deliver()
    code = int(post.codes()[0])
    guesses = [f"{(code + 3 + offset) % 1_000_000:06d}" for offset in range(47)] + [f"{code:06d}"] * 3
    with ThreadPoolExecutor(8) as guessers:
        right = [result.confirmed for result in guessers.map(lambda guess: post.confirm(visitor, guess), guesses)]
    assert not any(right)
    assert [row.attempts_left for row in office.rows("identity_code")] == [0]


def test_a_code_runs_out(post: Post) -> None:
    """Ten minutes later a code is worth nothing."""
    post.office.a_customer(AYSE)
    visitor = post.office.a_visitor()
    post.start(visitor)
    post.deliver()
    post.office.clock.advance(timedelta(minutes=10))
    assert not post.confirm(visitor, post.codes()[0]).confirmed


def test_only_the_newest_code_is_good(post: Post) -> None:
    """Asking again makes the older code worthless, and gives the new one its own tries."""
    post.office.a_customer(AYSE)
    visitor = post.office.a_visitor()
    post.start(visitor)
    post.start(visitor)
    post.deliver()
    codes = dict.fromkeys(post.codes())
    assert sorted(post.confirm(visitor, code).confirmed for code in codes) == [False] * (len(codes) - 1) + [True]


def test_a_code_is_good_once_and_for_one_visitor(post: Post) -> None:
    """A used code is used up, and nobody else can use it before either."""
    post.office.a_customer(AYSE)
    visitor, eavesdropper = post.office.a_visitor(), post.office.a_visitor()
    post.start(visitor)
    post.deliver()
    code = post.codes()[0]
    assert not post.confirm(eavesdropper, code).confirmed
    assert post.confirm(visitor, code).confirmed
    assert not post.confirm(visitor, code).confirmed


def test_who_is_one_customer_does_not_become_another(post: Post) -> None:
    """A visitor known as Ayşe who asks for a code to Boris's address gets the usual answer, and Boris no mail."""
    office = post.office
    ayse = office.a_customer(AYSE)
    office.a_customer(BORIS)
    visitor = office.a_visitor()
    office.write(lambda tx: office.identity.parties.link(tx, office.scope, visitor, customer_id=ayse.id))
    post.start(visitor, BORIS.email)
    post.start(ayse.id, BORIS.email)
    post.deliver()
    assert post.outbox.mails() == ()


def test_the_mail_goes_to_the_address_on_file(post: Post) -> None:
    """An address that only looks like the customer's finds the customer, and the mail goes to the real one."""
    post.office.a_customer(AYSE)
    visitor = post.office.a_visitor()
    post.start(visitor, "ａyse.yilmaz@example.org")
    post.deliver()
    assert [sent.mail.to for sent in post.outbox.mails()] == [AYSE.email]


def test_no_code_can_be_read_anywhere(post: Post) -> None:
    """Before and after sending, neither code nor address stands in any table, job or audit row."""
    office = post.office
    office.a_customer(AYSE)
    visitor = office.a_visitor()
    post.start(visitor)
    before = office.everything_stored()
    post.deliver()
    for stored in (before, office.everything_stored()):
        assert f"code={post.codes()[0]}".encode() not in stored
        assert AYSE.email.encode() not in stored
        assert AYSE.email.lower().encode() not in stored
    assert all(set(row.payload) == {"mail_id"} for row in office.jobs())


def test_a_code_lasts_as_long_as_it_must_be_six_digits(post: Post) -> None:
    """Codes have six digits, zeros in front included, and differ."""
    post.office.a_customer(AYSE)
    for _ in range(40):
        post.start(post.office.a_visitor())
    post.deliver()
    codes = post.codes()
    assert len(codes) == 40
    assert len(set(codes)) > 35


def test_a_mail_that_is_delayed_is_tried_again_and_sent_once(post: Post) -> None:
    """While the mail server is away the mail waits; a handler that runs twice sends one mail."""
    post.office.a_customer(AYSE)
    visitor = post.office.a_visitor()
    post.start(visitor)

    def away(_mail: Mail) -> None:
        raise MailDelayed("away")

    post.sent = away
    with pytest.raises(MailDelayed):
        post.deliver()
    assert len(post.office.rows("identity_mail")) == 1
    post.sent = post.outbox.send
    post.deliver()
    post.deliver()
    assert len(post.outbox.mails()) == 1
    assert post.office.rows("identity_mail") == []


def test_a_mail_that_is_refused_is_given_up(post: Post) -> None:
    """A mail that the server refuses for good is forgotten, and the audit says so."""
    post.office.a_customer(AYSE)
    post.start(post.office.a_visitor())

    def refuse(_mail: Mail) -> None:
        raise MailRefused("refused with 550")

    post.sent = refuse
    post.deliver()
    assert post.office.rows("identity_mail") == []
    assert post.office.actions()[-1] == "mail.refused"


def test_a_code_that_is_too_old_is_not_sent(post: Post) -> None:
    """A mail that waited until its code ran out is dropped: it would only confuse."""
    post.office.a_customer(AYSE)
    post.start(post.office.a_visitor())
    post.office.clock.advance(timedelta(minutes=10))
    post.deliver()
    assert post.outbox.mails() == ()
    assert post.office.actions()[-1] == "mail.dropped"


def test_nothing_is_sent_to_somebody_who_was_forgotten(post: Post) -> None:
    """A customer whose key was destroyed in between gets no mail, and the code leads nowhere."""
    office = post.office
    ayse = office.a_customer(AYSE)
    post.start(office.a_visitor())
    office.keys.destroy_party(office.scope.tenant_id, ayse.id)
    post.deliver()
    assert post.outbox.mails() == ()


def test_a_customer_without_an_address_gets_none(post: Post) -> None:
    """Asking for a code to an empty address finds nobody."""
    seed = CustomerSeed(reference="HB-3", name="C", email="", phone="", language="de")
    post.office.a_customer(seed)
    post.start(post.office.a_visitor(), "  ")
    post.deliver()
    assert post.outbox.mails() == ()


def test_another_tenants_visitor_cannot_ask(post: Post) -> None:
    """A visitor of one tenant is nobody at another."""
    visitor = post.office.a_visitor()
    with pytest.raises(NotFound):
        post.start(visitor, scope=post.office.other)


def test_a_confirmation_tells_what_a_door_may_tell(post: Post) -> None:
    """A refused confirmation has no customer in it, whichever reason it was refused for."""
    post.office.a_customer(AYSE)
    refused = post.confirm(post.office.a_visitor(), "123456")
    assert msgspec.structs.asdict(refused) == {
        "confirmed": False,
        "level": AssuranceLevel.ANONYMOUS,
        "customer": None,
    }
