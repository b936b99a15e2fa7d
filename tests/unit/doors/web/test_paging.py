"""Lists in pages and conditions of requests: nobody is shown twice or left out, and who has it is sent nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.doors.web.api.conditions import content_tag, edition_of, is_seen
from doorward.doors.web.api.paging import page_by, read_cursor, write_cursor
from doorward.vocabulary.errors import Malformed

IDS = st.text("abcdef", min_size=1, max_size=3)


@given(
    first=st.sets(IDS, max_size=12), between=st.lists(st.tuples(st.sets(IDS), st.sets(IDS))), limit=st.integers(1, 4)
)
def test_what_stands_all_along_is_shown_exactly_once(
    first: set[str], between: list[tuple[set[str], set[str]]], limit: int
) -> None:
    """Between two pages things come and go anywhere in the list."""
    there, stood = set(first), set(first)
    changes = iter(between)
    shown, cursor = page_by(there, str, limit=limit, cursor=None)
    while cursor is not None:
        come, gone = next(changes, (set[str](), set[str]()))
        there = (there | come) - gone
        stood -= gone
        page, cursor = page_by(there, str, limit=limit, cursor=cursor)
        shown += page
    assert len(shown) == len(set(shown))
    assert stood <= set(shown)


def test_without_pages_a_list_is_whole_and_in_its_own_order() -> None:
    """Nobody who asked before there were pages gets less, or something else."""
    assert page_by(["c", "a", "b"], str, limit=None, cursor=None) == (("c", "a", "b"), None)
    assert page_by(["c", "a", "b"], str, limit=3, cursor=None) == (("a", "b", "c"), None)
    assert page_by(["c", "a", "b"], str, limit=None, cursor="a") == (("b", "c"), None)


@pytest.mark.parametrize("cursor", ["x", "ä", "{}", "bnVsbA", write_cursor(3)])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    """Whatever it is."""
    with pytest.raises(Malformed):
        read_cursor(cursor, str)


@given(st.text(max_size=40))
def test_a_cursor_is_read_as_it_was_written(place: str) -> None:
    """And stands in an address as it is."""
    assert read_cursor(write_cursor(place), str) == place
    assert write_cursor(place).replace("-", "").replace("_", "").isalnum()


def test_tags_are_compared_weakly() -> None:
    """One of several, a weak one as a strong one, or any (RFC 9110, 13.1.2); nothing is no tag."""
    tag = content_tag(b"something")
    assert tag != content_tag(b"something else")
    for header in (tag, f'"1", {tag}', tag.removeprefix("W/"), "*"):
        assert is_seen(header, tag), header
    assert is_seen('W/"3"', '"3"')
    for header in ("", '"1"', tag[:-2], "W/"):
        assert not is_seen(header, tag), header
    assert edition_of('"12"') == 12
