"""What goes over wires: TLS, mail, and whether the clocks agree."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from cryptography import x509

from doorward.doors.cli.doctor.diagnosis import Diagnosis, State
from doorward.kit.clock import Clock
from doorward.kit.db import Database
from doorward.kit.db.looking import server_time
from doorward.kit.settings import Settings

_SOON: Final = timedelta(days=14)
_SKEW: Final = timedelta(seconds=2)
_TOO_MUCH_SKEW: Final = timedelta(seconds=60)
"""Signed tokens of host sites live for five minutes, mailed codes for ten: a minute is where people notice."""


def is_loopback(host: str) -> bool:
    """Return whether a host can only be reached from this computer."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def examine_tls(settings: Settings, *, clock: Clock) -> Iterator[Diagnosis]:
    """Say how the web server speaks."""
    server = settings.server
    if server.tls_cert:
        yield _certificate(Path(server.tls_cert), clock=clock)
    elif server.behind_proxy:
        detail = (
            "a proxy speaks TLS; between it and Doorward nothing is encrypted, so keep that on one computer or network"
        )
        yield Diagnosis(subject="TLS", name="proxy", state="note", detail=detail)
    elif is_loopback(server.host):
        yield Diagnosis(subject="TLS", name=server.host, state="ok", detail="only this computer is listened to")
    else:
        detail = "plain HTTP to a network is refused: set server.tls_cert, or server.behind_proxy"
        yield Diagnosis(subject="TLS", name=server.host, state="failed", detail=detail)


def _certificate(path: Path, *, clock: Clock) -> Diagnosis:
    try:
        ends = x509.load_pem_x509_certificates(path.read_bytes())[0].not_valid_after_utc
    except (OSError, ValueError):
        detail = "the file cannot be read as a PEM certificate chain"
        return Diagnosis(subject="TLS", name=str(path), state="failed", detail=detail)
    left = ends - clock.now()
    state: State = "failed" if left < timedelta(0) else "warning" if left < _SOON else "ok"
    advice = "" if state == "ok" else ": put a new one in its place and start Doorward again"
    return Diagnosis(subject="TLS", name=str(path), state=state, detail=f"good until {ends:%Y-%m-%d}{advice}")


def examine_mail(settings: Settings) -> Iterator[Diagnosis]:
    """Say whether mailed codes can be sent, and how."""
    mail = settings.mail
    if not mail.host:
        detail = "no mail server is set (mail.host): customers cannot prove who they are by a mailed code"
        yield Diagnosis(subject="mail", name="server", state="note", detail=detail)
    elif mail.security == "none" and not is_loopback(mail.host):
        detail = "mail would go out unencrypted and is refused: set mail.security to starttls or tls"
        yield Diagnosis(subject="mail", name=mail.host, state="failed", detail=detail)
    else:
        yield Diagnosis(subject="mail", name=mail.host, state="ok", detail=f"security: {mail.security}")
    if mail.host and not mail.sender:
        detail = "no sender is set (mail.sender): most servers refuse such mail"
        yield Diagnosis(subject="mail", name="sender", state="warning", detail=detail)


def examine_clocks(settings: Settings, database: Database | None, *, clock: Clock) -> Iterator[Diagnosis]:
    """Say how far the clocks of the disk and of the database server are from ours."""
    if settings.folder.is_dir():
        with NamedTemporaryFile(dir=settings.folder, prefix=".clock-") as file:
            on_disk = datetime.fromtimestamp(Path(file.name).stat().st_mtime, tz=clock.now().tzinfo)
        yield _skew("disk", clock.now() - on_disk)
    if database is not None:
        before = clock.now()
        theirs = server_time(database)
        if theirs is not None:
            yield _skew("database server", before + (clock.now() - before) / 2 - theirs)


def _skew(name: str, apart: timedelta) -> Diagnosis:
    apart = abs(apart)
    state: State = "failed" if apart >= _TOO_MUCH_SKEW else "warning" if apart >= _SKEW else "ok"
    advice = "" if state == "ok" else ": have both computers ask a time server (NTP)"
    detail = f"{apart.total_seconds():.1f} s from this computer's clock{advice}"
    return Diagnosis(subject="clock", name=name, state=state, detail=detail)
