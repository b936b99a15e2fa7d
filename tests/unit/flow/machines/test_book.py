"""Promises of what companies declare for machines: read as a whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.bootstrap import House
from doorward.flow.machines import MachineBook
from doorward.vocabulary.company import MachineOrderSource
from doorward.vocabulary.ids import TenantId
from tests.support.house import founded_sqlite, house_with_companies, tenant_of

__all__ = ["founded_sqlite"]

GOOD = """
version = "1"
[[order]]
kind = "paper"
procedure = "order_paper"
thing = "device"
amount = 150
answers = { more = "wait" }
[order.name]
en = "Paper"
de = "Papier"
"""


@pytest.fixture(scope="module")
def house(founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on SQLite, its threads not started, with all that Halden brings."""
    with house_with_companies(founded_sqlite, tmp_path_factory.mktemp("machines") / "data") as opened:
        yield opened


def loaded(house: House, path: Path, text: str | bytes, *, languages: tuple[str, ...] = ("en", "de")) -> str:
    """Return why a file is refused."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    procedures = house.procedure_book.of(tenant_of(house, "halden").id)
    assert procedures is not None
    book = MachineBook()
    why = book.load(TenantId("t"), path, procedures=procedures, languages=languages)
    assert bool(book.of(TenantId("t")).kinds) == (not why)
    return why


def test_a_company_may_declare_what_machines_order(house: House, tmp_path: Path) -> None:
    """Halden's own file is taken, in all its languages; so is a good one, and none at all."""
    company = house.plugins.companies["halden"]
    assert isinstance(company, MachineOrderSource)
    own = company.machine_orders().read_bytes()
    assert loaded(house, tmp_path / "machines.toml", own, languages=company.languages) == ""
    assert loaded(house, tmp_path / "machines.toml", GOOD) == ""
    kinds = house.machine_book.of(tenant_of(house, "halden").id)
    assert (kinds.currency, list(kinds.kinds), kinds.kinds["paper"].needs_proof) == ("EUR", ["paper"], False)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('"order_paper"', '"nothing"', "no procedure"),
        ('"device"', '"card"', "asks for no 'card'"),
        ('more = "wait"', 'more = "steal"', "cannot be answered"),
        ('more = "wait"', 'less = "wait"', "cannot be answered"),
        ("150", "-1", "amount is"),
        ("150", "1000000001", "amount is"),
        ("150", "1.5", "Expected `int`"),
        ('de = "Papier"', "", "a name in de"),
        ('"paper"', '"Paper!"', "small letters"),
        ('version = "1"', 'version = "1"\nowner = "me"', "unknown field"),
        ('version = "1"', 'version = "1', "Illegal character"),
    ],
)
def test_a_mistake_refuses_the_whole_file(house: House, tmp_path: Path, before: str, after: str, why: str) -> None:
    """And says where it is: nothing is ordered by a half of it."""
    assert why in loaded(house, tmp_path / "machines.toml", GOOD.replace(before, after))


def test_what_would_be_changed_without_a_yes_no_machine_orders(house: House, tmp_path: Path) -> None:
    """Procedures for what can be taken back ask nobody first: then nobody would see what a machine had done."""
    changed = GOOD.replace('"order_paper"', '"set_limit"').replace('"device"', '"card"')
    reversible = changed.replace('answers = { more = "wait" }', "")
    assert "without a yes" in loaded(house, tmp_path / "machines.toml", reversible)


def test_a_file_beyond_all_measure_is_refused(house: House, tmp_path: Path) -> None:
    """By size, by number, and by bytes that are no text."""
    head, mark, one = GOOD.partition("[[order]]")
    many = head + "".join(mark + one for _ in range(60))
    assert "at most 50" in loaded(house, tmp_path / "machines.toml", many)
    assert "larger than" in loaded(house, tmp_path / "machines.toml", GOOD + "#" * 200_000)
    assert loaded(house, tmp_path / "machines.toml", b"\xff\xfe")
