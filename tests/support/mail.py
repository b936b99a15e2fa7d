"""A real mail server on a free loopback port, and what it got."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from doorward.kit.clock import SystemClock

USERNAME, PASSWORD = "doorward", "correct horse battery"


class Received:
    """What a mail server got: envelopes as they came, with the answers that it was told to give."""

    def __init__(self) -> None:
        """Take everything."""
        self.recipients: list[list[str]] = []
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.signed_in: list[bool] = []
        self.encrypted: list[bool] = []
        self.answer_to_recipient = "250 OK"
        self.answer_to_data = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer as told."""
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Keep the message if the answer is that it was taken."""
        if self.answer_to_data.startswith("250"):
            raw = cast("bytes", envelope.original_content)
            self.raw.append(raw)
            self.recipients.append(list(envelope.rcpt_tos))
            self.messages.append(message_from_bytes(raw, policy=SMTP_POLICY))
            self.signed_in.append(bool(session.authenticated))
            self.encrypted.append(session.ssl is not None)
        return self.answer_to_data


@contextmanager
def mail_server(port: int, received: Received, **options: Any) -> Iterator[None]:
    """Run a mail server until the end of the block; `options` are those of aiosmtpd."""
    controller = Controller(received, hostname="127.0.0.1", port=port, ready_timeout=30, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def check_password(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    """Let in who knows the password."""
    good = (data.login, data.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


class Certificate:
    """A self-signed certificate for 127.0.0.1 (and not for localhost), valid today, and the contexts of both sides."""

    def __init__(self, folder: Path) -> None:
        """Make it below `folder`."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        now = SystemClock().now()
        names = [x509.IPAddress(ip_address("127.0.0.1"))]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.path = folder / "server.pem"
        self.path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        self.trusted = certificate.public_bytes(Encoding.PEM).decode()

    def for_server(self) -> ssl.SSLContext:
        """Return a context that shows the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context

    def for_client(self) -> ssl.SSLContext:
        """Return a context that trusts the certificate and nothing else."""
        return ssl.create_default_context(cadata=self.trusted)
