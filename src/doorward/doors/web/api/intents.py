"""What customers want: intents, the phrases that teach them, trainings, and the models that come of those."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, Limit, problems
from doorward.doors.web.api.paging import IdCursor
from doorward.flow.teaching import IntentSuggestion, WildPhrase
from doorward.kit.tx import Tx
from doorward.understanding import (
    LONGEST_LABEL,
    LONGEST_PHRASE,
    MOST_AT_ONCE,
    IntentCatalogue,
    IntentTraining,
    KeptPhrase,
    ModelVersion,
    PhraseQuery,
    PhrasesAdded,
    TaughtIntent,
)
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.text import WildText

_NAME: Final = "^[a-z0-9]+([._-][a-z0-9]+)*$"
NamePath = Annotated[str, PathParameter(pattern=_NAME, max_length=60, description="The name of an intent.")]
VersionPath = Annotated[int, PathParameter(ge=1, le=2**31 - 1, description="The number of a model.")]
OfIntent = Annotated[
    str | None, QueryParameter(max_length=60, description="Of this intent alone; empty for those of none of them.")
]
InLanguage = Annotated[str | None, QueryParameter(max_length=3, description="In this language alone.")]
Before = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="Models with numbers below this: the last one shown.")
]


class IntentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an intent is called on a button, by language."""

    labels: Annotated[
        dict[Annotated[str, Meta(max_length=3)], Annotated[str, Meta(max_length=LONGEST_LABEL)]], Meta(max_length=50)
    ] = {}


class PhraseBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phrase as customers write it; it is masked before it is kept. `intent` null: none of the intents is meant."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_PHRASE)]
    intent: Annotated[str, Meta(min_length=1, max_length=60)] | None
    language: Annotated[str, Meta(max_length=3)] = ""


class PhrasesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases to add, all or none."""

    phrases: Annotated[tuple[PhraseBody, ...], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class MoveBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a phrase is to teach; null: none of the intents."""

    intent: Annotated[str, Meta(min_length=1, max_length=60)] | None


class PhraseList(msgspec.Struct, frozen=True, kw_only=True):
    """Phrases, the newest first; `next_cursor` continues the list, null at its end."""

    items: tuple[KeptPhrase, ...]
    next_cursor: str | None


class IntentModelList(msgspec.Struct, frozen=True, kw_only=True):
    """Versions of the model, the newest first, and the number of the one that is active, null for none."""

    items: tuple[ModelVersion, ...]
    active: int | None


class SuggestionList(msgspec.Struct, frozen=True, kw_only=True):
    """What customers asked in 30 days and nobody understood, in heaps that mean alike."""

    items: tuple[IntentSuggestion, ...]


@get("/intents", responses=problems(), security=ANY_OF, operation_id="list_intents")
async def list_intents(call: ACall) -> IntentCatalogue:
    """List all intents with their labels and how many phrases each has, and those that belong to none."""
    scope = call.scope("articles:read")
    return await call.house.transactions.read_async(lambda tx: call.house.intents.catalogue(tx, scope))


@put("/intents/{name:str}", responses=problems(413, 415, 422), security=ANY_OF, operation_id="put_intent")
async def put_intent(call: ACall, name: NamePath, data: JSONBody[IntentBody]) -> Response[TaughtIntent]:
    """Make an intent, or give one other labels. `new` and `none` are no names."""
    scope, labels = call.scope("articles:write"), _spoken(data.labels)

    async def act(_key: str) -> TaughtIntent:
        intents = call.house.intents
        await call.house.transactions.write_async(scope, lambda tx: intents.put(tx, scope, name, labels))
        return await call.house.transactions.read_async(lambda tx: intents.catalogue(tx, scope).intent(name))

    return await call.answer_once(scope, act)


@delete("/intents/{name:str}", status_code=204, responses=problems(404), security=ANY_OF, operation_id="remove_intent")
async def remove_intent(call: ACall, name: NamePath) -> None:
    """Remove an intent and its phrases; messages are understood as before until the next training."""
    scope = call.scope("articles:write")
    await call.house.transactions.write_async(scope, lambda tx: call.house.intents.remove(tx, scope, name))


@get("/intent-phrases", responses=problems(), security=ANY_OF, operation_id="list_intent_phrases")
async def list_intent_phrases(
    call: ACall, limit: Limit = 100, cursor: IdCursor = None, intent: OfIntent = None, language: InLanguage = None
) -> PhraseList:
    """List phrases, of an intent or of all."""
    scope, wanted = call.scope("articles:read"), PhraseQuery(intent, language, cursor)
    found = await call.house.transactions.read_async(
        lambda tx: call.house.intents.phrases(tx, scope, wanted, limit=limit + 1)
    )
    return PhraseList(items=found[:limit], next_cursor=found[limit - 1].id if len(found) > limit else None)


@post(
    "/intent-phrases",
    status_code=200,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="add_intent_phrases",
)
async def add_intent_phrases(call: ACall, data: JSONBody[PhrasesBody]) -> Response[PhrasesAdded]:
    """Add phrases, masked as every other text; one that is there already, whatever it teaches, stays as it is."""
    scope = call.scope("articles:write")
    phrases = [WildPhrase(WildText(one.text), one.intent or "", one.language) for one in data.phrases]

    async def act(_key: str) -> PhrasesAdded:
        return await call.house.teaching.add(scope, phrases)

    return await call.answer_once(scope, act)


@put(
    "/intent-phrases/{phrase_id:str}",
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="move_intent_phrase",
)
async def move_intent_phrase(call: ACall, phrase_id: IdPath, data: JSONBody[MoveBody]) -> Response[KeptPhrase]:
    """Have a phrase teach another intent, or none."""
    scope, intent = call.scope("articles:write"), data.intent or ""

    async def act(_key: str) -> KeptPhrase:
        return await call.house.transactions.write_async(
            scope, lambda tx: call.house.intents.move(tx, scope, phrase_id, intent)
        )

    return await call.answer_once(scope, act)


@delete(
    "/intent-phrases/{phrase_id:str}",
    status_code=204,
    responses=problems(404),
    security=ANY_OF,
    operation_id="remove_intent_phrase",
)
async def remove_intent_phrase(call: ACall, phrase_id: IdPath) -> None:
    """Remove a phrase."""
    scope = call.scope("articles:write")
    await call.house.transactions.write_async(scope, lambda tx: call.house.intents.drop(tx, scope, phrase_id))


@post("/intent-trainings", status_code=202, responses=problems(422), security=ANY_OF, operation_id="train_intents")
async def train_intents(call: ACall) -> Response[IntentTraining]:
    """Ask for a training of all phrases; while one is under way, that is the one that is answered."""
    scope = call.scope("articles:write")

    async def act(_key: str) -> IntentTraining:
        return await call.house.transactions.write_async(scope, lambda tx: call.house.intent_models.ask(tx, scope))

    return await call.answer_once(scope, act, status=202)


@get("/intent-trainings/latest", responses=problems(404), security=ANY_OF, operation_id="get_intent_training")
async def get_intent_training(call: ACall) -> IntentTraining:
    """Show how far the training is that was asked for last, or what came of it."""
    scope = call.scope("articles:read")
    found = await call.house.transactions.read_async(lambda tx: call.house.intent_models.training(tx, scope))
    if found is None:
        raise NotFound("nobody asked for a training yet")
    return found


@get("/intent-models", responses=problems(), security=ANY_OF, operation_id="list_intent_models")
async def list_intent_models(call: ACall, limit: Limit = 20, before: Before = None) -> IntentModelList:
    """List the versions of the model with how unseen phrases fared, which intents are taken for each other, and which
    phrases mislead.
    """
    scope, models = call.scope("articles:read"), call.house.intent_models

    def read(tx: Tx) -> IntentModelList:
        active = models.active(tx, scope)
        return IntentModelList(
            items=models.versions(tx, scope, before=before, limit=limit),
            active=None if active is None else active.version,
        )

    return await call.house.transactions.read_async(read)


@post(
    "/intent-models/{version:int}/activate",
    status_code=200,
    responses=problems(404, 409, 422),
    security=ANY_OF,
    operation_id="activate_intent_model",
)
async def activate_intent_model(call: ACall, version: VersionPath) -> Response[ModelVersion]:
    """Have messages understood by this version from now on."""
    scope = call.scope("articles:write")

    async def act(_key: str) -> ModelVersion:
        return await call.house.transactions.write_async(
            scope, lambda tx: call.house.intent_models.activate(tx, scope, version)
        )

    return await call.answer_once(scope, act)


@post(
    "/intent-models/roll-back",
    status_code=200,
    responses=problems(409, 422),
    security=ANY_OF,
    operation_id="roll_back_intent_model",
)
async def roll_back_intent_model(call: ACall) -> Response[ModelVersion]:
    """Make the version active again that was so before."""
    scope = call.scope("articles:write")

    async def act(_key: str) -> ModelVersion:
        return await call.house.transactions.write_async(
            scope, lambda tx: call.house.intent_models.roll_back(tx, scope)
        )

    return await call.answer_once(scope, act)


@get("/intent-suggestions", responses=problems(), security=ANY_OF, operation_id="list_intent_suggestions")
async def list_intent_suggestions(call: ACall) -> SuggestionList:
    """List what customers asked of late and nobody understood, masked; that somebody looked is noted."""
    call.scope("conversations:read")
    scope = call.scope("articles:write")
    return SuggestionList(items=await call.house.teaching.suggestions(scope))


def _spoken(labels: Mapping[str, str]) -> dict[str, str]:
    return {language: label for language, label in labels.items() if label.strip()}


HANDLERS: Final = [
    list_intents,
    put_intent,
    remove_intent,
    list_intent_phrases,
    add_intent_phrases,
    move_intent_phrase,
    remove_intent_phrase,
    train_intents,
    get_intent_training,
    list_intent_models,
    activate_intent_model,
    roll_back_intent_model,
    list_intent_suggestions,
]
