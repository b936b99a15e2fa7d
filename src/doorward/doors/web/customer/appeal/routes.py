"""The page on which a blocked sender objects: public, without a script, good for one block and one objection."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from doorward.doors.web.door import AnyRequest, AtDoor, Door, address_of
from doorward.doors.web.forms import read_form
from doorward.doors.web.turned_away import until_words
from doorward.vocabulary.errors import Conflict, Malformed, TooLarge
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import WildText


@get("/appeals/{token:str}", include_in_schema=False)
async def show_appeal(request: AnyRequest, token: FromPath[str], door: AtDoor) -> Response[str]:
    """Show why somebody is turned away, and the form to object."""
    door.house.admission.admit_request(address_of(request))
    return await _page(request, door, token)


@post("/appeals/{token:str}", status_code=200, include_in_schema=False)
async def send_appeal(request: AnyRequest, token: FromPath[str], door: AtDoor) -> Response[Any]:
    """Take the objection, and show what is known of it; what was written stays in the form when it cannot be taken."""
    door.house.admission.admit_request(address_of(request))
    senders = door.house.senders
    fields = await read_form(request)
    words = fields.get("words", "").replace("\r\n", "\n")
    trouble = ""
    try:
        await senders.appeal(token, WildText(words))
    except Malformed:
        trouble = "appeal.empty"
    except TooLarge:
        trouble = "senders.too_long"
    except Conflict:
        pass  # sent twice, or over meanwhile: the page says so
    return await _page(request, door, token, words=words, trouble=trouble)


async def _page(request: AnyRequest, door: Door, token: str, *, words: str = "", trouble: str = "") -> Response[str]:
    house = door.house
    block = await house.senders.appealed_block(token)
    scope = system_scope(house.senders.appealed_tenant(token), "appeals")
    company = await house.transactions.read_async(lambda tx: house.identity.tenants.tenant(tx, scope))
    language = block.language if block.language in house.packs else door.language_of(request)
    over = block.lifted_at is not None or block.ends_at <= house.clock.now()
    response = door.pages.page(
        request,
        "customer/appeal/page.html",
        language=language,
        company=company.name,
        block=block,
        over=over,
        until=until_words(block.ends_at, language=language),
        why=house.translator.say(language, f"block_told.{block.reason}"),
        words=words,
        trouble=trouble,
    )
    response.status_code = 400 if trouble else 200
    return response
