"""The editor of procedures: a draft is saved, checked, tried out, put in force by whoever may, and taken back."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from doorward import record
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.settings import Settings
from doorward.plugins.companies.halden import plugin
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.worlds import make_seed_of
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.house import open_test_house
from tests.support.server import Guests

PROCEDURES = Path(plugin.__file__).parent / "procedures"
EDIT = "/desk/procedures/unlock_access/edit"


@pytest.fixture
def house(house_settings: Settings) -> Iterator[House]:
    """A house whose threads are not started."""
    opened = open_test_house(house_settings)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def procedures(house: House, halden: Tenant, tmp_path: Path) -> None:
    """Halden's own procedures."""
    core = HaldenCore(tmp_path / "core", seed=make_seed_of({}), clock=house.clock)
    house.procedure_book.load(halden.id, PROCEDURES, core=core, languages=halden.settings.languages)


def fields_of(page: httpx.Response) -> dict[str, str]:
    """Return the fields of the editor's form."""
    form = page.text.partition('id="write"')[2]
    areas = re.findall(r'<textarea class="textarea [^>]*?name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, flags=re.DOTALL)
    hidden = re.findall(r'type="hidden" name="(revision|number)" value="(\d+)"', form)
    return {name: html.unescape(text) for name, text in areas} | dict(hidden)


def send(client: httpx.Client, fields: dict[str, str], press: str) -> httpx.Response:
    """Press a button of the editor."""
    return client.post(EDIT, data=fields | {"csrf": client.headers["x-csrf-token"], "press": press})


def raised(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields with version 3, and another intent beside its own."""
    changed = fields["procedure.yaml"].replace("version: 2", "version: 3")
    assert changed != fields["procedure.yaml"]
    return fields | {"procedure.yaml": changed.replace("\n", "\r\n")}


@on_sqlite
def test_a_draft_is_saved_checked_put_in_force_and_taken_back(guests: Guests, house: House, halden: Tenant) -> None:
    """What is wrong stands beside its file; nothing changes before it is put in force; the audit knows of all of it."""
    admin = guests.member("admin")
    page = admin.get(EDIT)
    assert "Tom Archer" in page.text
    fields = fields_of(page)
    assert set(fields) == {
        "procedure.yaml",
        *(f"texts/{one}.yaml" for one in halden.settings.languages),
        "revision",
        "number",
    }
    broken = send(admin, raised(fields) | {"texts/de.yaml": "known: [", "texts/en.yaml": "x: <b>"}, "save")
    assert broken.status_code == 303
    shown = admin.get(EDIT)
    assert "This cannot be put in force yet" in shown.text
    assert "texts/de.yaml: line" in shown.text
    assert "Put in force" not in shown.text
    assert "x: &lt;b&gt;" in shown.text
    assert admin.get("/desk/procedures/unlock_access/draft/try").status_code == 303
    late = send(admin, raised(fields), "save")
    assert late.status_code == 412
    assert "changed it meanwhile" in late.text
    again = fields_of(shown) | {name: text for name, text in raised(fields).items() if name.endswith(".yaml")}
    assert send(admin, again, "activate").status_code == 400
    assert send(admin, again, "save").status_code == 303
    fine = admin.get(EDIT)
    assert "Nothing is wrong with the draft." in fine.text
    assert '<del class="text-error"><span aria-hidden="true">− </span><span class="sr-only">' in fine.text
    assert "version: 3" in fine.text.partition('id="changes"')[2].partition('id="write"')[0]
    assert "You play the customer" in admin.get("/desk/procedures/unlock_access/draft/try").text
    book = house.procedure_book
    assert book.of(halden.id).procedures["unlock_access"].version == 2  # type: ignore[union-attr]  # there are some
    done = send(admin, fields_of(fine), "activate")
    assert (done.status_code, done.headers["location"]) == (303, f"{EDIT}?done=activated")
    assert book.of(halden.id).procedures["unlock_access"].version == 3  # type: ignore[union-attr]  # there are some
    assert "Version 3" in admin.get("/desk/procedures/unlock_access").text
    csrf = {"csrf": admin.headers["x-csrf-token"]}
    stale = admin.post("/desk/procedures/unlock_access/editions/0", data=csrf | {"number": "0"})
    assert stale.status_code == 412
    back = admin.post("/desk/procedures/unlock_access/editions/0", data=csrf | {"number": "1"})
    assert back.status_code == 303
    assert book.of(halden.id).procedures["unlock_access"].version == 2  # type: ignore[union-attr]  # there are some
    lines = house.transactions.read(lambda tx: record.latest_audit(tx, system_scope(halden.id, "test"), limit=50))
    actions = [one.action for one in lines if one.object_id == "unlock_access"]
    assert (actions.count("procedure.drafted"), actions.count("procedure.activated")) == (2, 2)


@on_sqlite
def test_hostile_files_and_people_get_nowhere(guests: Guests) -> None:
    """Bombs, objects, enormous and unreadable files; agents, supervisors, other companies, forms without a token."""
    admin = guests.member("admin")
    fields = fields_of(admin.get(EDIT))
    hostile = (
        "a: &a [x, x]\nb: &b [*a, *a]\nc: *b\n",
        "!!python/object/apply:os.system ['true']",
        "[" * 30_000,
        "id: unlock_access\nid: unlock_access\n",
    )
    for number, text in enumerate(hostile):
        assert send(admin, fields | {"procedure.yaml": text, "revision": str(number)}, "save").status_code == 303
        assert send(admin, {"revision": str(number + 1), "number": "0"}, "activate").status_code == 400
    assert send(admin, fields | {"procedure.yaml": "x" * 70_000, "revision": "4"}, "save").status_code == 400
    assert send(admin, fields | {"procedure.yaml": "a\x00b", "revision": "4"}, "save").status_code == 400
    assert send(admin, fields | {"procedure.yaml": "x" * 2_000_000}, "save").status_code == 413
    assert send(admin, {"revision": "4", "number": "0"}, "drop").status_code == 303
    assert admin.post(EDIT, data=fields | {"press": "save"}, headers={"x-csrf-token": ""}).status_code == 403
    assert admin.get("/desk/procedures/nothing/edit").status_code == 404
    for username in ("mira", "nadia"):
        member = guests.member(username)
        assert member.get(EDIT).status_code == 403
        assert send(member, fields, "save").status_code == 403
    owner = guests.member("owner", company="brisa")
    assert owner.get(EDIT).status_code == 404


@on_sqlite
@pytest.mark.parametrize("width", [1280, 380])
def test_the_editor_can_be_used_by_everybody(open_context: OpenContext, width: int) -> None:
    """By keyboard, with what is wrong at its field; nothing to hold against it in light and dark."""
    page = sign_in(open_context(viewport={"width": width, "height": 800}).new_page(), username="admin")
    page.goto(EDIT)
    page.get_by_label("texts/de.yaml").fill("known: [")
    page.get_by_role("button", name="Save and check").press("Enter")
    expect(page.get_by_role("heading", name="This cannot be put in force yet:")).to_be_visible()
    expect(page.get_by_label("texts/de.yaml")).to_have_attribute("aria-invalid", "true")
    assert violations_in_both_schemes(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Throw the draft away").press("Enter")
    expect(page.get_by_text("The draft is gone.")).to_be_visible()
