"""The portal's pages to read. Each shows what belongs to the customer of the session, and nothing else."""

from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from doorward.doors.web.customer.portal.shared import LATER, APortalCall, site_of
from doorward.doors.web.downloads import file_response
from doorward.flow.views import portal as views
from doorward.flow.views.transcript import files_in
from doorward.identity import PURPOSES
from doorward.kit.ids import new_id
from doorward.kit.tx import Tx
from doorward.record import card_of
from doorward.vocabulary.channel import LONGEST_CONTACT
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.outcome import Outcome

_FURTHEST: Final = 100_000

Offset = Annotated[int, QueryParameter(ge=0, le=_FURTHEST)]
Done = Annotated[str, QueryParameter(max_length=20)]

DONE: Final = {
    "appealed": "portal.done.appealed",
    "asked": "portal.done.asked",
    "saved": "portal.done.saved",
    "removed": "portal.done.removed",
    "passkey": "portal.done.passkey",
    "ended": "portal.done.ended",
    "called": "portal.done.called",
    "stays": "portal.done.stays",
    "granted": "portal.done.granted",
    "revoked": "portal.done.revoked",
    "suspended": "portal.done.suspended",
    "resumed": "portal.done.resumed",
    "allowed": "portal.done.allowed",
    "not_allowed": "portal.done.not_allowed",
}
"""What a page says after a form was sent: the address names it, and nothing else can be said by an address."""

DONE_WHILE: Final = {"called": ("asked",), "stays": ("offered", "")}
"""What is only said as long as somebody waits and being called back stands so: what was asked may have been taken."""


def done_of(portal: APortalCall, name: str) -> str:
    """Return the sentence for what was done, empty for none."""
    return portal.say(DONE[name]) if name in DONE else ""


@get("/{slug:str}", include_in_schema=False)
async def show_conversations(portal: APortalCall, offset: Offset = 0) -> Response[str]:
    """List the customer's conversations over all channels."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def read(tx: Tx) -> Any:
        return views.my_conversations(tx, scope, customer, identity=identity, offset=offset)

    conversations, more = await portal.house.transactions.read_async(read)
    before = max(0, offset - views.PAGE)
    return portal.page(
        "conversations",
        conversations=conversations,
        previous_href=f"{portal.base}/?offset={before}" if offset else "",
        next_href=f"{portal.base}/?offset={offset + views.PAGE}" if more else "",
        later=LATER,
    )


@get("/{slug:str}/conversations/{conversation_id:str}", include_in_schema=False)
async def show_conversation(portal: APortalCall, conversation_id: FromPath[str], done: Done = "") -> Response[str]:
    """Show one of the customer's conversations, masked as it is kept but for what the bot told them about themselves.

    That it was opened is noted in the audit.
    """
    return await conversation_page(portal, ConversationId(conversation_id), done=done)


async def conversation_page(
    portal: APortalCall, wanted: ConversationId, *, done: str = "", trouble: str = "", status: int = 200
) -> Response[str]:
    """Return the page of one of the customer's conversations, with what may be expected. Raises `NotFound`."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id
    own_reader = portal.house.contact.own_reader

    def work(tx: Tx) -> Outcome[Any]:
        mine, said = views.my_transcript(tx, scope, customer, conversation_id=wanted, identity=identity)
        said = own_reader.open_for(tx, scope, said, reader=portal.session.acting_id)
        event = AuditEvent(action="conversation.read", object_kind="conversation", object_id=wanted)
        return Outcome((mine, said, card_of(tx, scope, wanted)), (event,))

    conversation, transcript, card = await portal.house.portal.write(scope, work)
    prospect = await portal.house.contact.prospects.of(scope, card)
    return portal.page(
        "conversation",
        conversation=conversation,
        transcript=prospect.told(transcript),
        key=new_id(),
        longest=LONGEST_CONTACT,
        scans_files=portal.house.scanner is not None,
        done=done_of(portal, done) if _holds(done, conversation) else "",
        trouble=trouble,
        status=status,
        here="conversations",
    )


def _holds(done: str, conversation: views.MyConversation) -> bool:
    if done not in DONE_WHILE:
        return True
    return conversation.state == "waiting" and conversation.call_back in DONE_WHILE[done]


@get("/{slug:str}/conversations/{conversation_id:str}/files/{attachment_id:str}", include_in_schema=False)
async def download_sent_file(
    portal: APortalCall, conversation_id: FromPath[str], attachment_id: FromPath[str]
) -> Response[bytes]:
    """Hand out a file that a reply brought to one of the customer's conversations; that is noted in the audit."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id
    wanted = ConversationId(conversation_id)

    def reads(tx: Tx) -> frozenset[str]:
        return files_in(views.my_transcript(tx, scope, customer, conversation_id=wanted, identity=identity)[1])

    return file_response(await portal.house.downloads.open_told(scope, attachment_id, reads=reads))


@get("/{slug:str}/decisions", include_in_schema=False)
async def show_decisions(portal: APortalCall, done: Done = "") -> Response[str]:
    """Show what was decided about the customer's messages, and why."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id
    decisions = await portal.house.transactions.read_async(
        lambda tx: views.my_decisions(tx, scope, customer, identity=identity)
    )
    return portal.page(
        "decisions",
        decisions=decisions,
        most=views.DECISIONS,
        done=done_of(portal, done),
        explained=portal.house.translator.has,
    )


@get("/{slug:str}/access", include_in_schema=False)
async def show_access(portal: APortalCall) -> Response[str]:
    """Show who looked at the customer's data, by role."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id
    accesses = await portal.house.transactions.read_async(
        lambda tx: views.my_accesses(tx, scope, customer, identity=identity)
    )
    return portal.page("access", accesses=accesses, most=views.ACCESSES)


@get("/{slug:str}/choices", include_in_schema=False)
async def show_choices(portal: APortalCall, done: Done = "") -> Response[str]:
    """Show what the customer agreed to, and in which language they wish to be answered."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def read(tx: Tx) -> Any:
        return (
            identity.consents.standing(tx, scope, customer),
            identity.consents.history(tx, scope, customer),
            identity.parties.find(tx, scope, customer).language,
        )

    standing, history, noted = await portal.house.transactions.read_async(read)
    packs = portal.house.packs
    return portal.page(
        "choices",
        standing=standing,
        history=history,
        noted=noted or portal.language,
        offered=[(code, packs[code].name) for code in portal.tenant.settings.languages if code in packs],
        purposes=PURPOSES,
        done=done_of(portal, done),
    )


@get("/{slug:str}/data", include_in_schema=False)
async def show_data(portal: APortalCall, done: Done = "") -> Response[str]:
    """Offer the export, a correction and a deletion, and show how far earlier wishes are."""
    return portal.page("data", **await data_places(portal), done=done_of(portal, done))


async def data_places(portal: APortalCall) -> dict[str, Any]:
    """Return the places of the page about one's data. Raises `StepUpRequired` unless the customer proved anew."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def read(tx: Tx) -> tuple[views.MyRequest, ...]:
        # Asked before anything is typed, so that nothing typed is lost.
        identity.require(tx, scope, portal.session.acting_id, action="data.request")
        return views.my_requests(tx, scope, customer, identity=identity)

    requests = await portal.house.transactions.read_async(read)
    return {
        "requests": requests,
        "key": new_id(),
        "longest": portal.house.settings.limits.message_characters,
        "deleting": any(one.kind == "deletion" and one.state != "resolved" for one in requests),
    }


@get("/{slug:str}/security", include_in_schema=False)
async def show_security(portal: APortalCall, done: Done = "") -> Response[str]:
    """Show where the customer is signed in, and their passkeys."""
    identity, scope, customer = portal.house.identity, portal.scope, portal.customer_id

    def read(tx: Tx) -> Any:
        return (
            identity.customer_sessions.sessions_of(tx, scope, customer),
            identity.passkeys.passkeys_of(tx, scope, customer),
        )

    sessions, passkeys = await portal.house.transactions.read_async(read)
    return portal.page(
        "security",
        sessions=sessions,
        passkeys=passkeys,
        this=portal.session.session_id,
        offered=site_of(portal.door, portal.request) is not None,
        done=done_of(portal, done),
    )


HANDLERS: Final = (
    show_conversations,
    show_conversation,
    download_sent_file,
    show_decisions,
    show_access,
    show_choices,
    show_data,
    show_security,
)
