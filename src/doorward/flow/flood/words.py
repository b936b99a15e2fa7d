"""What somebody hears who gets less than a person now: why, what they have instead, and how to get further."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from doorward.flow.flood.admitted import Admitted
from doorward.kit.i18n import Translator
from doorward.kit.tenant_settings import TenantSettings
from doorward.vocabulary.reply import Choice, Reply

CALLED_WITHIN: Final = timedelta(hours=4)
"""By when somebody is got back to who was promised that; `CapacityRules.callback_within` reckons with the same."""

LONGEST_TOLD: Final = timedelta(hours=12)
"""A time that is further away is not told as a time of day."""


def deferral(
    translator: Translator, language: str, admitted: Admitted, *, settings: TenantSettings, now: datetime
) -> Reply:
    """Return what is said the first time that somebody would get a person and does not."""
    say = translator.say
    sentences = [_why(translator, language, admitted, settings=settings, now=now)]
    if "sign_in" in admitted.further:
        sentences.append(say(language, "flood.said.sign_in"))
    later = timedelta(seconds=admitted.retry_after)
    if "come_back" in admitted.further and later <= LONGEST_TOLD:
        sentences.append(say(language, "flood.said.come_back", time=_time(now + later, settings)))
    sentences.append(say(language, "flood.said.appeal"))
    once_more = Choice(label=say(language, "flood.said.appeal_label"), says=say(language, "reply.person_says"))
    return Reply(text=" ".join(sentences), language=language, choices=(once_more,))


def appealed(translator: Translator, language: str) -> Reply:
    """Return what is said to somebody whose appeal was taken."""
    return Reply(text=translator.say(language, "flood.said.appealed"), language=language)


def _why(translator: Translator, language: str, admitted: Admitted, *, settings: TenantSettings, now: datetime) -> str:
    if admitted.way == "call_back":
        return translator.say(language, "flood.said.call_back", time=_time(now + CALLED_WITHIN, settings))
    if admitted.because == "quota":
        return translator.say(language, "flood.said.quota")
    return translator.say(language, "flood.said.bot_only")


def _time(at: datetime, settings: TenantSettings) -> str:
    """Return a time of day of the company's, with its zone: `14:30 (Europe/Berlin)`."""
    return f"{at.astimezone(ZoneInfo(settings.time_zone)):%H:%M} ({settings.time_zone.replace('_', ' ')})"
