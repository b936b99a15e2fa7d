"""What a screen reader is told of a page: the browser's own accessibility tree, looked through for what is missing."""

from typing import Any, Final

from playwright.sync_api import Page

_NAMED: Final = frozenset(
    {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "slider", "option", "img"}
    | {"dialog", "alertdialog", "progressbar", "table", "spinbutton", "menuitem"}
)
"""Roles that say nothing without a name (WAI-ARIA 1.2, "Accessible Name Required", and what we press)."""

_ONCE: Final = ("main", "banner")
_LANDMARKS: Final = frozenset({"navigation", "region", "complementary"})


def faults_of_tree(page: Page, *, within_dialog: bool = False) -> list[str]:
    """Return what is wrong with the tree of a page: what lacks a name, stands twice, or skips a level of headings.

    An open dialog is all that there is: it has no main part, and its headings begin below the page's.
    """
    nodes = _nodes(page)
    found = [f"{_role(one)} without a name" for one in nodes if _role(one) in _NAMED and not _name(one)]
    found += [f"{role} stands {count} times" for role in _ONCE if (count := _count(nodes, role)) > 1]
    if not within_dialog and _count(nodes, "main") == 0:
        found.append("no main part")
    names = [(_role(one), _name(one)) for one in nodes if _role(one) in _LANDMARKS]
    found += [f"two {role} are called '{name}'" for role, name in dict.fromkeys(names) if names.count((role, name)) > 1]
    levels = [int(_property(one, "level")) for one in nodes if _role(one) == "heading"]
    return found + _skipped(levels[:1] if within_dialog else [0], levels)


def _skipped(start: list[int], levels: list[int]) -> list[str]:
    pairs = zip([*start, *levels], levels, strict=False)
    return [
        f"a heading of level {after} follows one of level {before}" for before, after in pairs if after > before + 1
    ]


def _nodes(page: Page) -> list[dict[str, Any]]:
    """Return the nodes that are not ignored, in the order of the page."""
    session = page.context.new_cdp_session(page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in tree}
    ordered: list[dict[str, Any]] = []
    waiting = [tree[0]["nodeId"]] if tree else []
    while waiting:
        node = by_id.get(waiting.pop())
        if node is None:
            continue
        if not node.get("ignored"):
            ordered.append(node)
        waiting += reversed(node.get("childIds", []))
    return ordered


def _role(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def _property(node: dict[str, Any], name: str) -> Any:
    return next(one["value"]["value"] for one in node["properties"] if one["name"] == name)


def _count(nodes: list[dict[str, Any]], role: str) -> int:
    return sum(_role(one) == role for one in nodes)
