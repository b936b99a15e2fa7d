"""Tenants, staff and tokens from the command line."""

from pathlib import Path

import pytest

from tests.unit.doors.cli.conftest import Call


def test_a_tenant_is_added_shown_and_listed(call: Call, data: Path) -> None:
    """A second company has its own widget key and hosts."""
    made = call("tenant", "add", "brew", "Brew & Co", "--host", "Chat.Brew.example:443", "--data", data, "--json")
    assert made.code == 0, made.err
    shown = call("tenant", "show", "brew", "--data", data, "--json").json
    assert shown["hosts"] == ["chat.brew.example"]
    tenants = call("tenant", "list", "--data", data, "--json").json
    assert [one["slug"] for one in tenants] == ["acme", "brew"]
    assert len({one["widget_key"] for one in tenants}) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("tenant", "add", "acme", "Acme again"), "exists"),
        (("tenant", "add", "No Slug", "X"), "slug"),
        (("tenant", "show", "nobody"), "There is no tenant 'nobody'"),
        (("staff", "password", "nobody", "--generate"), "no 'nobody'"),
        (("staff", "add", "admin", "--generate"), "taken"),
        (("staff", "disable", "admin"), "last administrator"),
        (("token", "add", "CRM", "--may", "everything"), "permissions"),
        (("token", "revoke", "none"), "No such token"),
    ],
)
def test_a_refusal_is_a_sentence_and_code_1(call: Call, data: Path, words: tuple[str, ...], sentence: str) -> None:
    """What cannot be done is said, and nothing is changed."""
    done = call(*words, "--data", data)
    assert done.code == 1
    assert sentence in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_the_tenant_must_be_named_when_there_are_several(call: Call, data: Path) -> None:
    """With one tenant --tenant may be left out; with two it may not."""
    assert call("staff", "list", "--data", data).code == 0
    call("tenant", "add", "brew", "Brew", "--data", data)
    done = call("staff", "list", "--data", data)
    assert done.code == 2
    assert "acme, brew" in done.err
    assert call("staff", "list", "--tenant", "brew", "--data", data).code == 0


def test_staff_is_added_changed_and_shut_out(call: Call, data: Path) -> None:
    """A made-up password is shown once; role and state can be read back."""
    words = ("--name", "Mira C", "--language", "en", "--language", "de", "--generate", "--data", data, "--json")
    added = call("staff", "add", "mira", *words).json
    assert len(added["password"]) == 23
    assert added["staff"]["languages"] == ["en", "de"]
    assert call("staff", "role", "mira", "supervisor", "--data", data).code == 0
    assert call("staff", "disable", "mira", "--data", data).code == 0
    (mira,) = [one for one in call("staff", "list", "--data", data, "--json").json if one["username"] == "mira"]
    assert (mira["role"], mira["disabled"]) == ("supervisor", True)
    assert call("staff", "disable", "mira", "--undo", "--data", data).code == 0
    again = call("staff", "password", "mira", "--generate", "--data", data)
    assert again.code == 0
    assert added["password"] not in again.out


def test_a_token_is_shown_once(call: Call, data: Path) -> None:
    """The list knows a token's name and rights, never the secret; revoked ones stay in the list."""
    made = call("token", "add", "CRM", "--may", "messages:write", "--data", data, "--json").json
    assert made["secret"].startswith("dwt_")
    listed = call("token", "list", "--data", data, "--json")
    assert made["secret"] not in listed.out
    assert listed.json[0]["permissions"] == ["messages:write"]
    assert call("token", "revoke", made["token"]["id"], "--data", data).code == 0
    assert call("token", "list", "--data", data, "--json").json[0]["revoked_at"] is not None


def test_a_site_gets_a_secret_and_can_lose_it(call: Call, data: Path) -> None:
    """A shared secret is shown once, listed without what is secret of it, and ended."""
    made = call("site", "secret", "--data", data, "--json").json
    listed = call("site", "keys", "--data", data, "--json")
    assert [one["key_id"] for one in listed.json] == [made["key_id"]]
    assert made["secret"] not in listed.out
    assert call("site", "end-key", made["key_id"], "--data", data).code == 0
    assert call("site", "keys", "--data", data, "--json").json == []


def test_a_public_key_must_be_one(call: Call, data: Path, tmp_path: Path) -> None:
    """What is not a public key is refused without a word of what is in the file."""
    (tmp_path / "site.pem").write_text("hunter2", encoding="utf-8")
    done = call("site", "add-key", tmp_path / "site.pem", "--data", data)
    assert done.code == 1
    assert "hunter2" not in done.err


def test_a_tenant_is_suspended_and_comes_back(call: Call, data: Path) -> None:
    """A suspended tenant is told apart in the list; its hosts stay its own."""
    assert call("tenant", "add-host", "acme", "chat.acme.example", "--data", data).code == 0
    assert call("tenant", "suspend", "acme", "--data", data).code == 0
    assert call("tenant", "list", "--data", data, "--json").json[0]["state"] == "suspended"
    assert call("tenant", "suspend", "acme", "--undo", "--data", data).code == 0
    assert call("tenant", "show", "acme", "--data", data, "--json").json["hosts"] == ["chat.acme.example"]


def test_what_is_done_here_is_in_the_audit(call: Call, data: Path) -> None:
    """Every change is sealed into the audit before the command ends."""
    before = call("audit", "verify", "--data", data, "--json").json[0]
    call("staff", "add", "mira", "--generate", "--data", data)
    after = call("audit", "verify", "--data", data, "--json").json[0]
    assert (before["unsealed"], after["unsealed"]) == (0, 0)
    assert after["sealed"] > before["sealed"] > 0
