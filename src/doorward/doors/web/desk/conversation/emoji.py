"""Emoji and what they are called in the reader's language, for the fields in which something is written."""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from doorward.doors.web.desk.shared import ADeskCall
from doorward.vocabulary.language import LanguagePack


@get("/desk/emoji", include_in_schema=False)
async def list_emoji(desk: ADeskCall) -> Response[list[dict[str, object]]]:
    """Return the signs in the picker's order, each with its names, the one that is read out first."""
    desk.require("conversations:write")
    return Response(emoji_of(desk.house.packs[desk.language]), headers={"cache-control": "private, max-age=3600"})


def emoji_of(pack: LanguagePack) -> list[dict[str, object]]:
    """Return the signs that a language names, in order, with all names of each."""
    named: dict[str, list[str]] = {}
    for name, sign in pack.meanings("emoji").items():
        named.setdefault(sign, []).append(name)
    return [{"sign": sign, "words": names} for sign, names in named.items()]


EMOJI: Final[list[HTTPRouteHandler]] = [list_emoji]
