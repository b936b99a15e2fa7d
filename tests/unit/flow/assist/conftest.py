"""A house for every module of these tests, whose messages are walked when a test says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.bootstrap import House
from tests.support.house import founded_sqlite, house_with_companies, tenant_of
from tests.support.playing import Stage

__all__ = ["founded_sqlite"]


@pytest.fixture(scope="module")
def house(founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on SQLite, its threads not started, with Halden's own procedures and intents."""
    with house_with_companies(founded_sqlite, tmp_path_factory.mktemp("assist") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    """The house as scripts are played in it."""
    return Stage(house, tenant_of(house, "halden"))
