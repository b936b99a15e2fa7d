"""Presence in words: what the reasons are called, and how somebody stands."""

from collections.abc import Callable, Mapping

from doorward.vocabulary.presence import GONE, PRESET_REASONS

Say = Callable[[str], str]


def reasons_in_words(say: Say, own: Mapping[str, str]) -> dict[str, str]:
    """Return what each reason is called by its key: those of every company, then the company's `own`."""
    return {one: say(f"presence.reason.{one}") for one in PRESET_REASONS} | dict(own)


def standing_in_words(say: Say, state: str, reason: str, reasons: Mapping[str, str]) -> str:
    """Return how somebody stands: available, away, away for a reason (one that is gone by its key), or not there."""
    if state == "available":
        return say("desk.presence.available")
    if not reason:
        return say("desk.presence.away")
    return say("presence.gone") if reason == GONE else reasons.get(reason, reason)
