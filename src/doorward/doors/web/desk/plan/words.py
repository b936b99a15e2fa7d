"""A routing plan in words: each of its pieces as a title and a few facts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec
from babel import Locale

from doorward.doors.web.desk.plan.parts import LIMITS, Shelf, key_of, mark_of, pieces_of
from doorward.doors.web.desk.plan.view import Around
from doorward.doors.web.desk.shared import DeskCall
from doorward.kit.tenant_settings import DAYS
from doorward.routing import DEFAULT_QUEUE, AgentProfile, Lane, PlannedQueue, ServiceLevel, Team

Fact = tuple[str, str]


class ShownPart(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the plan: by what it is known, its mark, what it is called, and what it says."""

    key: str
    mark: str
    title: str
    facts: tuple[Fact, ...]


class PlanWords:
    """Says a plan in the reader's language."""

    def __init__(self, desk: DeskCall, found: Around) -> None:
        """Take the plan, and what the company has."""
        self._desk = desk
        self._found = found
        self._languages = Locale.parse(desk.language).languages

    def all_of(self, shelf: Shelf) -> tuple[ShownPart, ...]:
        """Return the plan's pieces of a kind, in its order."""
        return tuple(self.part(shelf, one, number=at) for at, one in enumerate(pieces_of(self._found.plan, shelf), 1))

    def part(self, shelf: Shelf, piece: Any, *, number: int = 0) -> ShownPart:
        """Return a piece; `number` is its place among its kind."""
        title = self.say("plan.lane", number=number) if shelf == "lanes" else str(piece.name)
        title = self.queue(title) if shelf == "queues" else title
        facts = tuple((self.say(f"plan.{term}"), text) for term, text in _SAYS[shelf](self, piece))
        return ShownPart(key=key_of(shelf, piece), mark=mark_of(piece), title=title, facts=facts)

    def person(self, profile: AgentProfile) -> tuple[str, str, str]:
        """Return somebody's languages, skills, and the most of each channel, in words."""
        spoken = [(self.language(code), level) for code, level in profile.languages.items()]
        most = [f"{self.channel(one)}: {number}" for one, number in profile.most.items()]
        languages = self._levels(spoken) or self.say("plan.every_language")
        return languages, self._levels(profile.skills.items()) or "–", ", ".join(most) or "–"

    def say(self, key: str, **places: Any) -> str:
        """Return a sentence."""
        return self._desk.say(key, **places)

    def queue(self, name: str) -> str:
        """Return what a queue is called."""
        return self.say("plan.default_queue") if name == DEFAULT_QUEUE else name

    def channel(self, channel: str) -> str:
        """Return what a channel is called."""
        return self._label("channel", channel)

    def language(self, code: str) -> str:
        """Return what a language is called in the reader's."""
        return str(self._languages.get(code, code))

    def day(self, day: str) -> str:
        """Return what a weekday is called."""
        return self._label("weekday", day)

    def reason(self, code: str) -> str:
        """Return why somebody waits for a person."""
        return self._label("reason", code).removesuffix(".")

    def member(self, staff_id: str) -> str:
        """Return what a colleague is called."""
        return self._found.name_of(staff_id)

    def _label(self, family: str, code: str) -> str:
        translator, key = self._desk.house.translator, f"{family}.{code}"
        return translator.say(self._desk.language, key) if translator.has(key) else code

    def _levels(self, levels: Iterable[tuple[str, int]]) -> str:
        return ", ".join(f"{name} ({self.say(f'plan.level.{level}')})" for name, level in levels)


def _queue(words: PlanWords, queue: PlannedQueue) -> Iterable[Fact]:
    helped = {"queue": words.queue(queue.overflow_to), "seconds": queue.overflow_seconds}
    yield "overflow_to", words.say("plan.helped", **helped) if queue.overflow_to else words.say("plan.nobody")
    held = words.say("plan.seconds", number=queue.hold_seconds) if queue.hold_seconds else words.say("plan.not_held")
    yield "hold_seconds", held


def _team(words: PlanWords, team: Team) -> Iterable[Fact]:
    yield "queues", ", ".join(map(words.queue, team.queues)) or words.say("plan.none")
    yield "members", ", ".join(map(words.member, team.members)) or words.say("plan.nobody")
    days = [f"{words.day(day)} {', '.join(team.hours[day])}" for day in DAYS if team.hours.get(day)]
    yield "hours", "; ".join(days) or words.say("plan.companys")
    yield "time_zone", team.time_zone or words.say("plan.companys")
    yield "closed_days", ", ".join(team.closed_days) or words.say("plan.companys")


def _lane(words: PlanWords, lane: Lane) -> Iterable[Fact]:
    asked = (
        ("reasons", map(words.reason, lane.reasons)),
        ("intents", lane.intents),
        ("channels", map(words.channel, lane.channels)),
        ("languages", map(words.language, lane.languages)),
    )
    for term, values in asked:
        yield term, ", ".join(values) or words.say("plan.any")
    yield "queue", words.queue(lane.queue)
    yield "priority", str(lane.priority)
    needs = [words.say("plan.need", skill=one.skill, level=words.say(f"plan.level.{one.level}")) for one in lane.needs]
    yield "needs", ", ".join(needs) or words.say("plan.none")


def _level(words: PlanWords, level: ServiceLevel) -> Iterable[Fact]:
    yield "queues", ", ".join(map(words.queue, level.queues)) or words.say("plan.any")
    yield "channels", ", ".join(map(words.channel, level.channels)) or words.say("plan.any")
    yield "priorities", ", ".join(map(str, level.priorities)) or words.say("plan.any")
    for name in LIMITS:
        minutes = getattr(level, name)
        yield name, words.say("plan.minutes", number=minutes) if minutes else words.say("plan.nothing_promised")
    yield "warn_at", words.say("plan.percent", number=round(level.warn_at * 100))
    yield "counts", words.say("plan.in_hours" if level.in_hours else "plan.always")


_SAYS: Final[Mapping[Shelf, Callable[[PlanWords, Any], Iterable[Fact]]]] = {
    "queues": _queue,
    "teams": _team,
    "lanes": _lane,
    "levels": _level,
}
