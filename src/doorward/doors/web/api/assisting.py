"""Help for whoever has a conversation: an answer to begin with, the next step of a procedure, a summary."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from doorward.doors.web.api.common import ANY_OF, ACall, IdPath, problems
from doorward.flow.assist import Assist
from doorward.flow.reading import conversation_read
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome

ReaderLanguage = Annotated[
    str, QueryParameter(name="language", pattern="^([a-z]{2})?$", description="The reader's language (ISO 639-1).")
]


@get(
    "/conversations/{conversation_id:str}/assist",
    responses=problems(404),
    security=ANY_OF,
    operation_id="get_assist",
)
async def get_assist(call: ACall, conversation_id: IdPath, language: ReaderLanguage = "") -> Assist:
    """Help whoever has a conversation: what they may answer, from the company's articles, where a procedure stands, and
    what happened so far, in sentences of the conversation itself. Everything is masked; nothing is sent.

    Steps of procedures are in `language`, without it in the company's own. That somebody looked is noted in the audit.
    """
    scope, wanted = call.scope("conversations:read"), ConversationId(conversation_id)
    house = call.house
    spoken = language or house.settings_book.settings_of(scope.tenant_id).languages[0]
    found = await house.assisting.of(scope, wanted, language=spoken)
    await house.transactions.write_async(scope, lambda _tx: Outcome(None, (conversation_read(wanted),)))
    return found
