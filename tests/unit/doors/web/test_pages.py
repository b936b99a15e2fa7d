"""Words, times, masks and choices of pages."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorward.bootstrap import load_plugins
from doorward.doors.web import pages as pages_module
from doorward.doors.web.assets import Assets
from doorward.doors.web.forms import local_path
from doorward.doors.web.pages import ago, masked
from doorward.doors.web.speech import negotiate
from doorward.kit.clock import SystemClock
from doorward.kit.settings import Settings
from doorward.vocabulary.text import Span

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LANGUAGES = ("en", "de", "tr", "id", "ru")
FOLDER = Path(pages_module.__file__).parent


def test_text_cannot_turn_round_what_is_read() -> None:
    """An override of the reading direction is shown as a sign, in its place: spans still cover what they did."""
    html = masked("ab\u202ecd [CARD·4242]", (Span(kind="CARD", start=6, end=17),), kind_name=lambda _kind: "Card")
    assert "\u202e" not in html
    assert html.startswith("ab␣cd ")
    assert "CARD·4242" in html


def test_a_mask_is_a_chip_that_is_read_out() -> None:
    """A masked place shows its label and tail, and says to screen readers what stood there."""
    html = masked("My card [CARD·4242]!", (Span(kind="CARD", start=8, end=19),), kind_name=lambda _kind: "Payment card")
    assert html == (
        'My card <span class="mask" data-kind="CARD"><span class="sr-only">Payment card: </span>'
        "<span>CARD·4242</span></span>!"
    )


def test_what_looks_like_a_mask_stays_text() -> None:
    """Only spans make chips; markup in the text around them is shown as it was typed."""
    html = masked("<b>[CARD·4242]</b>", (), kind_name=str)
    assert html == "&lt;b&gt;[CARD·4242]&lt;/b&gt;"


def test_a_hostile_kind_cannot_break_out_of_its_chip() -> None:
    """Kinds come from plugins, names from language packs: both are escaped."""
    html = masked("[X]", (Span(kind='"><script>', start=0, end=3),), kind_name=lambda kind: kind)
    assert "<script>" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_are_told_in_the_past(language: str) -> None:
    """A moment that has just been, or that a clock a little ahead puts into the future, is never 'in 0 seconds'."""
    soon = ago(NOW + timedelta(seconds=2), now=NOW, language=language)
    assert soon == ago(NOW, now=NOW, language=language) == ago(NOW - timedelta(seconds=1), now=NOW, language=language)
    assert ago(NOW - timedelta(hours=2), now=NOW, language=language) != soon


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("tr", "tr"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, ru;q=0.5, en;q=0.7", "en"),
        ("en;q=0, id", "id"),
        ("fr", None),
        ("", None),
        ("*", None),
        ("de;q=2", None),
        ("\x00,de" + ",x" * 10_000, "de"),
    ],
)
def test_the_language_that_is_liked_best_is_chosen(header: str, language: str | None) -> None:
    """Weights count, regions do not, and nonsense is passed over."""
    assert negotiate(header, LANGUAGES) == language


@pytest.mark.parametrize(
    "wish", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "", "/a\\b", "/\r\nx", "/ä"]
)
def test_nobody_is_led_to_another_site(wish: str) -> None:
    """A wish of where to go on to that could leave this site is not followed."""
    assert local_path(wish, otherwise="/desk/") == "/desk/"
    assert local_path("/desk/outbox?x=1", otherwise="/desk/") == "/desk/outbox?x=1"


def test_every_word_of_every_page_is_in_the_language_packs() -> None:
    """No template asks for a sentence that is not there."""
    messages = load_plugins(Settings(), clock=SystemClock(), kinds=("language",)).packs["en"].messages
    known = {key.partition("|")[0] for key in messages}
    asked = {
        key
        for template in FOLDER.rglob("*.html")
        for key in re.findall(r'\bt\("([a-z_.]+)"(?! ~)', template.read_text(encoding="utf-8"))
    }
    assert len(asked) > 60
    assert asked - known == set()


def test_no_template_has_inline_code() -> None:
    """The content policy would block it, so it must not be written: no style, no script, no handler, no raw HTML."""
    wrong = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe|hx-on|hx-vals|<script(?![^>]*src=)")
    faults = [path.name for path in FOLDER.rglob("*.html") if wrong.search(path.read_text(encoding="utf-8"))]
    assert faults == []


def test_built_files_are_read_once_and_hidden_ones_are_not(tmp_path: Path) -> None:
    """An address changes with the file's content; what is not for browsers is not there at all."""
    (tmp_path / "desk.css").write_text("a{}")
    (tmp_path / "assets.json").write_text("{}")
    first = Assets(tmp_path).url("desk.css")
    (tmp_path / "desk.css").write_text("b{}")
    assert Assets(tmp_path).url("desk.css") != first
    assert Assets(tmp_path).url("missing.css") == "/static/missing.css"
    with pytest.raises(LookupError):
        Assets(tmp_path)._by_name["assets.json"]
