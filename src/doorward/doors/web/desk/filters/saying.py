"""What is wrong with filters, where, and what would be right, in the reader's language."""

from collections.abc import Iterable

from doorward.doors.web.desk.shared import DeskCall
from doorward.flow.filters import Trouble


def said_of(desk: DeskCall, troubles: Iterable[Trouble]) -> tuple[str, ...]:
    """Return a sentence or two of each trouble."""
    return tuple(words_of(desk, one) for one in troubles)


def words_of(desk: DeskCall, trouble: Trouble) -> str:
    """Return what is wrong, at which character, and what would be right."""
    known = ", ".join(trouble.known)
    facts = {"name": trouble.name, "value": trouble.value, "known": known}
    said = [desk.say(f"filter.trouble.{trouble.code}", **facts)]
    if trouble.place:
        said.append(desk.say("filter.place", place=trouble.place))
    if known and trouble.code in {"unknown_filter", "unknown_value", "no_value"}:
        said.append(desk.say("filter.known", known=known))
    return " ".join(said)
