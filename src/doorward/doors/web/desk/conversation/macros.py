"""Running a macro on a conversation: which one, what it will do, and what became of it; in a dialog or on a page."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath

from doorward import workspace
from doorward.doors.web.desk.shared import ADeskCall, DeskCall
from doorward.doors.web.desk.step_words import step_words
from doorward.doors.web.places import places_of
from doorward.flow.desk import MacroRun, RunWish, card_at
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ConversationId

_PART: Final = "desk/conversation/_macros.html"
_PAGE: Final = "desk/conversation/macros.html"


@get("/desk/conversations/{conversation_id:str}/macros", include_in_schema=False)
async def show_macros(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[str]:
    """Show the macros there are, each with its steps."""
    desk.require("conversations:write")
    return await _show(desk, ConversationId(conversation_id))


@post("/desk/conversations/{conversation_id:str}/macros", status_code=200, include_in_schema=False)
async def run_macro(desk: ADeskCall, conversation_id: FromPath[str]) -> Response[Any]:
    """Run the chosen one and say what became of each step."""
    scope = desk.require("conversations:write")
    fields, wanted = await desk.form(), ConversationId(conversation_id)
    places = await places_of(desk.house, desk.caller.principal, wanted)
    # The form's own key makes a double click one run.
    key = f"desk:{fields.get('key') or new_id()}"[:80]
    try:
        run = await desk.house.desk.macros.run(scope, wanted, RunWish(fields.get("macro", "")[:60], places, key))
    except (NotFound, Malformed) as error:
        return await _show(desk, wanted, trouble=desk.say("macro.gone"), status=error.status)
    return await _show(desk, wanted, run=run)


MACROS: Final = [show_macros, run_macro]


async def _show(
    desk: DeskCall,
    conversation_id: ConversationId,
    *,
    run: MacroRun | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response[str]:
    scope = desk.scope

    def read(tx: Tx) -> tuple[Any, Any]:
        card = card_at(tx, scope, conversation_id)
        return card, workspace.list_pieces(tx, scope, "macro", owner=scope.actor.id)

    card, pieces = await desk.house.transactions.read_async(read)
    words = await step_words(desk)
    places = {
        "id": conversation_id,
        "card": card,
        "macros": [words.macro(one) for one in pieces],
        "run": run,
        "steps": [] if run is None else [words.done(one) for one in run.steps],
        "run_key": new_id(),
        "trouble": trouble,
    }
    if desk.by_script:
        return await desk.part(_PART, status=status, **places)
    return await desk.page(_PAGE, status=status, here="inbox", **places)
