"""Words in another language, where the installation has a translator: the customer's to read, a draft's to send."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.flow.desk import OwnWords, TranslatedLine
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.text import Span, WildText

_CODE = "^[a-z]{2}$"

ToLanguage = Annotated[str, QueryParameter(pattern="^([a-z]{2})?$", description="The reader's language (ISO 639-1).")]


class OwnWordsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent wrote in a language of their own, of which the text is a translation; for colleagues alone."""

    text: Annotated[str, Meta(min_length=1, max_length=100_000)]
    language: Annotated[str, Meta(pattern=_CODE)]

    def words(self) -> OwnWords:
        """Return them as the desk takes them."""
        return OwnWords(WildText(self.text), self.language)


class ReplyDraftBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent is writing, and in which language."""

    text: Annotated[str, Meta(min_length=1, max_length=100_000)]
    language: Annotated[str, Meta(pattern=_CODE)]


class ReplyDraftPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Characters of the draft, end exclusive."""

    start: int
    end: int


class TranslatedReplyDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in the customer's `language`, masked. `places` says for each span where in the draft stands what it
    masks; it is empty where that is not certain.
    """

    text: str
    language: str
    spans: tuple[Span, ...]
    places: tuple[ReplyDraftPlace, ...]


class TranslatedLines(msgspec.Struct, frozen=True, kw_only=True):
    """The customer's latest messages in another language, in order; by machine, for reading only."""

    items: tuple[TranslatedLine, ...]


@get(
    "/conversations/{conversation_id:str}/last-words",
    responses=problems(404),
    security=ANY_OF,
    operation_id="translate_last_words",
)
async def translate_last_words(call: ACall, conversation_id: IdPath, language: ToLanguage = "") -> TranslatedLines:
    """Read the customer's last messages in another language, without `language` in the company's own. 404 where nothing
    translates.
    """
    scope, wanted = call.scope("conversations:read"), ConversationId(conversation_id)
    target = language or call.house.settings_book.settings_of(scope.tenant_id).languages[0]
    found = await call.house.desk.translating.last_words(scope, wanted, target=target)
    return TranslatedLines(items=tuple(found))


@post(
    "/conversations/{conversation_id:str}/translation",
    status_code=200,
    responses=problems(404, 413, 415, 422),
    security=ANY_OF,
    operation_id="translate_reply_draft",
)
async def translate_reply_draft(
    call: ACall, conversation_id: IdPath, data: JSONBody[ReplyDraftBody]
) -> TranslatedReplyDraft:
    """Translate a draft into the customer's language. Nothing is kept; it is masked before it goes anywhere."""
    scope, wanted = call.member_scope("conversations:write"), ConversationId(conversation_id)
    text = WildText(data.text)
    call.house.admission.measure(text)
    target = (await call.house.desk.card(scope, wanted)).language
    draft = await call.house.desk.translating.draft(scope, wanted, text, source=data.language, target=target)
    places = tuple(ReplyDraftPlace(start=start, end=end) for start, end in draft.places)
    return TranslatedReplyDraft(text=draft.text.text, language=target, spans=draft.text.spans, places=places)
