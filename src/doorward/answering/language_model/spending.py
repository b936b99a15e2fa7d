"""What a model may cost a company: so many tokens a day, so many requests a minute, counted in the database."""

from typing import Final

import msgspec

from doorward.answering.language_model import repository
from doorward.kit.tx import Tx
from doorward.vocabulary.scope import Scope

BYTES_PER_TOKEN: Final = 3
"""Bytes of text that are counted as a token where nobody says better: rather too many tokens than too few."""

SLACK: Final = 2
"""A service that tells less than this part, or more than so many times, of what we count is not believed further."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The budget of each company; a day is one of UTC."""

    daily_tokens: int
    minute_requests: int


def reserve(tx: Tx, scope: Scope, tokens: int, *, limits: Limits) -> bool:
    """Take tokens and one request from the company's budget; return whether there were enough, else take nothing."""
    spent = repository.lock_spending(tx, scope)
    day, minute = tx.now.strftime("%Y-%m-%d"), tx.now.strftime("%Y-%m-%dT%H:%M")
    taken = spent.tokens if spent.day == day else 0
    asked = spent.requests if spent.minute == minute else 0
    if taken + tokens > limits.daily_tokens or asked + 1 > limits.minute_requests:
        return False
    values = {"day": day, "tokens": taken + tokens, "minute": minute, "requests": asked + 1}
    repository.update_spending(tx, scope, values)
    return True


def give_back(tx: Tx, scope: Scope, tokens: int) -> None:
    """Give back what was reserved today and not spent."""
    spent = repository.lock_spending(tx, scope)
    if spent.day == tx.now.strftime("%Y-%m-%d"):
        repository.update_spending(tx, scope, {"tokens": max(0, spent.tokens - tokens)})


def estimated(text: str) -> int:
    """Return about how many tokens a text is."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def believed(told: int, estimate: int, *, most: int | None = None) -> int:
    """Return how many tokens to count where a service tells one number and we count another."""
    least, limit = estimate // SLACK, estimate * SLACK
    return min(max(told, least), limit if most is None else max(most, least))
