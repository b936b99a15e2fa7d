"""Articles brought in by page: looked at first, kept as drafts by a job, and nothing of hostile files."""

import io
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from doorward.answering.imports import jobs, service
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import OpenContext, on_sqlite, sign_in, violations_in_both_schemes
from tests.support.reader import faults_of_tree
from tests.support.server import Guests

PAGE = "/desk/knowledge/import"
RENTAL = "# Umbrellas\n\nTwo coins a day.\n\n## Bringing them back\n\nTo the desk.\n"


def send(editor: httpx.Client, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    """Send files, and follow where they lead."""
    form = {"csrf": editor.headers["x-csrf-token"], **fields}
    sent = [("files", (name, content)) for name, content in files]
    return editor.post(PAGE, data=form, files=sent, follow_redirects=True)


def press(editor: httpx.Client, page: httpx.Response, what: str) -> httpx.Response:
    """Press one of an import's buttons."""
    form = {"csrf": editor.headers["x-csrf-token"]}
    return editor.post(f"{page.url.path}/{what}", data=form, follow_redirects=True)


def taken(editor: httpx.Client, page: httpx.Response) -> str:
    """Return an import's page once it is done."""
    until = time.monotonic() + 30
    while "Articles done" not in (text := editor.get(page.url.path).text) or "Kept as drafts: " not in text:
        assert time.monotonic() < until, text
        time.sleep(0.1)
    return text


def packed(**files: str) -> bytes:
    """Return a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return made.getvalue()


def test_files_are_looked_at_and_come_in_as_drafts(guests: Guests, halden: Tenant) -> None:
    """Nothing is an article before the second press; then it is a draft; the same again is as it is here."""
    nadia = guests.member("nadia")
    page = send(
        nadia, ("umbrellas.md", RENTAL.encode()), ("faq.csv", b"Question,body\nWhy?,Because.\n"), title="Question"
    )
    assert page.status_code == 200, page.text
    assert "Umbrellas" in page.text
    assert "Why?" in page.text
    assert nadia.get("/desk/knowledge/umbrellas/en").status_code == 404
    press(nadia, page, "take")
    assert "Kept as drafts: 2." in taken(nadia, page)
    assert "Two coins a day" in nadia.get("/desk/knowledge/umbrellas/en").text
    again = send(nadia, ("umbrellas.md", RENTAL.encode()))
    assert "Everything is here already." in again.text
    gone = press(nadia, again, "give-up")
    assert "Nothing of it was kept." in gone.text
    assert nadia.get(again.url.path).status_code == 404
    assert guests.member("owner", company="brisa").get(page.url.path).status_code == 404
    assert guests.member("mira").get(PAGE).status_code == 403


def test_whoever_wrote_meanwhile_knows_more(guests: Guests, halden: Tenant) -> None:
    """An article that somebody saved since it was looked at stays as they wrote it, and is told."""
    nadia = guests.member("nadia")
    first = send(nadia, ("umbrellas.md", RENTAL.encode()))
    press(nadia, first, "take")
    taken(nadia, first)
    second = send(nadia, ("umbrellas.md", RENTAL.replace("Two", "Three").encode()))
    draft = nadia.get("/api/v1/articles", params={"state": "draft"}).json()["items"]
    article_id = next(one["id"] for one in draft if one["slug"] == "umbrellas")
    body = {"title": "Mine", "sections": [{"heading": "Mine", "body": "Four."}]}
    assert nadia.put(f"/api/v1/articles/{article_id}/draft", json=body, headers={"if-match": '"1"'}).status_code == 200
    press(nadia, second, "take")
    assert "changed them meanwhile: 1." in taken(nadia, second)
    assert nadia.get(f"/api/v1/articles/{article_id}/draft").json()["title"] == "Mine"


def test_hostile_files_are_refused_by_name(guests: Guests, halden: Tenant) -> None:
    """Programs, broken and locked zips, ways up: each is told with its reason, and nothing of it runs on the page."""
    nadia = guests.member("nadia")
    bomb = packed(
        **{"..__..__etc__passwd.md": RENTAL, "<script>x</script>.md": RENTAL, "deep.zip": "x", "run.exe": "MZ"}
    )
    page = send(
        nadia,
        ("help.zip", bomb),
        ("broken.zip", b"PK\x03\x04nothing"),
        ("x.md", b"\xff\xfe\x00"),
        ("y.csv", b"a,b\n1,2\n"),
    )
    for why in (
        "Not Markdown, a web page",
        "The zip cannot be opened",
        "This is no text",
        "A column for title or answer",
    ):
        assert why in page.text, why
    assert "<script>x</script>" not in page.text
    assert "../" not in page.text
    nothing = send(nadia, ("", b""))
    assert (nothing.status_code, "Choose at least one file." in nothing.text) == (400, True)
    form = {"csrf": "wrong"}
    assert nadia.post(PAGE, data=form, files={"files": ("a.md", RENTAL.encode())}).status_code == 403


def test_a_long_import_is_done_in_steps_and_old_ones_are_forgotten(
    guests: Guests, house: House, halden: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job takes two articles here, and all come in; a day later nothing of it is left."""
    monkeypatch.setattr(service, "AT_ONCE", 2)
    monkeypatch.setattr(jobs, "SECONDS", 0.0)
    nadia = guests.member("nadia")
    page = send(nadia, ("many.zip", packed(**{f"a{number}.md": RENTAL for number in range(7)})))
    press(nadia, page, "take")
    assert "Kept as drafts: 7." in taken(nadia, page)
    monkeypatch.setattr(service, "KEPT", timedelta(0))
    house.upkeep.forget(system_scope(halden.id, "test"))
    assert nadia.get(page.url.path).status_code == 404


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("width", [1280, 380])
def test_an_import_by_keyboard(open_context: OpenContext, tmp_path: Path, halden: Tenant, width: int) -> None:
    """Files are chosen, looked at and taken; in both schemes, on wide and narrow windows."""
    (tmp_path / "umbrellas.md").write_text(RENTAL, encoding="utf-8")
    (tmp_path / "run.exe").write_bytes(b"MZ")
    page = sign_in(open_context(viewport={"width": width, "height": 800}).new_page(), username="nadia")
    page.goto(PAGE)
    page.get_by_label("Files").set_input_files([tmp_path / "umbrellas.md", tmp_path / "run.exe"])
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("button", name="Read and preview").press("Enter")
    expect(page.get_by_role("table", name="Articles as they were read")).to_contain_text("Umbrellas")
    expect(page.get_by_role("table", name="What cannot come in")).to_contain_text("run.exe")
    assert violations_in_both_schemes(page) == []
    assert faults_of_tree(page) == []
    page.get_by_role("button", name="Keep as drafts").press("Enter")
    expect(page.get_by_text("Kept as drafts: 1.")).to_be_visible(timeout=30_000)
    assert violations_in_both_schemes(page) == []
