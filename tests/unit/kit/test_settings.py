"""Settings: documented, typed, with sentences for mistakes."""

from pathlib import Path

import pytest

from doorward.kit.settings import Settings, SettingsInvalid, change_tenant, leaves, load, tenant_settings
from doorward.kit.tenant_settings import TenantSettings


def test_later_sources_win(tmp_path: Path) -> None:
    """Command line over environment over file over default."""
    (tmp_path / "doorward.toml").write_text("[server]\nport = 1\nhost = 'file'\nwalkers = 2\n")
    settings = load(
        environment={"DOORWARD_DATA": str(tmp_path), "DOORWARD_SERVER__PORT": "2", "DOORWARD_SERVER__HOST": "env"},
        overrides={"server.port": 3, "server.tls_cert": None},
    )
    assert (settings.server.port, settings.server.host, settings.server.walkers) == (3, "env", 2)


@pytest.mark.parametrize(
    ("file", "environment", "named"),
    [
        ("[server]\nport = 'x'", {}, "server.port"),
        ("[server]\nprot = 1", {}, "prot"),
        ("[server", {}, "TOML"),
        ("", {"DOORWARD_SERVER__PORT": "70000"}, "server.port"),
        ("", {"DOORWARD_SERVER__PROT": "1"}, "server.prot"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, file: str, environment: dict[str, str], named: str) -> None:
    """A wrong setting stops with a sentence that names it."""
    (tmp_path / "doorward.toml").write_text(file)
    with pytest.raises(SettingsInvalid, match=named):
        load(environment={"DOORWARD_DATA": str(tmp_path), **environment})


def test_a_secret_s_value_is_not_in_the_sentence(tmp_path: Path) -> None:
    """The sentence about a wrong value does not repeat it."""
    (tmp_path / "doorward.toml").write_text("[mail]\npassword = ['hunter2hunter2']")
    with pytest.raises(SettingsInvalid) as caught:
        load(environment={"DOORWARD_DATA": str(tmp_path)})
    assert "hunter2" not in str(caught.value)


def test_every_setting_says_what_it_means_and_no_secret_has_a_default() -> None:
    """Each leaf has a description; secrets are empty until somebody sets them."""
    for leaf in (*leaves(Settings), *leaves(TenantSettings)):
        assert leaf.description.endswith("."), leaf.name
        assert not (leaf.secret and leaf.default), leaf.name


def test_tenant_settings_change_one_by_one_and_keep_their_types() -> None:
    """Values are read as JSON where they are not text; impossible ones are refused by name."""
    changed = change_tenant(TenantSettings(), "languages", '["tr", "en"]')
    changed = change_tenant(changed, "answer_threshold", "0.7")
    assert (changed.languages, changed.answer_threshold) == (("tr", "en"), 0.7)
    for name, value in (("answer_threshold", "2"), ("nothing", "1"), ("languages", "en"), ("accent", "red")):
        with pytest.raises(SettingsInvalid):
            change_tenant(changed, name, value)
    assert tenant_settings({"agent_capacity": 2}).agent_capacity == 2
