"""A house for every module of these tests, with a few small procedures of Halden Bank."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.answering.procedures import known_of, load_procedures
from doorward.bootstrap import House
from doorward.flow.procedures import TenantProcedures
from doorward.kit.expressions import compile_expression
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from tests.support.house import founded_sqlite, open_test_house, settings_for, tenant_of
from tests.support.playing import Stage

__all__ = ["founded_sqlite"]

WRITTEN = Path(__file__).parent / "written"


@pytest.fixture(scope="module")
def house(founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on SQLite whose threads are not started: messages are walked when a test says so."""
    folder = tmp_path_factory.mktemp("procedures") / "data"
    shutil.copytree(founded_sqlite, folder)
    opened = open_test_house(settings_for(folder, f"sqlite:///{folder / 'doorward.db'}"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def stage(house: House, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The house as scripts are played in it."""
    core = HaldenCore(tmp_path_factory.mktemp("core"), seed=make_seed_of({}), clock=house.clock)
    loaded = load_procedures(WRITTEN, languages=("en", "de"), known=known_of(core), compiled=compile_expression)
    assert loaded.refused == ()
    procedures = TenantProcedures(procedures=loaded.procedures, core=core)
    return Stage(house, tenant_of(house, "halden"), procedures=procedures)
