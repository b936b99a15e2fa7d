"""`doorward settings`."""

from pathlib import Path

import pytest

from doorward.kit.settings import Settings, leaves
from doorward.kit.tenant_settings import TenantSettings
from tests.unit.doors.cli.conftest import Call


def test_every_setting_is_listed(call: Call, data: Path) -> None:
    """The installation's and a tenant's settings are all there, each with its meaning."""
    for words, tree in (((), Settings), (("--tenant", "acme"), TenantSettings)):
        listed = call("settings", "list", *words, "--data", data, "--json").json
        assert [one["name"] for one in listed] == [leaf.name for leaf in leaves(tree)]
        assert all(one["description"] for one in listed)


def test_a_secret_is_never_printed(call: Call, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a secret one learns whether it is set."""
    monkeypatch.setenv("DOORWARD_MAIL__PASSWORD", "hunter2hunter2")
    for words in (("list",), ("list", "--json"), ("get", "mail.password"), ("get", "mail.password", "--json")):
        done = call("settings", *words, "--data", data)
        assert done.code == 0
        assert "hunter2hunter2" not in done.out + done.err
    assert call("settings", "get", "mail.password", "--data", data).out == "set\n"


def test_a_tenants_setting_is_changed(call: Call, data: Path) -> None:
    """A number, a list and a text are read back as they were set."""
    for name, value in (("answer_threshold", "0.61"), ("languages", '["en","de"]'), ("accent", "#123456")):
        assert call("settings", "set", name, value, "--tenant", "acme", "--data", data).code == 0
        assert call("settings", "get", name, "--tenant", "acme", "--data", data).out.strip() == value


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("answer_threshold", "7", 1), ("answer_threshold", "much", 1), ("no_such", "1", 1), ("server.port", "1", 2)],
)
def test_an_impossible_setting_is_refused(call: Call, data: Path, name: str, value: str, code: int) -> None:
    """The sentence names the setting; the installation's own are not changed here, and it says where."""
    before = call("settings", "list", "--tenant", "acme", "--data", data).out
    done = call("settings", "set", name, value, "--tenant", "acme", "--data", data)
    assert done.code == code
    assert name in done.err
    assert call("settings", "list", "--tenant", "acme", "--data", data).out == before


@pytest.mark.parametrize(("variable", "value"), [("DOORWARD_SERVER__PORT", "many"), ("DOORWARD_SERVER__NO_SUCH", "1")])
def test_a_bad_environment_stops_every_command(
    call: Call, data: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """A setting that cannot be is told by name, and the exit code is that of a misconfiguration."""
    monkeypatch.setenv(variable, value)
    done = call("tenant", "list", "--data", data)
    assert done.code == 4
    assert "Nothing was changed" in done.err


def test_a_tenants_setting_asked_of_nobody_says_whom_to_name(call: Call, data: Path) -> None:
    """Its name is known, so the sentence tells how to ask for it instead of denying it."""
    done = call("settings", "get", "languages", "--data", data)
    assert done.code != 0
    assert "--tenant" in done.err
