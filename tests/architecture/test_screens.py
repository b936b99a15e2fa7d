"""Every page can be looked at: the command that photographs pages knows each address, or says why it is no page."""

from collections.abc import Iterator

from litestar.handlers import HTTPRouteHandler

from doorward.doors.web import operations, static_files
from doorward.doors.web.app import PAGE_HANDLERS, show_problem
from doorward.doors.web.customer.portal import actions, export, pages, sign_in
from tools.screens.pages import NOT_PAGES, PAGES, name_of, pattern_of, shape_of


def _addresses() -> Iterator[str]:
    """The patterns of all addresses that a GET reaches and that are not of the interface."""
    portal: list[HTTPRouteHandler] = [*sign_in.HANDLERS, *pages.HANDLERS, *actions.HANDLERS, *export.HANDLERS]
    others = [show_problem, operations.metrics, static_files.static_file, static_files.widget_script, *PAGE_HANDLERS]
    for below, handlers in (("/my", portal), ("", others)):
        for handler in handlers:
            if "GET" in handler.http_methods:
                yield from ((below + path).rstrip("/") if below else path for path in handler.paths)


def test_each_address_is_photographed_or_said_to_be_no_page() -> None:
    """A new page is one line in `tools/screens/pages.py`."""
    assert {one if one == "/" else one.rstrip("/") for one in _addresses()} == {
        one if one == "/" else one.rstrip("/") for one in (*PAGES, *NOT_PAGES)
    }
    assert not set(PAGES) & set(NOT_PAGES)


def test_an_address_is_known_by_its_most_fixed_pattern() -> None:
    """Words that stand in a pattern count for more than places for anything."""
    assert pattern_of("/desk/settings/history") == "/desk/settings/history"
    assert pattern_of("/desk/settings/hours") == "/desk/settings/{part:str}"
    assert pattern_of("/desk/?show=all") == "/desk/"
    assert pattern_of("/desk/nothing-here") is None


def test_pages_that_look_alike_are_one_and_other_forms_are_others() -> None:
    """One reply's form is like every other's; a label's is not like a status's."""
    assert shape_of("/desk/replies/hello") == shape_of("/desk/replies/bye")
    assert shape_of("/desk/workspace/labels/new") != shape_of("/desk/workspace/statuses/new")
    assert name_of("/desk/workspace/labels/card") == "desk-workspace-labels-id"
