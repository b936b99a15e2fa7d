"""The pages of procedures: drawn and in words, in the language that is asked for, for those who may read settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.settings import Settings
from doorward.plugins.companies.halden import plugin
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.house import open_test_house
from tests.support.server import Guests

PROCEDURES = Path(plugin.__file__).parent / "procedures"


@pytest.fixture
def house(house_settings: Settings) -> Iterator[House]:
    """A house whose threads are not started: nothing is carried out while somebody looks."""
    opened = open_test_house(house_settings)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def procedures(house: House, halden: Tenant, tmp_path: Path) -> None:
    """Halden's own procedures."""
    core = HaldenCore(tmp_path / "core", seed=make_seed_of({}), clock=house.clock)
    loaded = house.procedure_book.load(halden.id, PROCEDURES, core=core, languages=halden.settings.languages)
    assert loaded.refused == ()


@on_sqlite
def test_all_procedures_are_listed_and_one_is_drawn_and_told(guests: Guests) -> None:
    """With its version, what starts it, its languages; then the drawing, the same in words, slots and texts."""
    admin = guests.member("admin")
    listed = admin.get("/desk/procedures").text
    assert listed.count('href="/desk/procedures/') >= 25
    assert "account.close" in listed
    page = admin.get("/desk/procedures/close_account").text
    assert page.count("<foreignObject") == page.count('class="flow-step')
    assert 'role="img" aria-labelledby="flow-title flow-desc"' in page
    assert "Carry out: close_account" in page
    assert "If waiting: step 11" in page
    assert "one of the customer&#39;s own" in page
    german = admin.get("/desk/procedures/close_account?language=de").text
    assert "Welches Konto möchten Sie schließen?" in german
    odd = admin.get("/desk/procedures/close_account?language=xx")
    assert "Which account do you want to close?" in odd.text


@on_sqlite
def test_nobody_sees_what_they_may_not(guests: Guests) -> None:
    """Agents, other companies, and names that there are none of."""
    mira = guests.member("mira")
    assert mira.get("/desk/procedures").status_code == 403
    assert mira.get("/desk/procedures/close_account").status_code == 403
    owner = guests.member("owner", company="brisa")
    assert "There are no procedures" in owner.get("/desk/procedures").text
    assert owner.get("/desk/procedures/close_account").status_code == 404
    assert guests.member("admin").get("/desk/procedures/<script>").status_code == 404


@on_sqlite
@pytest.mark.parametrize("width", [1280, 380])
def test_they_can_be_used_by_everybody(open_context: OpenContext, width: int) -> None:
    """Nothing to hold against them in light and dark, wide and narrow; the drawing scrolls by itself."""
    page = sign_in(open_context(viewport={"width": width, "height": 800}).new_page(), username="admin")
    for address in ("/desk/procedures", "/desk/procedures/close_account", "/desk/agreements"):
        page.goto(address)
        assert violations_in_both_schemes(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
