"""Halden Bank with all of its procedures, in a house whose messages are walked when a test says so."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.bootstrap import House
from doorward.plugins.companies.halden import plugin
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from tests.support.house import open_test_house, settings_for, tenant_of
from tests.support.playing import Stage

PROCEDURES = Path(plugin.__file__).parent / "procedures"


@pytest.fixture(scope="module")
def played_house(founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on SQLite in which messages are walked when a test says so."""
    folder = tmp_path_factory.mktemp("cases") / "data"
    shutil.copytree(founded_sqlite, folder)
    opened = open_test_house(settings_for(folder, f"sqlite:///{folder / 'doorward.db'}"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def stage(played_house: House, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The house with all of Halden's procedures, none of which was refused."""
    tenant = tenant_of(played_house, "halden")
    core = HaldenCore(tmp_path_factory.mktemp("core"), seed=make_seed_of({}), clock=played_house.clock)
    loaded = played_house.procedure_book.load(tenant.id, PROCEDURES, core=core, languages=tenant.settings.languages)
    assert loaded.refused == ()
    return Stage(played_house, tenant)
