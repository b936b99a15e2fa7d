"""A house whose customers have something that stands out, with Halden's own nudges; messages are walked when a
test says.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from doorward.bootstrap import House
from doorward.vocabulary.company import CoreOrder, CoreSystem, Signal
from doorward.vocabulary.operations import FactKind
from tests.support.house import founded_sqlite, house_with_companies, tenant_of
from tests.support.playing import OwnCore, Stage, World

__all__ = ["founded_sqlite"]


class TellingCore(OwnCore):
    """A script's core system that tells what stands out, too."""

    def signal_kinds(self) -> Mapping[str, Mapping[str, FactKind]]:
        """See `SignalSource`."""
        return self.core.signal_kinds()

    def circumstance_kinds(self) -> frozenset[str]:
        """See `CircumstanceSource`."""
        return self.core.circumstance_kinds()

    def circumstances(self, reference: str) -> Sequence[str]:
        """See `CircumstanceSource`."""
        return self.core.circumstances(self._own(reference, "circumstances"))

    def orders(self, _reference: str) -> Sequence[CoreOrder]:
        """See `CoreSystem`."""
        return ()

    def signals(self, reference: str) -> Sequence[Signal]:
        """See `SignalSource`."""
        return self.core.signals(self._own(reference, "signals"))


@pytest.fixture(scope="module")
def house(founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on SQLite, its threads not started, with all that Halden brings."""
    with house_with_companies(founded_sqlite, tmp_path_factory.mktemp("nudging") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def stage(house: House) -> Stage:
    """The house as scripts are played in it."""
    return Stage(house, tenant_of(house, "halden"))


def telling(stage: Stage, world: dict[str, Any], *, language: str = "en") -> World:
    """Return a world whose core system tells what stands out."""
    people = stage.people(world, language=language)
    core = TellingCore(people.core.core, people.core._references)
    people.core = core
    stage.use(core)
    stage.house.core_systems[stage.tenant.id] = cast("CoreSystem", core)
    return people
