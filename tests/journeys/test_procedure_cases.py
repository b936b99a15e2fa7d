"""Halden's procedures as their cases tell: played against a whole house, everybody's things compared afterwards.

One house serves a worker; every case has a customer and a core system of its own. What a case begins with is taken for
the intent of its procedure, for which words mean it is judged elsewhere.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from doorward.bootstrap import House
from doorward.plugins.companies.halden import plugin
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from tests.support.house import open_test_house, settings_for, tenant_of
from tests.support.playing import Case, Stage, play

PROCEDURES = Path(plugin.__file__).parent / "procedures"
FILES = sorted(PROCEDURES.glob("*/cases/*.jsonl"))

MOST_LEFT = 2
"""Cases of a file that may end too early: rules about risk, care and wishes for a person come before procedures."""


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


def cases_in(file: Path) -> list[Case]:
    """Return the cases of a file."""
    return [msgspec.json.decode(line, type=Case) for line in file.read_bytes().splitlines() if line.strip()]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}-{file.stem}")
def test_cases_come_out_as_they_are_told(stage: Stage, file: Path) -> None:
    """None does anything that it should not, to anybody; nearly all end as they should, with all that they name."""
    book = stage.house.procedure_book.of(stage.tenant.id)
    assert book is not None
    intent = book.procedures[file.parents[1].name].intents[0]
    outcomes = [
        play(stage, msgspec.structs.replace(case, language=file.stem), intents={case.say[0]: intent})
        for case in cases_in(file)
    ]
    assert not [outcome.told() for outcome in outcomes if outcome.wrong]
    left = [outcome.told() for outcome in outcomes if not outcome.right]
    assert len(left) <= MOST_LEFT, "\n\n".join(left)
