"""The desk's pages in the order in which they are offered, and who is offered which. A new page is one line here."""

from collections.abc import Collection
from typing import Final

import msgspec

from doorward.identity import Permission


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """One page: `label` is a sentence's key, `icon` a drawing's name, `keys` what to press one after the other."""

    key: str
    label: str
    href: str
    icon: str
    permission: Permission
    keys: tuple[str, ...] = ()
    demo: bool = False


DESTINATIONS: Final = (
    Destination(
        key="inbox",
        label="desk.inbox.title",
        href="/desk/",
        icon="inbox",
        permission="conversations:read",
        keys=("g", "i"),
    ),
    Destination(
        key="wallboard",
        label="wall.title",
        href="/desk/wallboard",
        icon="eye",
        permission="measure:read",
        keys=("g", "l"),
    ),
    Destination(
        key="flood",
        label="floods.title",
        href="/desk/flood",
        icon="people",
        permission="measure:read",
        keys=("g", "z"),
    ),
    Destination(
        key="search",
        label="search.title",
        href="/desk/search",
        icon="search",
        permission="conversations:read",
        keys=("/",),
    ),
    Destination(
        key="customers",
        label="vault.search.title",
        href="/desk/customers",
        icon="person",
        permission="customers:read",
        keys=("g", "f"),
    ),
    Destination(
        key="people",
        label="people.title",
        href="/desk/people",
        icon="people",
        permission="queue:read",
        keys=("g", "t"),
    ),
    Destination(
        key="knowledge",
        label="shell.to.knowledge",
        href="/desk/knowledge",
        icon="book",
        permission="articles:read",
        keys=("g", "k"),
    ),
    Destination(
        key="intents",
        label="intents.title",
        href="/desk/intents",
        icon="sparkle",
        permission="articles:write",
        keys=("g", "v"),
    ),
    Destination(
        key="workspace",
        label="office.title",
        href="/desk/workspace/labels",
        icon="tag",
        permission="workspace:write",
        keys=("g", "w"),
    ),
    Destination(
        key="replies",
        label="replies.title",
        href="/desk/replies",
        icon="reply",
        permission="conversations:write",
        keys=("g", "r"),
    ),
    Destination(
        key="macros",
        label="macros.title",
        href="/desk/macros",
        icon="play",
        permission="conversations:write",
        keys=("g", "m"),
    ),
    Destination(
        key="agreements",
        label="agreements.title",
        href="/desk/agreements",
        icon="check",
        permission="agreements:write",
        keys=("g", "y"),
    ),
    Destination(
        key="reviews",
        label="review.title",
        href="/desk/reviews",
        icon="star",
        permission="conversations:read",
        keys=("g", "e"),
    ),
    Destination(
        key="reports",
        label="report.title",
        href="/desk/reports",
        icon="chart",
        permission="measure:read",
        keys=("g", "n"),
    ),
    Destination(
        key="nudges",
        label="nudges.title",
        href="/desk/nudges",
        icon="star",
        permission="measure:read",
        keys=("g", "j"),
    ),
    Destination(
        key="preparedness",
        label="prepared.title",
        href="/desk/preparedness",
        icon="shield",
        permission="measure:read",
        keys=("g", "g"),
    ),
    Destination(
        key="senders",
        label="shell.to.senders",
        href="/desk/senders",
        icon="block",
        permission="conversations:write",
        keys=("g", "b"),
    ),
    Destination(
        key="audit",
        label="shell.to.audit",
        href="/desk/audit",
        icon="shield",
        permission="audit:read",
        keys=("g", "a"),
    ),
    Destination(
        key="settings",
        label="shell.to.settings",
        href="/desk/settings",
        icon="settings",
        permission="settings:read",
        keys=("g", "s"),
    ),
    Destination(
        key="plan",
        label="plan.title",
        href="/desk/plan",
        icon="queue",
        permission="queue:read",
        keys=("g", "q"),
    ),
    Destination(
        key="automation",
        label="rules.title",
        href="/desk/automation",
        icon="sparkle",
        permission="settings:read",
        keys=("g", "u"),
    ),
    Destination(
        key="policies",
        label="policies.title",
        href="/desk/policies",
        icon="flag",
        permission="settings:read",
        keys=("g", "d"),
    ),
    Destination(
        key="procedures",
        label="procedures.title",
        href="/desk/procedures",
        icon="hand-over",
        permission="settings:read",
        keys=("g", "x"),
    ),
    Destination(
        key="webhooks",
        label="webhooks.title",
        href="/desk/webhooks",
        icon="external",
        permission="webhooks:read",
        keys=("g", "h"),
    ),
    Destination(
        key="machines",
        label="machines.title",
        href="/desk/machines",
        icon="device",
        permission="settings:read",
    ),
    Destination(
        key="outbox",
        label="desk.outbox.title",
        href="/desk/outbox",
        icon="mail",
        permission="conversations:read",
        keys=("g", "o"),
        demo=True,
    ),
    Destination(
        key="catalogue",
        label="shell.to.catalogue",
        href="/desk/catalogue",
        icon="grid",
        permission="conversations:read",
        keys=("g", "c"),
        demo=True,
    ),
)


def destinations_for(permissions: Collection[Permission], *, demo: bool) -> tuple[Destination, ...]:
    """Return the pages that somebody with these permissions is offered; some are there in the demonstration alone."""
    return tuple(one for one in DESTINATIONS if one.permission in permissions and (demo or not one.demo))
