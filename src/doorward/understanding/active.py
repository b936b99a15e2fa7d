"""The models that understand messages now, in memory: loaded at a tenant's first message, swapped when changed."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic
from typing import Any, Final, NamedTuple

import msgspec

from doorward.kit.logging import get_logger
from doorward.kit.process import return_memory
from doorward.kit.tx import Tx
from doorward.understanding import repository
from doorward.understanding.intents import Description, Heads, ModelUnusable, open_model
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Intent

log = get_logger("understanding.active")

TENANTS: Final = 16
"""Models that are kept, of the tenants asked about last; one of thirty intents and 21,000 phrases takes 48 MB."""

FRESH_SECONDS: Final = 2.0
"""How long nobody asks again whether another process made another model active; what this one does is known at once."""

WITHIN_REACH: Final = 0.75
"""The part of the threshold from which a message that fits no intent is near enough to ask whether one is meant.

Of the own set's half `dev` two in five of these messages mean one of the first three intents, below it one in ten."""

CLOSE: Final = 0.8
"""The part of the best score from which the second intent is as likely to be meant.

From there on the first is right for one message in three and one of the first three for three in four; below, for two
in three and more."""


class Wished(NamedTuple):
    """What a model says a message wants: intents, the likeliest first, and `stranger` where rather none of them fits.

    `near`: it could be one of a few, and the customer knows which.
    """

    wishes: tuple[Intent, ...]
    stranger: bool
    near: bool
    version: str


class Standing(NamedTuple):
    """What is active: the model's version, None for none, and the edition of the intents' labels."""

    version: int | None
    labels: Any


class Loaded(NamedTuple):
    """What was read of it: description and weights (None where the version stands or there is none), and labels."""

    standing: Standing
    model: tuple[Any, bytes] | None
    labels: Mapping[str, Mapping[str, str]]


class _Held(NamedTuple):
    standing: Standing
    heads: Heads | None
    version: str
    labels: Mapping[str, Mapping[str, str]]
    said: Mapping[str, str]


Load = Callable[[Scope, Standing | None], Loaded | None]
"""Returns what is active, or None if it is still what is given: `read_active` in a transaction that the edge opens."""


def read_active(tx: Tx, scope: Scope, held: Standing | None) -> Loaded | None:
    """Return what is active now, None where that is `held`; weights that are held are not read again."""
    version = repository.active_version(tx, scope)
    standing = Standing(version, repository.labels_edition(tx, scope))
    if standing == held:
        return None
    model = None
    if version is not None and (held is None or held.version != version):
        row = repository.find_weights(tx, scope, version)
        model = None if row is None or row.weights is None else (row.description, bytes(row.weights))
    labels = {row.name: row.labels for row in repository.intents(tx, scope)}
    return Loaded(standing, model, labels)


class ActiveModels:
    """Says what messages want by the tenant's active model. Thread-safe; a model that cannot be read counts as none."""

    def __init__(self, load: Load, *, encoder: str, seconds: Callable[[], float] = monotonic) -> None:
        """Take what loads a model and whose embeddings readings have; `seconds` is a clock for tests."""
        self._load = load
        self._encoder = encoder
        self._seconds = seconds
        self._asked: dict[TenantId, float] = {}
        self._held: OrderedDict[TenantId, _Held] = OrderedDict()
        self._lock = Lock()

    def wished(self, scope: Scope, reading: Reading, masked: MaskedText) -> Wished | None:
        """Return what a message wants, None where the tenant has no model. Raises what loading raises."""
        held = self._now(scope)
        if held.heads is None:
            return None
        chosen = None if masked.spans else held.said.get(_folded(masked.text))
        if chosen is not None:
            wish = Intent(name=chosen, score=1.0, label=_label(held, chosen, reading.language))
            return Wished((wish,), stranger=False, near=False, version=held.version)
        guess = held.heads.guess(reading)
        wishes = tuple(
            Intent(name=name, score=score, label=_label(held, name, reading.language)) for name, score in guess.ranked
        )
        near = _is_near(wishes, stranger=guess.stranger, threshold=held.heads.threshold)
        return Wished(wishes, stranger=guess.stranger, near=near, version=held.version)

    def heads(self, scope: Scope) -> Heads | None:
        """Return the active model itself, None where there is none."""
        return self._now(scope).heads

    def called(self, scope: Scope, name: str, language: str) -> str:
        """Return what an intent is called in a language, in another where it has no name there; empty for none."""
        labels = self._now(scope).labels.get(name, {})
        return labels.get(language) or next(iter(labels.values()), "")

    def changed(self, tenant_id: TenantId) -> None:
        """Have the next message ask again: another model was made active. Safe from any thread."""
        self._asked.pop(tenant_id, None)

    def _now(self, scope: Scope) -> _Held:
        held, now = self._held.get(scope.tenant_id), self._seconds()
        if held is not None and now - self._asked.get(scope.tenant_id, -FRESH_SECONDS) < FRESH_SECONDS:
            return held
        with self._lock:  # one thread loads; who waits behind it finds it done
            held, asked = self._held.get(scope.tenant_id), self._asked.get(scope.tenant_id)
            if held is not None and asked is not None and asked >= now:
                return held
            self._asked[scope.tenant_id] = now
            loaded = self._load(scope, None if held is None else held.standing)
            if loaded is not None:
                held = self._opened(scope, loaded, held)
                if loaded.model is not None:
                    return_memory()
            if held is None:
                raise LookupError("loading gave nothing although nothing was held")
            self._held[scope.tenant_id] = held
            self._held.move_to_end(scope.tenant_id)
            while len(self._held) > TENANTS:
                self._asked.pop(self._held.popitem(last=False)[0], None)
        return held

    def _opened(self, scope: Scope, loaded: Loaded, held: _Held | None) -> _Held:
        heads, version = None, ""
        if loaded.model is not None:
            heads, version = self._open(scope, loaded)
        elif held is not None and loaded.standing.version == held.standing.version:
            heads, version = held.heads, held.version
        known = set() if heads is None else set(heads.intents)
        said = {
            _folded(label): name
            for name, labels in sorted(loaded.labels.items())
            for label in labels.values()
            if name in known
        }
        return _Held(loaded.standing, heads, version, loaded.labels, said)

    def _open(self, scope: Scope, loaded: Loaded) -> tuple[Heads | None, str]:
        try:
            described, weights = loaded.model or ({}, b"")
            description = msgspec.convert(described, Description)
            return open_model(description, weights, encoder=self._encoder), description.version
        except (ModelUnusable, msgspec.ValidationError):
            # Whoever answers customers goes on as without a model; the log and the page of intents tell.
            log.exception("understanding.model.unusable", tenant_id=scope.tenant_id, version=loaded.standing.version)
            return None, ""


def _is_near(wishes: tuple[Intent, ...], *, stranger: bool, threshold: float) -> bool:
    if not wishes:
        return False
    if stranger:
        return wishes[0].score >= threshold * WITHIN_REACH
    return len(wishes) > 1 and wishes[1].score >= wishes[0].score * CLOSE


def _label(held: _Held, name: str, language: str) -> str:
    labels = held.labels.get(name, {})
    return labels.get(language) or next(iter(labels.values()), name)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
