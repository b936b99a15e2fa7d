"""Reading a company's table of rates: all of it is checked before anything is expected by it."""

import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import msgspec

from doorward.understanding.expecting.reckoning import RateBook

LARGEST: Final = 100_000
MOST: Final = 500


class ExpectationsInvalid(ValueError):
    """A table of rates that cannot be used: each line names a place and what is wrong there."""


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    when: str
    intent: str
    rate: float


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    least: float
    expect: tuple[_Row, ...] = ()


def read_expectations(path: Path, *, conditions: Collection[str], intents: Collection[str]) -> RateBook:
    """Return a table of rates about these conditions and intents.

    Raises `ExpectationsInvalid` with everything that is wrong, each with its place.
    """
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise ExpectationsInvalid(f"{path.name}: larger than {LARGEST} bytes")
        file = msgspec.convert(tomllib.loads(content.decode("utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise ExpectationsInvalid(f"{path.name}: {error}") from error
    wrong = [f"{path.name}: {one}" for one in _problems(file, conditions, intents)]
    if wrong:
        raise ExpectationsInvalid("\n".join(wrong))
    rates: dict[str, dict[str, float]] = {}
    for row in file.expect:
        rates.setdefault(row.when, {})[row.intent] = row.rate
    return RateBook(version=file.version, least=file.least, rates=rates)


def _problems(file: _File, conditions: Collection[str], intents: Collection[str]) -> Iterator[str]:
    if len(file.expect) > MOST:
        yield f"more than {MOST} rates"
    if not 0.0 < file.least < 1.0:
        yield "least: must lie between 0 and 1"
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(file.expect, start=1):
        place = f"expect {number}"
        if row.when not in conditions:
            yield f"{place}: when: the core system tells of no '{row.when}'"
        if row.intent not in intents:
            yield f"{place}: intent: there is no intent '{row.intent}'"
        if not 0.0 < row.rate < 1.0:
            yield f"{place}: rate: must lie between 0 and 1"
        if (row.when, row.intent) in seen:
            yield f"{place}: stands there twice"
        seen.add((row.when, row.intent))
    for condition in {row.when for row in file.expect}:
        if sum(row.rate for row in file.expect if row.when == condition) > 1.0:
            yield f"when '{condition}': its rates are more than 1 together"
