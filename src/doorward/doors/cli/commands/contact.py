"""`doorward contact`: messages through the whole flow, without a channel."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import rich_click as click

from doorward.doors.cli.ending import Code
from doorward.doors.cli.lines import (
    INPUT,
    OUTPUT,
    BadJson,
    LineTooLong,
    open_input,
    open_output,
    read_json,
    read_lines,
    write_line,
)
from doorward.doors.cli.options import EXISTING_FILE, examples, settings_from
from doorward.doors.cli.output import hint, progress
from doorward.doors.cli.trial import trial
from doorward.flow.replay import ReplayMessage, Unreadable
from doorward.vocabulary.text import WildText

LONGEST_ID = 200


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One input line; other fields are not looked at, so that data sets with labels can be replayed as they are."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)] | int
    text: str
    customer: str | int | None = None
    language: str | None = None


@click.group()
def command() -> None:
    """Send messages through the whole flow."""


@command.command(
    epilog=examples(
        "doorward contact replay questions.jsonl --out answers.jsonl",
        "doorward contact replay - --out - --database postgresql://localhost/trial < questions.jsonl",
    )
)
@click.argument("source", metavar="IN", type=INPUT)
@click.option("--out", type=OUTPUT, required=True, metavar="OUT", help="Where the results go; - is standard output.")
@click.option("--database", metavar="URL", help="Use this database. [default: a throw-away one]")
@click.option("--tenant", metavar="SLUG", help="In an installation's database: replay into this tenant.")
@click.option("--data", metavar="FOLDER", help="With --database: the installation whose keys open it.")
@click.option("--config", type=EXISTING_FILE, metavar="FILE", help="Settings file.")
def replay(*, source: Path, out: Path, tenant: str | None, config: Path | None, **where: str | None) -> int:
    """Replay a JSONL file through the full flow and write what became of each line, in order.

    A line is {"id", "text", "customer"?, "language"?}; lines of one customer are one conversation. A result is {"id",
    "masked", "findings", "language", "assessment", "intent", "decision", "reply"}. A bad line gives {"id", "error"},
    the others go on, and the exit code is 3.

    It works on a throw-away database with the demo company's knowledge, made for this and removed afterwards. With
    --database the messages stay: in a tenant of an installation (with --data), or in a new one whose keys are thrown
    away.
    """
    settings = settings_from(config, overrides={"data": where["data"], "storage.database": where["database"]})
    own_database = where["database"] is not None
    good, bad = 0, 0
    with (
        open_input(source) as lines,
        open_output(out, source=source) as results,
        trial(settings, own_database=own_database, tenant=tenant) as replays,
        progress("replaying") as tell,
    ):
        for result in replays.replay(_messages(read_lines(lines))):
            write_line(results, result)
            bad += isinstance(result, Unreadable)
            good += not isinstance(result, Unreadable)
            tell(good + bad)
    hint(f"Replayed {good} messages" + (f"; {bad} lines were bad." if bad else "."))
    return Code.BAD_LINES if bad else Code.OK


def _messages(lines: Iterable[bytes | LineTooLong]) -> Iterator[ReplayMessage | Unreadable]:
    """Yield the messages of the lines; unreadable ones in their place."""
    for line in lines:
        value: object = None
        try:
            value = read_json(line)
            read = msgspec.convert(value, _Line)
        except (msgspec.ValidationError, BadJson) as error:
            # Both name a place and what was expected, never what stood there.
            yield Unreadable(id=_id_of(value), error=str(error))
        else:
            customer = None if read.customer is None else str(read.customer)
            yield ReplayMessage(id=read.id, text=WildText(read.text), customer=customer, language=read.language)


def _id_of(value: object) -> str | int | None:
    """Return the id of a bad line, if that much can be read."""
    found = value.get("id") if isinstance(value, dict) else None
    if isinstance(found, str):
        return found if len(found) <= LONGEST_ID and found.isprintable() else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
