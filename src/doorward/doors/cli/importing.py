"""`doorward import`: opening what it needs, and telling what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from doorward.bootstrap import House, open_house
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import check_ready
from doorward.doors.cli.output import aside, hint, print_table, progress, say
from doorward.flow.importing import Imported, ImportRooms, Preview, PreviewConversation, Tell
from doorward.identity import Tenant
from doorward.kit.settings import Settings
from doorward.understanding import LanguageDetector
from doorward.vocabulary.scope import Scope, system_scope

FOLDER: Final = "imports"
"""Where unfinished imports and their reports lie in the data folder."""

EVERY: Final = 1000
"""Records between two lines where there is no bar."""


@contextmanager
def opened_imports(settings: Settings, slug: str | None) -> Iterator[tuple[ImportRooms, Scope]]:
    """Open the installation and yield what an import needs, and the tenant's scope. Raises `Stop`."""
    check_ready(settings)
    with progress("opening"):
        house = open_house(settings)
    try:
        tenant = _tenant(house, slug)
        yield rooms_of(house), system_scope(tenant.id, "import")
    finally:
        house.close()


def rooms_of(house: House) -> ImportRooms:
    """Return what an import asks of a house."""
    return ImportRooms(
        transactions=house.transactions,
        identity=house.identity,
        screening=house.screening,
        protection=house.protection,
        keys=house.keys,
        detect=LanguageDetector(house.packs.values()).detect,
        settings_of=house.settings_book.settings_of,
        clock=house.clock,
        folder=house.settings.folder / FOLDER,
        largest_file=house.settings.limits.attachment_bytes,
    )


def _tenant(house: House, slug: str | None) -> Tenant:
    tenants = house.transactions.read(house.identity.tenants.all_tenants)
    found = [one for one in tenants if slug in {None, one.slug}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.slug for one in tenants)
    raise Stop(f"Say with --tenant into which tenant to import: {names or 'there is none'}.", code=Code.USAGE)


@contextmanager
def telling() -> Iterator[Tell]:
    """Yield what hears of the progress: a bar on a terminal, else a line now and then."""
    with progress("looking through") as steps:
        if aside().is_terminal:

            def on_bar(done: int, total: int, /, *, doing: str) -> None:
                steps(done, total or None, doing=doing)

            yield on_bar
        else:
            yield _in_lines()


def _in_lines() -> Tell:
    told = 0

    def tell(done: int, total: int, /, *, doing: str) -> None:
        nonlocal told
        if total and (done - told >= EVERY or done == total):
            told = done if done < total else 0
            hint(f"{doing}: {done} of {total}")

    return tell


def tell_result(imported: Imported, report: Path) -> None:
    """Say what was taken, and show the first of what was left out."""
    tally = imported.tally
    taken = (
        f"Took {tally.people} customers, {tally.conversations} conversations, {tally.messages} messages, "
        f"{tally.notes} notes, {tally.labels} labels, {tally.fields} fields and {tally.files} files"
    )
    say(f"{taken}; {tally.again} conversations were here already.")
    if not tally.left:
        return
    reasons = ", ".join(f"{reason} {times}" for reason, times in sorted(tally.left.items()))
    hint(f"Left out: {reasons}.")
    for left in imported.first_left_out:
        times = f", {left.times} times" if left.times > 1 else ""
        hint(f"  {left.file}, record {left.record}, byte {left.byte}: {left.reason}{times}")
    hint(f"All of them are in {report}.")


def print_preview(found: Preview) -> None:
    """Show what an export holds, and its first conversations."""
    say(
        f"{found.conversations} conversations, {found.people} customers and agents, {found.messages_apart} messages "
        "that stand apart."
    )
    if found.left:
        say("Would be left out: " + ", ".join(f"{reason} {times}" for reason, times in sorted(found.left.items())))
    say("")
    statuses = ((row.name, row.conversations, row.target, row.known) for row in found.statuses)
    print_table(("status", "conversations", "becomes", "known"), statuses, empty="There is no status.")
    agents = ((row.address, row.conversations, row.username or "nobody") for row in found.agents)
    print_table(("agent", "conversations", "is"), agents, empty="Nobody has a conversation.")
    print_table(("label", "conversations"), found.labels.items(), empty="There are no labels.")
    print_table(("field", "conversations"), found.fields.items(), empty="There are no fields.")
    for conversation in found.first:
        _print_conversation(conversation)


def _print_conversation(one: PreviewConversation) -> None:
    say("")
    held = ", with its agent" if one.assigned else ""
    say(
        f"{one.file}, record {one.record}: {one.status} becomes {one.target}{held}; {one.language}; opened "
        f"{one.opened_at:%Y-%m-%d %H:%M} UTC"
    )
    for line in one.lines:
        say(f"  {line.at:%Y-%m-%d %H:%M} {line.author}: {line.text}")
