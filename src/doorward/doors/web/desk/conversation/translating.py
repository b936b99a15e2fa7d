"""Words in another language: the customer's for the agent to read, the agent's as they are sent to the customer."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from doorward.bootstrap import House
from doorward.doors.web.callers import BY_ITSELF
from doorward.doors.web.desk.conversation.view import conversation_places, line_number
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.refused import kinds_in_words
from doorward.flow.desk import OwnWords, TranslatedDraft
from doorward.vocabulary.errors import Malformed, SecretRefused, TooLarge, Unavailable
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import WildText

_LAST_WORDS: Final = "desk/conversation/_last_words.html"
_TRANSLATION: Final = "desk/conversation/_translation.html"

MOST_FIELDS: Final = 60
"""Of a form in which somebody writes: its own, colleagues who are named, files that go with it."""


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in the customer's language, as its field shows it."""

    text: str


@get("/desk/conversations/{conversation_id:str}/last-words", include_in_schema=False, opt=BY_ITSELF)
async def show_last_words(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Show the customer's last messages beside their translation: as a part of the page, or as a page of its own."""
    scope, wanted = desk.require("conversations:read"), ConversationId(conversation_id)
    trouble = ""
    try:
        lines = await desk.house.desk.translating.last_words(scope, wanted, target=desk.language)
    except Unavailable:
        lines, trouble = [], desk.say("translate.unavailable")
    places: dict[str, Any] = {"id": wanted, "lines": lines, "trouble": trouble}
    if desk.by_script:
        return await desk.part(_LAST_WORDS, **places)
    return await desk.page("desk/conversation/last_words.html", here="inbox", **places)


@post("/desk/conversations/{conversation_id:str}/translate", status_code=200, include_in_schema=False)
async def translate_draft(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Translate what an agent is writing into a field of its own, which is what is sent; nothing is kept yet."""
    scope, wanted = desk.require("conversations:write"), ConversationId(conversation_id)
    fields, trouble = dict(await desk.pairs(most=MOST_FIELDS)), ""
    translation = begun_translation(fields)  # stays where there is no newer one
    words = fields.get("text", "").replace("\r\n", "\n")
    target = (await desk.house.desk.card(scope, wanted)).language
    try:
        text = WildText(words)
        desk.house.admission.measure(text)
        draft = await desk.house.desk.translating.draft(scope, wanted, text, source=desk.language, target=target)
        translation = Translation(text=_filled(draft, words))
    except (Malformed, SecretRefused, TooLarge, Unavailable) as error:
        trouble = _sentence(desk, error)
    places: dict[str, Any] = {"id": wanted, "tongue": target, "translation": translation, "untranslated": trouble}
    places["longest"] = desk.house.settings.limits.message_characters
    if desk.by_script:
        return await desk.part(_TRANSLATION, **places)
    page = await conversation_places(desk, wanted, since=line_number(fields.get("since", "")))
    return await desk.page("desk/conversation/page.html", here="inbox", **(page | places | {"begun": words}))


TRANSLATING: Final = [show_last_words, translate_draft]


def begun_translation(fields: Mapping[str, str]) -> Translation | None:
    """Return the translation that a form brought along, None without one: what was begun is lost by no refusal."""
    translated = fields.get("translated", "").replace("\r\n", "\n")
    return Translation(text=translated) if translated.strip() else None


def said_in(house: House, fields: Mapping[str, str]) -> tuple[WildText, OwnWords | None]:
    """Return what a form says to the customer, and the agent's own words where that is their translation."""
    own = WildText(fields.get("text", "").replace("\r\n", "\n"))
    translated = fields.get("translated", "").replace("\r\n", "\n")
    if not translated.strip():
        return own, None
    language = fields.get("own_language", "")
    return WildText(translated), OwnWords(own, language if language in house.packs else "")


def _filled(draft: TranslatedDraft, words: str) -> str:
    """Return a translation with what the agent typed in the places that were masked on the way: it is theirs to see,
    and will be masked again when it is sent.
    """
    if not draft.places:
        return draft.text.text
    parts: list[str] = []
    at = 0
    for span, (start, end) in zip(draft.text.spans, draft.places, strict=True):
        parts += (draft.text.text[at : span.start], words[start:end])
        at = span.end
    return "".join((*parts, draft.text.text[at:]))


def _sentence(desk: DeskCall, error: Exception) -> str:
    match error:
        case Malformed():
            return desk.say("translate.nothing")
        case TooLarge():
            return desk.say(error.message_key, **error.facts)
        case SecretRefused():
            what = kinds_in_words(desk.house.translator, desk.language, str(error.facts["kinds"]).split())
            return desk.say("desk.conversation.reply_secret", what=what)
    return desk.say("translate.failed")
