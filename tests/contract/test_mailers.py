"""What every mailer promises, and what the SMTP connector promises on top, against a real mail server."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult

from doorward.identity import Mail, MailDelayed, Mailer, MailRefused, Outbox, SentMail
from doorward.kit.clock import FixedClock
from doorward.kit.settings import Mail as MailSettings
from doorward.kit.settings import Settings
from doorward.plugins.connectors.outbox import plugin as outbox_plugin
from doorward.plugins.connectors.outbox.plugin import KEPT, MemoryOutbox
from doorward.plugins.connectors.smtp import plugin as smtp_plugin
from doorward.plugins.connectors.smtp.plugin import SmtpMailer, SwitchedOff
from doorward.vocabulary.errors import Misconfigured
from tests.support.channels import Kit
from tests.support.mail import PASSWORD, USERNAME, Certificate, Received, check_password, mail_server

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENDER = "door@halden.example"


def _mail(
    to: str = "ayse@example.org", subject: str = "Your code", text: str = "It is 012345.", key: str = "01mail"
) -> Mail:
    return Mail(to=to, subject=subject, text=text, idempotency_key=key)


def _settings(port: int, **values: str) -> MailSettings:
    known = {"host": "127.0.0.1", "security": "none", "sender": SENDER, **values}
    return MailSettings(port=port, **known)  # type: ignore[arg-type]  # because mypy does not follow the names


def _mailer(settings: MailSettings, certificate: Certificate | None = None) -> SmtpMailer:
    context = None if certificate is None else certificate.for_client()
    return SmtpMailer(settings, clock=FixedClock(START), context=context)


@pytest.fixture
def received() -> Received:
    """What the mail server gets."""
    return Received()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate of this test's own."""
    return Certificate(tmp_path_factory.mktemp("tls"))


Look = Callable[[], list[tuple[str, str, str]]]


@pytest.fixture(params=["smtp", "outbox"])
def twin(request: pytest.FixtureRequest, free_port: int, received: Received) -> Iterator[tuple[Mailer, Look]]:
    """Each mailer, with a way to see what it sent: address, subject, text."""
    if request.param == "outbox":
        outbox = MemoryOutbox(FixedClock(START))
        yield outbox, lambda: [(sent.mail.to, sent.mail.subject, sent.mail.text) for sent in outbox.mails()]
        return
    with mail_server(free_port, received):
        yield _mailer(_settings(free_port)), lambda: [_seen(message) for message in received.messages]


def _seen(message: EmailMessage) -> tuple[str, str, str]:
    return message["To"], message["Subject"], message.get_content().replace("\r\n", "\n").removesuffix("\n")


# -- both --------------------------------------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(twin: tuple[Mailer, Look]) -> None:
    """Address, subject and text arrive unchanged, in any script, long lines and leading dots included."""
    mailer, look = twin
    text = "Merhaba, kodunuz 012345.\n.\n.nokta\nКод: 012345 😀\n" + "long " * 300
    mailer.send(_mail(subject="Doğrulama kodunuz – Код", text=text.strip()))
    assert look() == [("ayse@example.org", "Doğrulama kodunuz – Код", text.strip())]


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("ayse@example.org\r\nBcc: eve@example.org", "Your code"),
        ("ayse@example.org", "Your code\r\nBcc: eve@example.org"),
        ("ayse@example.org", "Your code\n\nbody"),
        ("nobody", "Your code"),
        ("", "Your code"),
    ],
)
def test_headers_cannot_be_smuggled_in(twin: tuple[Mailer, Look], to: str, subject: str) -> None:
    """A line feed in an address or a subject, or an address that is none, is refused and nothing is sent."""
    mailer, look = twin
    with pytest.raises(MailRefused):
        mailer.send(_mail(to=to, subject=subject))
    assert look() == []


def test_a_mailer_that_can_send_says_so(twin: tuple[Mailer, Look]) -> None:
    """A ping of a mailer that works returns, and sends nothing."""
    mailer, look = twin
    mailer.ping()
    assert look() == []


@pytest.mark.parametrize("value", [_mail(), SentMail(mail=_mail(), at=START)])
def test_a_mail_shows_nothing_of_itself(value: object) -> None:
    """The repr of a mail holds neither the address nor the code."""
    assert "ayse" not in repr(value)
    assert "012345" not in repr(value)


# -- outbox ------------------------------------------------------------------------------------------------------------


def test_the_outbox_keeps_one_of_each_key_and_the_latest_first() -> None:
    """A mail that is sent twice is there once; the list begins with the latest and does not grow for ever."""
    outbox = MemoryOutbox(FixedClock(START))
    for number in range(KEPT + 5):
        outbox.send(_mail(key=f"k{number}"))
        outbox.send(_mail(key=f"k{number}", text="another"))
    kept = outbox.mails()
    assert len(kept) == KEPT
    assert (kept[0].mail.idempotency_key, kept[0].mail.text) == (f"k{KEPT + 4}", "It is 012345.")
    assert kept[0].at == START


def test_plugins_build_what_they_promise() -> None:
    """Without a server outgoing mail is off; with one it goes by SMTP; the outbox is always there."""
    plain = Kit()
    served = Kit(settings=Settings(mail=MailSettings(host="localhost", security="starttls", sender=SENDER)))
    assert isinstance(smtp_plugin.build(plain), SwitchedOff)
    assert isinstance(smtp_plugin.build(served), SmtpMailer)
    outbox: Outbox = outbox_plugin.build(plain)
    assert outbox.mails() == ()


def test_mail_that_is_switched_off_says_so() -> None:
    """Without a server every mail is refused with a sentence that names the setting."""
    off = SwitchedOff()
    with pytest.raises(MailRefused, match=r"mail\.host"):
        off.send(_mail())
    with pytest.raises(MailDelayed, match=r"mail\.host"):
        off.ping()


# -- SMTP --------------------------------------------------------------------------------------------------------------


def test_the_same_key_is_the_same_message_id(free_port: int, received: Received) -> None:
    """A mail that had to be sent twice can be recognised as one, and says that nobody wrote it by hand."""
    with mail_server(free_port, received):
        _mailer(_settings(free_port)).send(_mail())
        _mailer(_settings(free_port)).send(_mail())
    ids = {str(message["Message-ID"]) for message in received.messages}
    assert ids == {"<01mail@halden.example>"}
    first = received.messages[0]
    assert (str(first["From"]), first["Auto-Submitted"]) == (SENDER, "auto-generated")
    assert first["Date"].datetime == START


def test_a_mail_goes_to_one_address(free_port: int, received: Received) -> None:
    """What looks like two addresses is refused; one address is one recipient, its domain in ASCII."""
    with mail_server(free_port, received):
        mailer = _mailer(_settings(free_port))
        for to in ("a@example.org, b@example.org", "a@example.org b@example.org", "<a@example.org>"):
            with pytest.raises(MailRefused):
                mailer.send(_mail(to=to))
        mailer.send(_mail(to="info@bücher.example"))
    assert received.recipients == [["info@xn--bcher-kva.example"]]


def test_starttls_comes_before_anything_else(free_port: int, received: Received, certificate: Certificate) -> None:
    """With STARTTLS the mail and the password travel encrypted."""
    options = {
        "tls_context": certificate.for_server(),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": check_password,
    }
    settings = _settings(free_port, security="starttls", username=USERNAME, password=PASSWORD)
    with mail_server(free_port, received, **options):
        _mailer(settings, certificate).send(_mail())
    assert (received.encrypted, received.signed_in) == ([True], [True])


def test_tls_from_the_first_byte(free_port: int, received: Received, certificate: Certificate) -> None:
    """With `tls` the connection is encrypted from its beginning."""
    with mail_server(free_port, received, ssl_context=certificate.for_server()):
        _mailer(_settings(free_port, security="tls"), certificate).send(_mail())
    assert len(received.messages) == 1


def _encrypted(security: str, certificate: Certificate) -> dict[str, ssl.SSLContext]:
    return {"tls_context" if security == "starttls" else "ssl_context": certificate.for_server()}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_signed_gets_nothing(
    free_port: int, received: Received, certificate: Certificate, security: str
) -> None:
    """A server whose certificate is not to be trusted gets neither mail nor password; the mail waits."""
    tried: list[bytes] = []

    def authenticator(*arguments: object) -> AuthResult:
        tried.append(b"tried")
        return AuthResult(success=True)

    settings = _settings(free_port, security=security, username=USERNAME, password=PASSWORD)
    with (
        mail_server(free_port, received, authenticator=authenticator, **_encrypted(security, certificate)),
        pytest.raises(MailDelayed, match="SSLCertVerificationError"),
    ):
        _mailer(settings).send(_mail())
    assert (received.raw, tried) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_name_gets_nothing(
    free_port: int, received: Received, certificate: Certificate, security: str
) -> None:
    """The certificate must be for the host that the settings name."""
    settings = _settings(free_port, host="localhost", security=security)
    with (
        mail_server(free_port, received, **_encrypted(security, certificate)),
        pytest.raises(MailDelayed, match="SSLCertVerificationError"),
    ):
        _mailer(settings, certificate).send(_mail())
    assert received.raw == []


def test_a_server_without_starttls_gets_nothing(free_port: int, received: Received, certificate: Certificate) -> None:
    """A server that does not offer STARTTLS is not spoken to in plain text; the mail waits."""
    with mail_server(free_port, received), pytest.raises(MailDelayed):
        _mailer(_settings(free_port, security="starttls"), certificate).send(_mail())
    assert received.raw == []


@pytest.mark.parametrize("answer", ["421 too busy", "450 mailbox busy", "451 try later", "452 full"])
@pytest.mark.parametrize("at", ["answer_to_recipient", "answer_to_data"])
def test_later_means_later(free_port: int, received: Received, answer: str, at: str) -> None:
    """A 4xx answer, to the address or to the mail, means that trying again makes sense."""
    setattr(received, at, answer)
    with mail_server(free_port, received), pytest.raises(MailDelayed):
        _mailer(_settings(free_port)).send(_mail())


@pytest.mark.parametrize("answer", ["550 no such user", "552 too large", "554 refused"])
@pytest.mark.parametrize("at", ["answer_to_recipient", "answer_to_data"])
def test_never_means_never(free_port: int, received: Received, answer: str, at: str) -> None:
    """A 5xx answer means that trying again does not; what the server said of the address stays out of the error."""
    setattr(received, at, answer + " ayse@example.org")
    with mail_server(free_port, received), pytest.raises(MailRefused) as refusal:
        _mailer(_settings(free_port)).send(_mail())
    assert "ayse" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_a_wrong_password_is_not_the_mails_fault(free_port: int, received: Received, certificate: Certificate) -> None:
    """When the server does not let us in, the mail waits until the operator has mended that."""
    options = {"tls_context": certificate.for_server(), "auth_required": True, "authenticator": check_password}
    settings = _settings(free_port, security="starttls", username=USERNAME, password="wrong")
    with mail_server(free_port, received, **options):
        mailer = _mailer(settings, certificate)
        with pytest.raises(MailDelayed):
            mailer.send(_mail())
        with pytest.raises(MailDelayed):
            mailer.ping()


def test_a_server_that_is_away_means_later(free_port: int) -> None:
    """Nobody listening is a delay, for a mail and for a ping."""
    mailer = _mailer(_settings(free_port))
    with pytest.raises(MailDelayed):
        mailer.send(_mail())
    with pytest.raises(MailDelayed):
        mailer.ping()


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "mail.example.org", "security": "none"},
        {"host": "192.0.2.1", "security": "none"},
        {"sender": ""},
        {"sender": "not an address"},
        {"sender": "a@b.example\r\nBcc: c@d.example"},
    ],
)
def test_settings_that_would_be_unsafe_stop_the_start(settings: dict[str, str]) -> None:
    """Plain text over a network, and a sender that is no address, are sentences at the start."""
    with pytest.raises(Misconfigured, match=r"^mail\."):
        _mailer(_settings(25, **settings))


def test_the_readme_of_each_connector_is_there() -> None:
    """Operators find what a connector does beside it."""
    for plugin in (smtp_plugin, outbox_plugin):
        assert plugin.__file__ is not None
        assert Path(plugin.__file__).with_name("README.md").read_text(encoding="utf-8").startswith("# ")
