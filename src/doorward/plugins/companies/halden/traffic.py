"""Simulated visitors: what they say, one at a time, so that a demo is never still."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from random import Random

import msgspec

from doorward.plugins.companies.halden.numbers import card_number, iban
from doorward.vocabulary.company import Visit

_SHARES: Mapping[str, int] = {"en": 30, "de": 28, "tr": 20, "id": 11, "ru": 11}
"""How often each language is spoken."""


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One visit: lines of the visitor, each with one or more ways of saying it. `weight` is how often it happens."""

    name: str
    lines: tuple[tuple[str, ...], ...]
    weight: int = 3


@cache
def scripts(language: str) -> tuple[Script, ...]:
    """Return the visits of a language."""
    text = (files(__package__) / "traffic" / f"{language}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["visit"], tuple[Script, ...])


def next_visit(random: Random) -> Visit:
    """Return what the next visitor says, drawn from `random`."""
    language = random.choices(tuple(_SHARES), weights=tuple(_SHARES.values()))[0]
    choices = scripts(language)
    script = random.choices(choices, weights=[one.weight for one in choices])[0]
    card = card_number(random.randrange(10**7))
    values = {
        "card": " ".join(card[place : place + 4] for place in range(0, 16, 4)),
        "iban": iban(random.randrange(10**9, 10**10)),
        "round": str(random.choice((20, 50, 80, 120, 200, 350))),
        "days": str(random.randint(3, 12)),
        "code": f"{random.randrange(10**6):06d}",
    }
    return Visit(
        language=language,
        lines=tuple(random.choice(ways).format_map(values) for ways in script.lines),
        pause=timedelta(seconds=random.randint(6, 25)),
    )
