"""Parts of pages that ask for themselves again while something is under way: nobody loses their place, or hears all."""

import re
from pathlib import Path

import pytest

from doorward.doors.web import desk

KNOWLEDGE = Path(desk.__file__).parent / "knowledge"
ASKING = re.compile(r"<(?P<tag>\w+)[^\n]*hx-trigger=\"every [^\n]*>")
LIVE = re.compile(r"<(?P<tag>\w+)(?: class=\"[^\"]*\")? aria-live=\"polite\">")


@pytest.mark.parametrize("page", ["correction.html", "imported.html", "report.html"])
def test_what_asks_again_is_changed_in_place_and_one_line_is_read_out(page: str) -> None:
    """What has the focus keeps it, and of the part only the line that says how it stands is a live region."""
    written = (KNOWLEDGE / page).read_text(encoding="utf-8")
    (asking,) = ASKING.finditer(written)
    assert 'hx-swap="outerMorph"' in asking[0]
    assert "aria-live" not in asking[0]
    (live,) = LIVE.finditer(written)
    assert live["tag"] == "p"
    assert written.count("aria-live") == 1
