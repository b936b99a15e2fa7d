"""Scenarios from files and from the command line: what is wrong is told with its place."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from doorward.admission.drill.detectors import operating_point
from doorward.admission.drill.scenario import MOST_CONTACTS, Scenario
from doorward.vocabulary.errors import Malformed

LARGEST_FILE: Final = 256 * 1024
"""Bytes of a scenario's file."""

_SHIPPED: Final = resources.files("doorward.admission.drill") / "scenarios"


def shipped_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the house, sorted."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _SHIPPED.iterdir() if file.name.endswith(".toml")))


def text_of(name: str) -> str:
    """Return a shipped scenario as it is written; `_` is as good as `-`. Raises `Malformed` where there is none."""
    plain = name.replace("_", "-")
    if plain not in shipped_scenarios():
        raise Malformed(f"there is no scenario '{name[:40]}': it is a file, or one of {', '.join(shipped_scenarios())}")
    return (_SHIPPED / f"{plain}.toml").read_text(encoding="utf-8")


def load_scenario(name: str, changes: Iterable[str] = ()) -> Scenario:
    """Return a scenario by its name or file, with `key=value` changes made. Raises `Malformed`, with the place.

    A key is a path (`company.people`, `waves.0.times`) or the last word of one where only one place has it.
    """
    path = Path(name)
    text = _read(path) if path.suffix == ".toml" or path.is_file() else text_of(name)
    return read_scenario(text, changes)


def read_scenario(text: str, changes: Iterable[str] = ()) -> Scenario:
    """Return the scenario that TOML says, with `key=value` changes made. Raises `Malformed`, with the place."""
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise Malformed(f"the scenario is not TOML: {trouble}") from None
    return change_scenario(_convert(tree), changes)


def change_scenario(scenario: Scenario, changes: Iterable[str]) -> Scenario:
    """Return a scenario with `key=value` changes made. Raises `Malformed`, with the place."""
    changed = tuple(changes)
    if not changed:
        return scenario
    full = _plain(msgspec.to_builtins(scenario))
    for one in changed:
        _set(full, one)
    return _convert(full)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        if len(raw) > LARGEST_FILE:
            raise Malformed(f"a scenario has {LARGEST_FILE} bytes at the most")
        return raw.decode("utf-8-sig")
    except OSError as trouble:
        raise Malformed(f"the scenario cannot be read: {trouble.strerror or 'no such file'}") from None
    except UnicodeDecodeError:
        raise Malformed("the scenario is not UTF-8") from None


def _convert(tree: Mapping[str, Any]) -> Scenario:
    try:
        made = msgspec.convert(tree, Scenario)
        _check(made)
    except (msgspec.ValidationError, Malformed) as trouble:
        raise Malformed(f"the scenario cannot be used: {trouble}") from None
    return made


def _check(made: Scenario) -> None:
    operating_point(made.detector)
    for place, shares in _all_shares(made).items():
        if not 0 < sum(shares.values()) < math.inf:
            raise Malformed(f"shares that are more than nothing - at `$.{place}`")
    _check_waves(made)
    if made.customers.by_platforms + made.customers.signed_alone > 1:
        raise Malformed("by_platforms and signed_alone are more than all machines - at `$.customers`")
    try:
        made.company.control.capacity()
    except ValueError as trouble:
        raise Malformed(f"{trouble} - at `$.company.control`") from None
    whole = sum(made.flood_mix.values())
    if set(made.flood_mix) != set(Scenario().flood_mix) or not math.isclose(whole, 1.0, abs_tol=1e-6):
        raise Malformed(f"shares of {', '.join(Scenario().flood_mix)} that sum to 1 - at `$.flood_mix`")
    if expected_contacts(made) > MOST_CONTACTS:
        raise Malformed(f"more than {MOST_CONTACTS} contacts - at `$`")


def _check_waves(made: Scenario) -> None:
    names = [wave.name for wave in made.waves]
    for number, wave in enumerate(made.waves):
        if wave.name in names[:number]:
            raise Malformed(f"there is a wave '{wave.name}' already - at `$.waves[{number}].name`")
        if unknown := sorted(set(wave.channels) - set(made.channels)):
            raise Malformed(f"there is no channel '{unknown[0]}' - at `$.waves[{number}].channels`")
        if wave.begins >= made.hours:
            raise Malformed(f"it begins after the drill has ended - at `$.waves[{number}].begins`")


def expected_contacts(made: Scenario) -> float:
    """Return how many contacts a scenario brings, without those who come again."""
    usual = made.customers.per_minute * 60
    more = sum(usual * (wave.times - 1) * min(wave.lasts, made.hours) for wave in made.waves)
    return usual * made.hours + more


def _all_shares(made: Scenario) -> Mapping[str, Mapping[str, float]]:
    shares = {"channels": {name: one.share for name, one in made.channels.items()}, "languages": made.languages}
    for number, wave in enumerate(made.waves):
        own = {"channels": wave.channels, "languages": wave.languages}
        shares |= {f"waves[{number}].{kind}": given for kind, given in own.items() if given}
    return shares


def _set(tree: dict[str, Any], change: str) -> None:
    key, sign, value = change.partition("=")
    steps = key.strip().split(".")
    if not sign or not all(steps):
        raise Malformed(f"a change is key=value, not '{change[:60]}'")
    if len(steps) == 1 and steps[0] not in tree:
        steps = _only_place(tree, steps[0])
    place: Any = tree
    for step in steps[:-1]:
        place = _inner(place, step, key)
    # What names things of a company's own (languages, channels) may get another name; what is no name is refused later.
    if isinstance(place, dict) and (steps[-1] in place or isinstance(next(iter(place.values()), None), float | dict)):
        place[steps[-1]] = _value(value)
    else:
        raise Malformed(f"there is no '{key.strip()[:60]}' in a scenario")


def _plain(value: Any) -> Any:
    """Return dictionaries and lists all through, so that each place can be set."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _inner(place: Any, step: str, key: str) -> Any:
    try:
        return place[int(step)] if isinstance(place, list) else place[step]
    except (KeyError, IndexError, ValueError, TypeError):
        raise Malformed(f"there is no '{key.strip()[:60]}' in this scenario") from None


def _only_place(tree: Mapping[str, Any], name: str) -> list[str]:
    found = [path for path in _paths(tree) if path[-1] == name]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Malformed(f"there is no '{name[:60]}' in a scenario")
    raise Malformed(f"'{name[:60]}' is at several places: {', '.join('.'.join(path) for path in found[:8])}")


def _paths(place: Any) -> list[list[str]]:
    inner = place.items() if isinstance(place, dict) else enumerate(place) if isinstance(place, list) else ()
    return [path for key, value in inner for path in ([str(key)], *([str(key), *more] for more in _paths(value)))]


def _value(text: str) -> Any:
    """Return what a value means: TOML, or a word as it is."""
    try:
        return tomllib.loads(f"value = {text.strip()}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError, KeyError):
        return text.strip()
