"""What stands on the reference pages."""

import inspect
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, Final

import msgspec

from doorward.doors.cli.leaks.canaries import Template, templates_of
from doorward.doors.cli.leaks.forms import FORMS, MEANINGS
from doorward.identity import ACTIONS, PERMISSIONS, ROLES
from doorward.kit.plugins import KINDS, discover, discover_all
from doorward.kit.settings import Leaf, Settings, leaves
from doorward.kit.tenant_settings import TenantSettings
from doorward.vocabulary.errors import DoorwardError
from doorward.webhooks import EVENTS, TEST, WITHHELD
from tools.reference.commands import cli_page
from tools.terminal import ROOT

FOLDER: Final = ROOT / "docs" / "reference"

_GUESTS: Final = ("doorward.plugins", "doorward.doors")

KIND_SENTENCES: Final = {
    "channel": "A way for contacts to come in. It only reads requests; what follows is the same walk for all channels.",
    "detector": "Finds something in raw text before anybody else sees it: personal data, links, hidden characters.",
    "policy": "An ordered list of rules that choose what happens with a message, each with its reason.",
    "language": "Every sentence of one language, and the words that the rooms look for.",
    "procedure": "A task with several steps that the first line does with a customer, within that customer's rights.",
    "connector": "A line to another system: outgoing mail, a company's own records.",
    "model": "Something that turns text into vectors, or proposes texts; it never holds a key and never decides.",
    "company": "A company's texts, rules, demo data and core system, kept out of the product.",
}
"""What each kind of plugin is. A kind without a sentence fails the build."""


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {
        "settings.md": settings_page(),
        "errors.md": errors_page(),
        "cli.md": cli_page(),
        "plugins.md": plugins_page(),
        "permissions.md": permissions_page(),
        "canaries.md": canaries_page(),
        "webhooks.md": webhooks_page(),
    }


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "|".join("---" for _ in headings) + "|"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in row) + " |"


def page(title: str, origin: str, lines: Iterable[str]) -> str:
    """Return a whole page with its title and where it comes from."""
    head = [f"# {title}", "", f"Written by `python3 run.py docs` from {origin}; a test holds the two together.", ""]
    return "\n".join([*head, *lines]).rstrip() + "\n"


def settings_page() -> str:
    """All settings of the installation and of a tenant."""

    def lines() -> Iterator[str]:
        yield "Later wins: the defaults below, `doorward.toml` in the data folder (or `--config FILE`), the"
        yield "environment, options of a command. In the file `server.port` is `port` in the table `[server]`, in the"
        yield "environment it is `DOORWARD_SERVER__PORT`. A name that does not exist stops the start."
        yield ""
        yield "## The installation"
        yield ""
        yield from settings_table(Settings)
        yield ""
        yield "## Each tenant"
        yield ""
        yield "Kept in the database, changed with `doorward settings set NAME VALUE --tenant SLUG` or through the API."
        yield "Texts are written as they are, everything else as JSON."
        yield ""
        yield from settings_table(TenantSettings)

    return page("Settings", "`doorward.kit.settings`", lines())


def settings_table(tree: type[msgspec.Struct]) -> Iterator[str]:
    """Yield the table of one tree of settings."""
    return table(("name", "type", "default", "meaning"), (setting_row(leaf) for leaf in leaves(tree)))


def setting_row(leaf: Leaf) -> tuple[str, str, str, str]:
    """Return one setting's cells."""
    default = json.dumps(msgspec.to_builtins(leaf.default), ensure_ascii=False)
    return f"`{leaf.name}`", f"`{leaf.type}`", "" if leaf.default in ("", (), {}) else f"`{default}`", leaf.description


def error_classes(root: type[DoorwardError] = DoorwardError) -> Iterator[type[DoorwardError]]:
    """Yield all errors of vocabulary, rooms and flow, parents before their children."""
    import_module("doorward.bootstrap")  # with it comes every room, and what it may raise
    yield root
    for child in sorted(root.__subclasses__(), key=lambda kind: kind.__name__):
        if child.__module__.startswith("doorward.") and not child.__module__.startswith(_GUESTS):
            yield from error_classes(child)


def errors_page() -> str:
    """Every error by its code."""
    english = english_messages()

    def row(kind: type[DoorwardError]) -> tuple[str, ...]:
        meaning = " ".join(inspect.getdoc(kind).split()) if kind.__doc__ else ""  # type: ignore[union-attr]  # has a doc
        sentence = english.get(f"error.{kind.code}", "")
        return f"`{kind.code}`", str(kind.status), kind.recipient, meaning, sentence

    def lines() -> Iterator[str]:
        yield "Answers of the API are `application/problem+json` (RFC 9457) with these codes, which never change their"
        yield "meaning. The last column is what a customer reads, in English; every language has its own."
        yield ""
        yield from table(("code", "HTTP", "for the", "meaning", "what people read"), map(row, error_classes()))

    return page("Errors", "`doorward.vocabulary.errors` and the English language pack", lines())


def english_messages() -> dict[str, str]:
    """Return the sentences of the English pack."""
    pack: Any = next(found for found in discover("language") if found.manifest.id == "en").build(None)
    return dict(pack.messages)


def plugins_page() -> str:
    """The kinds of plugins, and all that come with Doorward."""

    def lines() -> Iterator[str]:
        yield "A plugin is one folder with `plugin.toml`, `plugin.py` (with `build(kit)`), `README.md`, `cases/` and"
        yield "`tests/`. `doorward new KIND NAME` makes one whose tests pass. It is found by lying in its place; a"
        yield "wheel of your own offers one by an entry point in the group `doorward.<folder>`."
        yield ""
        yield "## Kinds"
        yield ""
        rows = ((kind, f"`plugins/{folder}/`", KIND_SENTENCES[kind]) for kind, folder in KINDS.items())
        yield from table(("kind", "folder", "what it is"), rows)
        yield ""
        yield "## Plugins that come with Doorward"
        yield ""
        found = (plugin.manifest for plugin in discover_all())
        rows_of_found = ((it.kind, f"`{it.id}`", it.quality, it.summary) for it in found)
        yield from table(("kind", "id", "quality", "what it does"), rows_of_found)

    return page("Plugins", "the plugin folders", lines())


def canaries_page() -> str:
    """Which kinds the guard promises to see in which forms, and in which languages where not in all."""
    templates = templates_of(discover("detector"))

    def cell(alike: Sequence[Template], form: str) -> str:
        seen = [template.language for template in alike if form in template.promised]
        return "yes" if len(seen) == len(alike) else ", ".join(seen)

    def lines() -> Iterator[str]:
        yield "What `doorward doctor leaks` says, and what must then be nowhere: every kind that a detector masks,"
        yield "in these forms. Where a cell names languages, it is promised in those alone; where it is empty, in none:"
        yield "then what is not seen is kept as typed. [How the test works](../concepts/leaks.md)."
        yield ""
        yield from table(("form", "what it is"), ((f"`{form}`", MEANINGS[form]) for form in FORMS))
        yield ""
        kinds = sorted({template.kind for template in templates})
        by_kind = {kind: [template for template in templates if template.kind == kind] for kind in kinds}
        rows = ((f"`{kind}`", *(cell(alike, form) for form in FORMS)) for kind, alike in by_kind.items())
        yield from table(("kind", *FORMS), rows)

    return page("Canaries", "the detectors' `cases/canaries.jsonl`", lines())


def webhooks_page() -> str:
    """All events that a webhook can be told, and what is told to nobody."""

    def lines() -> Iterator[str]:
        yield 'A body is `{"type", "timestamp", "data"}`; `data` has `conversation_id`, `party_id`, `seq`, `actor`'
        yield "(`kind`, `id`), `message_id` where there is one, `facts` as below, and `text`, masked, where the event"
        yield "has one and the webhook asks for texts. Types and fields are only ever added."
        yield ""
        rows = (
            (f"`{name}`", event.when, ", ".join(f"`{fact}`" for fact in event.facts), "yes" if event.has_text else "")
            for name, event in EVENTS.items()
        )
        yield from table(("type", "when", "facts", "text"), rows)
        yield ""
        yield f"`{TEST}` is sent when somebody asks for it; its `data` has `webhook_id`."
        yield ""
        yield "## Told to nobody"
        yield ""
        yield from table(("line of the ledger", "why"), ((f"`{name}`", why) for name, why in WITHHELD.items()))

    return page("Events of webhooks", "`doorward.webhooks`", lines())


def permissions_page() -> str:
    """What staff, programs and customers may do."""
    roles = tuple(ROLES)

    def lines() -> Iterator[str]:
        yield "## Staff and programs"
        yield ""
        yield "A role is a set of permissions; an API token has the permissions that it was given, or `admin` for all."
        yield ""
        rows = (
            (f"`{permission}`", *("yes" if permission in ROLES[role] else "" for role in roles))
            for permission in sorted(PERMISSIONS)
        )
        yield from table(("permission", *roles), rows)
        yield ""
        yield "`customers:read` opens a customer's own data, `originals:read` what was masked. Both ask for a purpose"
        yield "and are written into the audit every time."
        yield ""
        yield "## Customers"
        yield ""
        yield "What a contact may do depends on how sure Doorward is of who it is; `identity.require(action)` is the"
        yield "one gate. *fresh*: the factor must have been proven within `sessions.step_up_minutes`. *customer*: only"
        yield "for somebody the company knows."
        yield ""
        rules = (
            (f"`{it.action}`", it.level.name.lower(), "yes" if it.fresh else "", "yes" if it.customer else "")
            for it in ACTIONS
        )
        yield from table(("action", "level", "fresh", "customer"), rules)

    return page("Permissions", "`doorward.identity`", lines())
