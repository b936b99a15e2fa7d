"""`doorward doctor`: what is wrong is found, and what is not encrypted is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from doorward.doors.cli.doctor.network import examine_clocks, examine_mail, examine_tls
from doorward.doors.cli.doctor.places import examine_room
from doorward.kit.clock import FixedClock, SystemClock
from doorward.kit.settings import load
from tests.support.chatting import chat_twin, fails_with
from tests.unit.doors.cli.conftest import Call


def states(report: dict[str, list[dict[str, str]]]) -> dict[tuple[str, str], str]:
    """The states of a report by subject and name."""
    return {(one["subject"], Path(one["name"]).name): one["state"] for one in report["checks"]}


def test_a_fresh_installation_is_in_order(call: Call, data: Path) -> None:
    """Nothing fails; that the keys lie beside the database is worth a warning."""
    done = call("doctor", "--data", data, "--json")
    assert done.code == 0, done.out
    found = states(done.json)
    assert [name for name, state in found.items() if state == "failed"] == []
    assert found["keys", "place"] == "warning"
    assert found["database", "tables"] == "ok"


def test_every_place_that_is_not_encrypted_is_named(call: Call, data: Path) -> None:
    """Whoever carries the disk away gets what is listed here, file by file."""
    done = call("doctor", "--data", data, "--json")
    named = {name for subject, name in states(done.json) if subject == "not encrypted at rest"}
    assert {"doorward.db", "root.key", "audit", "cache"} <= named


def test_what_becomes_of_files_is_said(call: Call, data: Path) -> None:
    """Without a scanner that is told; a scanner that is none fails; one that is not there is a warning."""
    assert states(call("doctor", "--data", data, "--json").json)["files", "scanner"] == "note"
    settings = data / "doorward.toml"
    before = settings.read_text(encoding="utf-8") if settings.exists() else ""
    settings.write_text(f'{before}\n[protection]\nscanner = "smtp"\n', encoding="utf-8")
    assert states(call("doctor", "--data", data, "--json").json)["files", "scanner"] == "failed"
    chosen = f'scanner = "clamd"\nscanner_address = "unix://{data}/none.ctl"\n'
    settings.write_text(f"{before}\n[protection]\n{chosen}", encoding="utf-8")
    found = states(call("doctor", "--data", data, "--json").json)
    assert found["files", "scanner"] == "ok"
    assert found["plugins", "connector clamd"] == "warning"


def test_where_masked_text_goes_is_said(call: Call, data: Path) -> None:
    """Nowhere by itself; to a language model that is chosen, with whether it answers; one that is none fails."""
    assert states(call("doctor", "--data", data, "--json").json)["plugins", "language model"] == "ok"
    settings = data / "doorward.toml"
    before = settings.read_text(encoding="utf-8") if settings.exists() else ""

    def chosen(model: str, url: str) -> dict[tuple[str, str], str]:
        models = f'language_model = "{model}"\nchat_url = "{url}"\nchat_model = "small"\n'
        settings.write_text(f"{before}\n[models]\n{models}", encoding="utf-8")
        return states(call("doctor", "--data", data, "--json").json)

    with chat_twin() as twin:
        twin.answers('{"ok": true}')
        found = chosen("openai_chat", twin.url)
        assert (found["plugins", "language model"], found["plugins", "model openai_chat"]) == ("note", "ok")
        twin.behave = fails_with("500 Internal Server Error")
        assert chosen("openai_chat", twin.url)["plugins", "model openai_chat"] == "warning"
    assert chosen("sentence_encoder", "")["plugins", "language model"] == "failed"
    assert chosen("openai_chat", "http://models.example.com/v1")["plugins", "all"] == "failed"


@pytest.mark.parametrize("spoilt", [".", "keys", "keys/root.key", "doorward.db"])
def test_open_access_rights_fail(call: Call, data: Path, spoilt: str) -> None:
    """A file or folder that others may read is a failure, with the command that mends it."""
    path = data / spoilt
    path.chmod(path.stat().st_mode | 0o055)
    done = call("doctor", "--data", data)
    assert done.code == 1
    assert "chmod 0" in done.out


def test_missing_keys_fail(call: Call, data: Path) -> None:
    """Without a root key nothing that is sealed can be opened."""
    (data / "keys" / "root.key").unlink()
    done = call("doctor", "--data", data)
    assert done.code == 1
    assert "doorward key restore" in done.out


def test_nothing_there_is_a_finding_not_a_crash(call: Call) -> None:
    """An empty folder is examined like any other."""
    done = call("doctor")
    assert done.code == 1
    assert "doorward init" in done.out


@pytest.mark.parametrize(
    ("overrides", "state"),
    [
        ({"server.host": "0.0.0.0"}, "failed"),  # noqa: S104 - that is what must be found
        ({"server.host": "192.0.2.1", "server.behind_proxy": True}, "note"),
        ({"server.host": "::1"}, "ok"),
        ({"server.host": "localhost"}, "ok"),
        ({"server.tls_cert": "/nowhere.pem"}, "failed"),
    ],
)
def test_the_way_to_the_network_is_judged(overrides: dict[str, object], state: str) -> None:
    """Plain HTTP to a network fails; loopback is fine; a proxy is the operator's word."""
    settings = load(environment={}, overrides=overrides)
    assert [one.state for one in examine_tls(settings, clock=SystemClock())] == [state]


@pytest.mark.parametrize(("left", "state"), [(30, "ok"), (3, "warning"), (-1, "failed")])
def test_a_certificates_end_is_seen_coming(tmp_path: Path, left: int, state: str) -> None:
    """Two weeks before its end a certificate is worth a warning, after it a failure."""
    path = tmp_path / "chain.pem"
    ends = write_certificate(path)
    settings = load(environment={}, overrides={"server.tls_cert": str(path)})
    clock = FixedClock(ends - timedelta(days=left))
    assert [one.state for one in examine_tls(settings, clock=clock)] == [state]


def write_certificate(path: Path) -> datetime:
    """Write a certificate of our own and return when it ends."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    ends = begins + timedelta(days=90)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return ends


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({}, ["note"]),
        ({"mail.host": "mail.example", "mail.security": "none", "mail.sender": "a@b.example"}, ["failed"]),
        ({"mail.host": "127.0.0.1", "mail.security": "none"}, ["ok", "warning"]),
        ({"mail.host": "mail.example", "mail.sender": "a@b.example"}, ["ok"]),
    ],
)
def test_mail_is_judged(overrides: dict[str, object], expected: list[str]) -> None:
    """No server is a note, an unencrypted one a failure, no sender a warning."""
    settings = load(environment={}, overrides=overrides)
    assert [one.state for one in examine_mail(settings)] == expected


@pytest.mark.parametrize(("apart", "state"), [(0, "ok"), (10, "warning"), (-120, "failed")])
def test_a_clock_that_is_wrong_is_found(tmp_path: Path, apart: int, state: str) -> None:
    """A disk whose clock is another than ours (a network disk) is told apart by a file's time."""
    clock = FixedClock(datetime.now(UTC) + timedelta(seconds=apart))
    settings = load(environment={}, overrides={"data": str(tmp_path)})
    assert [one.state for one in examine_clocks(settings, None, clock=clock)] == [state]
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_seen_coming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little room is a warning, hardly any a failure."""
    settings = load(environment={}, overrides={"data": str(tmp_path)})
    for free, state in ((5e9, "ok"), (5e8, "warning"), (5e7, "failed")):
        usage = type("Usage", (), {"free": free})
        monkeypatch.setattr("shutil.disk_usage", lambda _path, usage=usage: usage)
        assert [one.state for one in examine_room(settings)] == [state]
