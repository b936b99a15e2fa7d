"""What a blocked sender is told: until when, why in general, how to object, in their conversation's language."""

from datetime import datetime
from typing import Any

import msgspec
from babel.dates import format_date, format_time, get_datetime_format

from doorward.bootstrap import House
from doorward.doors.web.door import AnyRequest
from doorward.vocabulary.errors import SenderBlocked
from doorward.vocabulary.ids import TenantId


class TurnedAway(msgspec.Struct, frozen=True, kw_only=True):
    """The refusal with everything that its sentence needs, and the language to say it in."""

    error: SenderBlocked
    language: str


def turned_away(house: House, request: AnyRequest, error: SenderBlocked, *, otherwise: str) -> TurnedAway:
    """Return the refusal completed; `otherwise` is the language when the conversation has none that we speak."""
    facts: dict[str, Any] = dict(error.facts)
    language = str(facts.get("language") or "")
    language = language if language in house.packs else otherwise
    token = house.senders.appeal_token(TenantId(str(facts["tenant"])), str(facts["block"]))
    link = f"{_site(house, request)}/appeals/{token}"
    key = "appeal.taken" if facts.get("appealed") else "appeal.open"
    told = SenderBlocked(
        error.detail,
        until=until_words(datetime.fromisoformat(str(facts["ends_at"])), language=language),
        ends_at=str(facts["ends_at"]),
        why=house.translator.say(language, f"block_told.{facts['reason']}"),
        appeal=house.translator.say(language, key, link=link),
        appeal_link=link,
    )
    return TurnedAway(error=told, language=language)


def until_words(moment: datetime, *, language: str) -> str:
    """Return a moment in words to the minute, with its time zone (UTC): who reads it may be anywhere."""
    joined = str(get_datetime_format("long", locale=language)).replace("'", "")
    day, time = format_date(moment, "long", locale=language), format_time(moment, "short", locale=language)
    return f"{joined.format(time, day)} UTC"


def _site(house: House, request: AnyRequest) -> str:
    return (house.settings.server.public_url or str(request.base_url)).rstrip("/")
