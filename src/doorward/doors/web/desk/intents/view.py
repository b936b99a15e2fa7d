"""What the pages of intents show, read at once, and the heat map of what is taken for what."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from doorward.bootstrap import House
from doorward.kit.tx import Tx
from doorward.understanding import IntentCatalogue, IntentTraining, KeptPhrase, ModelVersion, PhraseQuery
from doorward.understanding.intents import Judgement, Pair
from doorward.understanding.models import HarmfulPhrase
from doorward.vocabulary.scope import Scope

VERSIONS: Final = 20
PHRASES: Final = 50
NONE: Final = "none"
"""What addresses and forms call phrases of none of the intents."""
HEAT: Final = 12
"""Intents in the heat map: more cannot be told apart."""


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All intents, how far a training is, and the versions of the model; `found` is the active version's judgement."""

    catalogue: IntentCatalogue
    training: IntentTraining | None
    under_way: bool
    versions: tuple[ModelVersion, ...]
    active: ModelVersion | None

    @property
    def recalls(self) -> Mapping[str, float]:
        """Return the share of unseen phrases that were found, by intent."""
        unseen = None if self.active is None else self.active.report.unseen
        return {} if unseen is None else {one.intent: one.recall for one in unseen.intents}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How a version fares: the judgement of unseen phrases, and the harmful ones that are still as they were."""

    version: ModelVersion
    harmful: tuple[tuple[HarmfulPhrase, KeptPhrase], ...]
    names: tuple[str, ...]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an intent's phrases."""

    catalogue: IntentCatalogue
    phrases: tuple[KeptPhrase, ...]
    more: bool


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the heat map: its row and column, how many phrases, and what share of the row's that is."""

    row: int
    column: int
    phrases: int
    share: float


class HeatMap(msgspec.Struct, frozen=True, kw_only=True):
    """Which intents (rows) are taken for which (columns): the names of both, and the places with something in them."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]


def overview(tx: Tx, house: House, scope: Scope) -> Overview:
    """Return what the page of all intents shows."""
    models, training = house.intent_models, house.intent_models.training(tx, scope)
    return Overview(
        catalogue=house.intents.catalogue(tx, scope),
        training=training,
        under_way=training is not None and training.is_under_way(tx.now),
        versions=models.versions(tx, scope, limit=VERSIONS),
        active=models.active(tx, scope),
    )


def report(tx: Tx, house: House, scope: Scope, number: int | None) -> Report | None:
    """Return how a version fares, without a number the active or else the newest one; None where there is none.

    Raises `NotFound`.
    """
    models = house.intent_models
    version = models.active(tx, scope) if number is None else models.version(tx, scope, number)
    if version is None:
        newest = [one for one in models.versions(tx, scope, limit=VERSIONS) if one.report.unseen is not None]
        if not newest:
            return None
        version = newest[0]
    told = version.report.harmful
    kept = house.intents.some(tx, scope, [one.id for one in told])
    standing = tuple((one, kept[one.id]) for one in told if one.id in kept and kept[one.id].intent == one.intent)
    names = tuple(one.name for one in house.intents.catalogue(tx, scope).intents)
    return Report(version=version, harmful=standing, names=names)


def named(tx: Tx, house: House, scope: Scope, wanted: PhraseQuery) -> Named:
    """Return a page of an intent's phrases. Raises `NotFound`."""
    catalogue = house.intents.catalogue(tx, scope)
    if wanted.intent:
        catalogue.intent(wanted.intent)
    found = house.intents.phrases(tx, scope, wanted, limit=PHRASES + 1)
    return Named(catalogue=catalogue, phrases=found[:PHRASES], more=len(found) > PHRASES)


def heat_map(judgement: Judgement) -> HeatMap:
    """Return the picture of the commonest confusions."""
    pairs: Sequence[Pair] = judgement.confusions
    rows = tuple(dict.fromkeys(pair.intent for pair in pairs))[:HEAT]
    columns = tuple(dict.fromkeys(pair.taken_for for pair in pairs if pair.intent in rows))[:HEAT]
    counts = {one.intent: one.phrases for one in judgement.intents}
    cells = tuple(
        Cell(
            row=rows.index(pair.intent),
            column=columns.index(pair.taken_for),
            phrases=pair.phrases,
            share=pair.phrases / max(1, counts.get(pair.intent, 1)),
        )
        for pair in pairs
        if pair.intent in rows and pair.taken_for in columns
    )
    return HeatMap(rows=rows, columns=columns, cells=cells)
