"""How long somebody will wait, and whether it is worth offering to call back."""

from collections.abc import Sequence
from typing import Final

import msgspec

from doorward.routing.matching import Agent, Contact, Rules, able

UNKNOWN_HANDLING: Final = 720.0
"""Seconds that a conversation is taken to last before any has ended: twelve minutes."""


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """How long conversations lasted lately, in seconds, from being given out to their end, over so many."""

    seconds: float = UNKNOWN_HANDLING
    conversations: float = 0.0


def estimate_wait(
    contact: Contact, ahead: int, agents: Sequence[Agent], *, handling: Handling, rules: Rules
) -> float | None:
    """Return in how many seconds a contact with `ahead` before it may expect an answer; None where nobody may have it.

    Those who may have it hold `s` conversations like this at once, all taken (otherwise the answer is 0). With
    conversations that last `h` seconds on the mean a place becomes free every `h / s`, so the one with `ahead` before
    it waits `(ahead + 1) * h / s`: the mean wait in the M/M/s queue of somebody who finds all servers busy and `ahead`
    waiting (L. Kleinrock, Queueing Systems 1, 1975, chapter 3). Who waits before it but cannot go to the same agents
    makes the estimate longer than the truth.
    """
    weight = rules.weights.get(contact.channel, 1)
    fitting = [one for one in agents if able(one, contact) and (not one.queues or contact.queue in one.queues)]
    places = sum(one.capacity // weight for one in fitting)
    if places == 0:
        return None
    if ahead == 0 and any(_free(one, rules) >= weight for one in fitting):
        return 0.0
    return (ahead + 1) * handling.seconds / places


def worth_calling_back(estimate: float | None, *, minutes: int) -> bool:
    """Return whether to offer a call-back: nobody is there, or it takes longer than so many minutes; 0 never does."""
    return minutes > 0 and (estimate is None or estimate > 60.0 * minutes)


def _free(agent: Agent, rules: Rules) -> int:
    return agent.capacity - sum(rules.weights.get(channel, 1) * number for channel, number in agent.has.items())
