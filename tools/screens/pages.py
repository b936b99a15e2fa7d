"""Every page that a GET reaches, by the pattern of its address: those that are photographed, and those that are not."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, urlsplit

_TALK: Final = "/desk/conversations/{conversation_id:str}"
_ARTICLE: Final = "/desk/knowledge/{slug:str}/{language:str}"

PAGES: Final = (
    "/",
    "/appeals/{token:str}",
    "/demo/{slug:str}",
    "/demo/{slug:str}/shop",
    "/desk/",
    "/desk/agreements",
    "/desk/audit",
    "/desk/audit/access",
    "/desk/audit/chain",
    "/desk/automation",
    "/desk/automation/new",
    "/desk/automation/{rule_id:str}",
    "/desk/catalogue",
    _TALK,
    f"{_TALK}/assist",
    f"{_TALK}/customer",
    f"{_TALK}/hand-over",
    f"{_TALK}/labels",
    f"{_TALK}/macros",
    f"{_TALK}/mandates/{{mandate_id:str}}/revoke",
    f"{_TALK}/merge",
    f"{_TALK}/review",
    f"{_TALK}/split",
    f"{_TALK}/stands-out",
    "/desk/customers",
    "/desk/flood",
    "/desk/flood/appeals",
    "/desk/flood/switch",
    "/desk/flood/crowds/{campaign_id:str}",
    "/desk/intents",
    "/desk/intents/named/{name:str}",
    "/desk/intents/named/{name:str}/remove",
    "/desk/intents/report",
    "/desk/intents/suggestions",
    "/desk/knowledge",
    "/desk/knowledge/new",
    "/desk/knowledge/corrections",
    "/desk/knowledge/import",
    "/desk/imports/{import_id:str}",
    "/desk/knowledge/questions",
    "/desk/knowledge/report",
    "/desk/corrections/rules",
    "/desk/corrections/{correction_id:str}",
    _ARTICLE,
    f"{_ARTICLE}/correct",
    f"{_ARTICLE}/edit",
    f"{_ARTICLE}/history",
    "/desk/machines",
    "/desk/machines/keys/{key_id:str}/revoke",
    "/desk/machines/platforms/{platform:str}/forget",
    "/desk/macros",
    "/desk/macros/new",
    "/desk/macros/{key:str}",
    "/desk/originals/{span_id:str}",
    "/desk/nudges",
    "/desk/outbox",
    "/desk/people",
    "/desk/plan",
    "/desk/plan/people/{staff_id:str}",
    "/desk/plan/{sheet:str}",
    "/desk/plan/{shelf:str}/new",
    "/desk/plan/{shelf:str}/{key:str}",
    "/desk/policies",
    "/desk/preparedness",
    "/desk/procedures",
    "/desk/procedures/{procedure_id:str}",
    "/desk/procedures/{procedure_id:str}/draft/try",
    "/desk/procedures/{procedure_id:str}/edit",
    "/desk/procedures/{procedure_id:str}/try",
    "/desk/preferences",
    "/desk/replies",
    "/desk/replies/new",
    "/desk/replies/{key:str}",
    "/desk/reports/schedules",
    "/desk/reports/schedules/new",
    "/desk/reports/schedules/{key:str}",
    "/desk/reports/{kind:str}",
    "/desk/reviews",
    "/desk/reviews/sample",
    "/desk/reviews/{review_id:str}",
    "/desk/scorecards",
    "/desk/scorecards/new",
    "/desk/scorecards/{key:str}",
    "/desk/search",
    "/desk/senders",
    "/desk/senders/block",
    "/desk/senders/{block_id:str}",
    "/desk/settings/history",
    "/desk/settings/{part:str}",
    "/desk/sign-in",
    "/desk/wallboard",
    "/desk/webhooks",
    "/desk/webhooks/{webhook_id:str}",
    "/desk/webhooks/{webhook_id:str}/remove",
    "/desk/workspace/{shelf:str}",
    "/desk/workspace/{shelf:str}/new",
    "/desk/workspace/{shelf:str}/{key:str}",
    "/my",
    "/my/{slug:str}",
    "/my/{slug:str}/access",
    "/my/{slug:str}/again",
    "/my/{slug:str}/choices",
    "/my/{slug:str}/conversations/{conversation_id:str}",
    "/my/{slug:str}/data",
    "/my/{slug:str}/decisions",
    "/my/{slug:str}/security",
    "/my/{slug:str}/sign-in",
    "/problems/{code:str}",
)
"""Patterns of pages, as the application writes them."""

NOT_PAGES: Final[Mapping[str, str]] = {
    "/demo/{slug:str}/shop/token": "a token for the chat of the shop",
    f"{_TALK}/canned": "a part: the replies that are offered while somebody writes",
    f"{_TALK}/earlier": "a part of the conversation, above what it shows first",
    f"{_TALK}/export": "a download",
    f"{_TALK}/files/{{attachment_id:str}}": "a download",
    f"{_TALK}/known": "a part: what is known of the customer, seen in the conversation",
    f"{_TALK}/last-words": "a part: the customer's last words, translated",
    f"{_TALK}/now": "a part: the conversation as it is now",
    "/desk/audit/download": "a download",
    "/desk/demand": "a part: how many wait, seen beside every page",
    "/desk/draft-key": "a key for the page's script",
    "/desk/emoji": "a part: the emoji that the composer offers",
    "/desk/flood/now": "a part: how things stand with floods by now",
    "/desk/inbox": "a part: the inbox as it is now",
    "/desk/people/here": "a part: who is there now",
    "/desk/recent": "a part of the command palette",
    "/desk/reports": "leads to the first report",
    "/desk/reports/sent/{key:str}/{day:str}": "leads to the report that a mail told of",
    "/desk/reports/{kind:str}/download": "a download",
    "/desk/settings": "leads to the first part of them",
    "/desk/session": "an answer for the page's script",
    "/desk/stream": "a stream",
    "/desk/wallboard/now": "a part: the board as it is now",
    "/desk/workspace": "leads to the labels",
    "/metrics": "figures for programs",
    "/my/{slug:str}/conversations/{conversation_id:str}/files/{attachment_id:str}": "a download",
    "/static/{name:str}": "scripts, styles and drawings",
    "/widget.js": "a script",
}
"""Patterns of what is no page of its own, each with what it is."""

_TOLD_APART: Final = frozenset({"shelf", "sheet", "kind", "part"})
"""Parts of addresses that name another form each; other parts name things that look like one another."""
_PLACE: Final = re.compile(r"\{(\w+):str\}")
_ORDERED: Final = frozenset({"page", "sort", "cursor", "next", "day", "since", "until", "step", "conversation"})
"""Questions of addresses that do not change what a page looks like."""


def pattern_of(address: str, patterns: Iterable[str] = (*PAGES, *NOT_PAGES)) -> str | None:
    """Return the pattern of an address, the one with the most fixed steps of those that fit; None for none."""
    path = urlsplit(address).path
    fitting = [one for one in patterns if _expression(one).fullmatch(path)]
    return min(fitting, key=lambda one: one.count("{"), default=None)


def shape_of(address: str) -> str:
    """Return what addresses of the same page have in common: its pattern, which form it is, and what is asked of it."""
    pattern = pattern_of(address)
    if pattern is None:
        return address
    found = _expression(pattern).fullmatch(urlsplit(address).path)
    values = found.groupdict() if found else {}
    path = _PLACE.sub(lambda place: values[place[1]] if place[1] in _TOLD_APART else "~", pattern)
    names = sorted(set(parse_qs(urlsplit(address).query)) - _ORDERED)
    return path + (f"?{'&'.join(names)}" if names else "")


def name_of(address: str) -> str:
    """Return a file's name for the pictures of a page."""
    return re.sub(r"[^\w]+", "-", shape_of(address).replace("~", "id")).strip("-") or "welcome"


@lru_cache(maxsize=200)
def _expression(pattern: str) -> re.Pattern[str]:
    pieces = _PLACE.split(pattern.rstrip("/"))
    steps = [f"(?P<{piece}>[^/]+)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)]
    return re.compile("".join(steps) + "/?")
