"""Handing out the customer's data: JSON for programs, a page for people; streamed, so that no size is too large."""

from collections.abc import AsyncIterator
from typing import Any, Final, Literal

import msgspec
from litestar import post
from litestar.response import Stream

from doorward.doors.web.customer.portal.shared import FOLDER, APortalCall, PortalCall
from doorward.flow.portal_export import Export, plain
from doorward.flow.views.portal import MyConversation
from doorward.flow.views.transcript import ShownEntry

Format = Literal["json", "html"]
VERSION: Final = 1
"""Of the JSON: fields are only ever added."""


@post("/{slug:str}/data/export", status_code=200, include_in_schema=False)
async def hand_out(portal: APortalCall) -> Stream:
    """Hand out everything, in the form that was asked for."""
    fields = await portal.form()
    export = await portal.house.portal_export.begin(portal.session)
    kind: Format = "json" if fields.get("format") == "json" else "html"
    pieces = _json(portal, export) if kind == "json" else _html(portal, export)
    name = f"{portal.tenant.slug}-{portal.house.clock.now():%Y-%m-%d}.{kind}"
    return Stream(
        pieces,
        media_type="application/json" if kind == "json" else "text/html; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _lines(portal: PortalCall, conversation: MyConversation) -> AsyncIterator[ShownEntry]:
    after: int | None = 0
    while after is not None:
        some, after = await portal.house.portal_export.lines(portal.session, conversation.id, after=after)
        for line in some:
            yield line


async def _json(portal: PortalCall, export: Export) -> AsyncIterator[bytes]:
    head: dict[str, Any] = {
        "format": "doorward.export",
        "version": VERSION,
        "company": portal.tenant.name,
        "made_at": portal.house.clock.now(),
        "reference": export.reference,
        "language": export.language,
        "profile": plain(export.profile),
        "consents": plain(export.consents),
        "sessions": plain(export.sessions),
        "passkeys": plain(export.passkeys),
        "requests": plain(export.requests),
        "decisions": plain(export.decisions),
        "accesses": plain(export.accesses),
        "offers": plain(export.offers),
        "expectations": plain(export.expectations),
        "held_back": plain(export.held_back),
        "mandates": plain(export.mandates),
        "machine_acts": plain(export.machine_acts),
        "machine_questions": plain(export.machine_questions),
    }
    yield msgspec.json.encode(head)[:-1] + b',"conversations":['
    for number, conversation in enumerate(export.conversations):
        about = msgspec.json.encode(conversation)[:-1] + b',"lines":['
        yield (b"," if number else b"") + about
        first = True
        async for line in _lines(portal, conversation):
            yield (b"" if first else b",") + msgspec.json.encode(line)
            first = False
        yield b"]}"
    yield b"]}"


async def _html(portal: PortalCall, export: Export) -> AsyncIterator[str]:
    render, language = portal.door.pages.render, portal.language
    shared = {"company": portal.tenant, "export": export, "now": portal.house.clock.now()}
    scans = portal.house.scanner is not None
    yield render(f"{FOLDER}/export_head.html", language=language, **shared)
    for conversation in export.conversations:
        yield render(f"{FOLDER}/export_conversation.html", language=language, conversation=conversation)
        async for line in _lines(portal, conversation):
            if line.kind != "attachment.scanned":  # the file's own line says how it stands
                yield render(f"{FOLDER}/export_line.html", language=language, line=line, scans_files=scans)
        yield "</ol>\n</section>\n"
    yield "</main>\n</body>\n</html>\n"


HANDLERS: Final = (hand_out,)
