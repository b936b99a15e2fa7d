"""Mail by SMTP."""

import contextlib
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Final, Protocol

from doorward.identity.ports import Mail, MailDelayed, Mailer, MailRefused
from doorward.kit.clock import Clock
from doorward.kit.settings import Mail as MailSettings
from doorward.kit.settings import Settings
from doorward.vocabulary.errors import Misconfigured

SECONDS: Final = 20.0
"""How long the server may take for each answer. The job's lease is two minutes."""

# Servers say these when they mean 'not like this', not 'not this mail': an operator can mend that while the mail waits.
_OUR_FAULT: Final = frozenset({530, 534, 535, 538})


class SmtpMailer:
    """Sends one mail a connection: codes are few, and a connection that is kept would have to be watched."""

    def __init__(self, settings: MailSettings, *, clock: Clock, context: ssl.SSLContext | None = None) -> None:
        """Send as `settings` say; `context` trusts more than the system's authorities.

        Raises `Misconfigured` for a server elsewhere without encryption, and for a sender that is no address.
        """
        if settings.security == "none" and not _is_loopback(settings.host):
            raise Misconfigured("mail.security: none is only for a mail server on this machine; use starttls or tls")
        if not settings.sender:
            raise Misconfigured("mail.sender: set the address that mails come from")
        try:
            self._sender = _address(settings.sender)
        except (MessageError, ValueError, IndexError) as error:
            raise Misconfigured("mail.sender: not a mail address") from error
        self._settings = settings
        self._clock = clock
        self._context = context or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        """See `Mailer`."""
        message, address = self._message(mail)
        try:
            server = self._connect()
            try:
                server.send_message(message, from_addr=self._sender.addr_spec, to_addrs=[address])
            finally:
                _leave(server)
        except smtplib.SMTPException as error:
            raise _judged(error) from None
        except (OSError, ValueError) as error:
            # OSError: nobody there, too slow, or a certificate that is not the server's. ValueError: smtplib on
            # answers that are not SMTP.
            raise MailDelayed(type(error).__name__) from None

    def ping(self) -> None:
        """See `Mailer`."""
        try:
            _leave(self._connect())
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailDelayed(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        settings, domain = self._settings, self._sender.domain
        # The greeting names our domain: asking the network for this machine's name could take long and tells too much.
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, local_hostname=domain, timeout=SECONDS, context=self._context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, local_hostname=domain, timeout=SECONDS)
        try:
            if settings.security == "starttls":
                server.starttls(context=self._context)
            if settings.username:
                server.login(settings.username, settings.password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, mail: Mail) -> tuple[EmailMessage, str]:
        """Return the message and the one address that it goes to. Raises `MailRefused`."""
        message = EmailMessage(policy=SMTP)
        try:
            address = _address(mail.to)
            message["From"] = self._sender
            message["To"] = address
            message["Subject"] = mail.subject
            message["Date"] = format_datetime(self._clock.now())
            message["Message-ID"] = f"<{mail.idempotency_key}@{self._sender.domain}>"
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(mail.text)
        except (MessageError, ValueError, IndexError) as error:
            # A line feed in a header, an address that is none, text that is no Unicode.
            raise MailRefused(type(error).__name__) from None
        return message, address.addr_spec


class SwitchedOff:
    """Refuses every mail: there is no server to send by."""

    def send(self, mail: Mail) -> None:
        """See `Mailer`."""
        raise MailRefused("outgoing mail is off: set mail.host")

    def ping(self) -> None:
        """See `Mailer`."""
        raise MailDelayed("outgoing mail is off: set mail.host")


def _address(written: str) -> Address:
    """Return the one address that is written there, its domain in ASCII. Raises `ValueError` or `MessageError`."""
    name, _, domain = written.rpartition("@")
    return Address(addr_spec=f"{name}@{domain.encode('idna').decode('ascii')}")


def _leave(server: smtplib.SMTP) -> None:
    # The mail is taken or refused by now; how the server says goodbye changes nothing about that.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _judged(error: smtplib.SMTPException) -> Exception:
    """Return what an error means for the mail; its text, which quotes the address, is left behind."""
    code = None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((refusal[0] for refusal in error.recipients.values()), default=None)
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
    if code is not None and 500 <= code < 600 and code not in _OUR_FAULT:
        return MailRefused(f"refused with {code}")
    if isinstance(error, smtplib.SMTPNotSupportedError) and not isinstance(error, smtplib.SMTPResponseException):
        return MailDelayed("the server cannot do what is asked of it (STARTTLS, sign-in, or international addresses)")
    return MailDelayed(f"{type(error).__name__} {code or ''}".strip())


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...


def build(kit: _Kit) -> Mailer:
    """Return the mailer. Raises `Misconfigured` as `SmtpMailer` does."""
    settings = kit.settings.mail
    return SmtpMailer(settings, clock=kit.clock) if settings.host else SwitchedOff()
