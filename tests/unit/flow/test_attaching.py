"""Files that replies bring: taken in by what they are, sent with the reply once they are clean, never before."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from doorward import record
from doorward.flow.attachments import KEPT_BESIDE, Leftovers, going_with, leftovers, lying_beside
from doorward.flow.attachments.repository import find_attachment
from doorward.flow.desk import Enclosed, LaterReply, NewFile
from doorward.flow.desk.noting import NewNote
from doorward.flow.tables import attachment_table
from doorward.flow.views.conversation import conversation
from doorward.flow.views.transcript import transcript
from doorward.kit.clock import FixedClock
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, TooLarge, UnsupportedType
from doorward.vocabulary.ids import MessageId, StaffId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import WildText
from tests.support.transactions import CONVERSATION, NOON, OTHER_SCOPE, SCOPE, staff_scope
from tests.support.walking import Flow

MIRA, JONAS = staff_scope("m" * 26), staff_scope("j" * 26)
SOON = NOON + timedelta(seconds=10)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def file(content: bytes = PNG, *, name: str = "plan.png", media_type: str = "image/png") -> NewFile:
    """A file that an agent has."""
    return NewFile(name=WildText(name), media_type=media_type, content=content)


def reply(*files: str, unless_heard: bool = False) -> LaterReply:
    """A reply that brings these files."""
    return LaterReply(
        text=WildText("see the plan"), send_at=SOON, unless_heard=unless_heard, undoable=True, files=files
    )


@pytest.fixture
async def busy(flow: Flow) -> Flow:
    """A flow in which Mira has the conversation."""
    flow.say("hello")
    await flow.desk.take_over(MIRA, CONVERSATION)
    return flow


def verdict(flow: Flow, attachment_id: str, state: str) -> None:
    """End the scan of a file, as the scanner's job does."""
    change = update(attachment_table).where(attachment_table.c.attachment_id == attachment_id).values(state=state)
    flow.transactions.write(None, lambda tx: Outcome(tx.execute(change).rowcount))


def send_due(flow: Flow) -> int:
    """Have what is due sent."""
    return flow.desk.sending.send_due(lambda tenant_id: system_scope(tenant_id, "desk"))


def kinds(flow: Flow) -> list[str]:
    """Return what became of replies and files, in order."""
    wanted = ("attachment.", "message.agent", "reply.")
    return [one.entry.kind for one in flow.ledger() if one.entry.kind.startswith(wanted)]


def beside(flow: Flow, scope: Scope = MIRA) -> list[str]:
    """Return which files lie beside somebody's field."""

    def read(tx: Tx) -> list[str]:
        return [one.attachment_id for one in lying_beside(tx, scope, CONVERSATION, StaffId(scope.actor.id))]

    return flow.transactions.read(read)


async def test_a_reply_waits_until_its_files_are_clean_and_brings_them(busy: Flow, clock: FixedClock) -> None:
    """Not sent at its time while a file is held; once it is clean the reply goes out, and the file behind it."""
    kept = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="1")
    assert await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="1") != kept
    assert beside(busy) == [kept.attachment_id]
    assert beside(busy, JONAS) == []
    await busy.desk.sending.send_later(MIRA, CONVERSATION, reply(kept.attachment_id), key="1")
    clock.advance(SOON - NOON)
    assert (send_due(busy), beside(busy)) == (0, [])
    with pytest.raises(Conflict, match="scan"):
        await busy.desk.resolve(MIRA, CONVERSATION)
    verdict(busy, kept.attachment_id, "clean")
    assert (send_due(busy), send_due(busy)) == (1, 0)
    assert kinds(busy) == ["attachment.prepared", "reply.scheduled", "message.agent", "attachment.received"]
    line = busy.ledger()[-1].entry
    assert (line.text.text if line.text else "", line.data["author"], line.actor) == ("plan.png", "agent", MIRA.actor)
    assert busy.card() == busy.transactions.read(lambda tx: record.rebuild_card(tx, SCOPE, CONVERSATION))


async def test_a_refused_file_keeps_its_reply_until_it_is_taken_back(busy: Flow, clock: FixedClock) -> None:
    """Nothing is sent and nothing lost: taken back, the file lies beside the field again, and the rest can be sent."""
    bad = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="1")
    good = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="2")
    wish = reply(bad.attachment_id, good.attachment_id)
    waits = await busy.desk.sending.send_later(MIRA, CONVERSATION, wish, key="1")
    verdict(busy, bad.attachment_id, "refused")
    verdict(busy, good.attachment_id, "clean")
    clock.advance(SOON - NOON)
    assert send_due(busy) == 0
    assert (
        await busy.desk.sending.take_back(MIRA, CONVERSATION, waits.entry.message_id or MessageId("")) == "see the plan"
    )
    assert sorted(beside(busy)) == sorted([bad.attachment_id, good.attachment_id])
    with pytest.raises(Conflict, match="refused"):
        await busy.desk.reply(MIRA, CONVERSATION, WildText("again"), key="2", enclosed=Enclosed((bad.attachment_id,)))
    said = await busy.desk.reply(
        MIRA, CONVERSATION, WildText("again"), key="3", enclosed=Enclosed((good.attachment_id,))
    )
    assert said.entry.kind == "message.agent"
    assert kinds(busy)[-2:] == ["message.agent", "attachment.received"]


async def test_a_held_reply_keeps_no_other_from_being_sent(
    busy: Flow, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many replies wait for a scanner that is away, those behind them go out."""
    monkeypatch.setattr("doorward.flow.desk.sending._AT_ONCE", 1)
    kept = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="1")
    await busy.desk.sending.send_later(MIRA, CONVERSATION, reply(kept.attachment_id), key="1")
    later = LaterReply(text=WildText("and this"), send_at=SOON + timedelta(seconds=1))
    await busy.desk.sending.send_later(MIRA, CONVERSATION, later, key="2")
    clock.advance(timedelta(minutes=1))
    assert send_due(busy) == 1


async def test_a_file_is_taken_away_until_a_reply_has_it(busy: Flow) -> None:
    """By whoever attached it alone; with it its content goes, and its name says nothing sensitive."""
    kept = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(name="\u202eplan"), key="1")
    assert kept.name == "_plan.png"
    with pytest.raises(NotFound):
        await busy.desk.attaching.withdraw(JONAS, CONVERSATION, kept.attachment_id)
    await busy.desk.attaching.withdraw(MIRA, CONVERSATION, kept.attachment_id)
    assert busy.transactions.read(lambda tx: find_attachment(tx, SCOPE, kept.attachment_id)) is None
    with pytest.raises(NotFound):
        await busy.desk.sending.send_later(MIRA, CONVERSATION, reply(kept.attachment_id), key="1")
    other = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="2")
    waits = await busy.desk.sending.send_later(MIRA, CONVERSATION, reply(other.attachment_id), key="2")
    with pytest.raises(Conflict, match="goes with"):
        await busy.desk.attaching.withdraw(MIRA, CONVERSATION, other.attachment_id)
    with pytest.raises(Conflict, match="another"):
        await busy.desk.sending.send_later(MIRA, CONVERSATION, reply(other.attachment_id), key="3")
    message_id = waits.entry.message_id or MessageId("")
    files = busy.transactions.read(lambda tx: going_with(tx, MIRA, CONVERSATION, message_id))
    assert [one.name for one in files] == ["plan.png"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (file(b""), Malformed),
        (file(b"MZ" + bytes(40)), UnsupportedType),
        (file(media_type="application/pdf"), UnsupportedType),
        (file(PNG + bytes(1000)), TooLarge),
        (file(name="n" * 201), TooLarge),
    ],
)
async def test_what_cannot_be_sent_is_not_taken(busy: Flow, wanted: NewFile, error: type[Exception]) -> None:
    """Empty, of no type that is taken, not what it was called, too large, or with an endless name."""
    with pytest.raises(error):
        await busy.desk.attaching.attach(MIRA, CONVERSATION, wanted, key="1")
    assert kinds(busy) == []


async def test_files_are_attached_by_whoever_has_the_conversation(busy: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by a colleague, not to a conversation that is not there, and not without end."""
    with pytest.raises(Conflict, match="not with you"):
        await busy.desk.attaching.attach(JONAS, CONVERSATION, file(), key="1")
    monkeypatch.setattr("doorward.flow.desk.attaching.MOST", 1)
    await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="1")
    with pytest.raises(Conflict, match="at most"):
        await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="2")


def test_a_file_shows_nothing_of_itself() -> None:
    """Neither its name nor its content stands in a representation."""
    shown: Any = repr(file(name="secret.png"))
    assert "secret" not in shown
    assert "PNG" not in shown


def sweep(flow: Flow, scope: Scope = SCOPE) -> int:
    """Take away what nobody will send, as the house does by itself."""
    return Leftovers(flow.transactions).sweep(system_scope(scope.tenant_id, "protection"))


async def test_what_nobody_sends_is_taken_away_after_a_while(busy: Flow, clock: FixedClock) -> None:
    """Not a day before; what waits with a reply or was sent stays; another company's is no business of the sweep's."""
    attach, sending = busy.desk.attaching.attach, busy.desk.sending
    lies, waits, sent = [await attach(MIRA, CONVERSATION, file(), key=key) for key in ("lies", "waits", "sent")]
    later = msgspec.structs.replace(reply(waits.attachment_id), send_at=NOON + timedelta(days=90))
    await sending.send_later(MIRA, CONVERSATION, later, key="later")
    verdict(busy, sent.attachment_id, "clean")
    enclosed = Enclosed((sent.attachment_id,))
    await busy.desk.reply(MIRA, CONVERSATION, WildText("here"), key="now", enclosed=enclosed)
    await busy.desk.noting.write(JONAS, CONVERSATION, NewNote(WildText("see"), files=(file(),)), key="note")
    noted = [one.entry.data["attachment_id"] for one in busy.ledger() if one.entry.kind == "attachment.noted"]
    clock.advance(KEPT_BESIDE)
    assert (sweep(busy), beside(busy)) == (0, [lies.attachment_id])
    clock.advance(timedelta(seconds=1))
    assert sweep(busy, OTHER_SCOPE) == 0
    assert (sweep(busy), sweep(busy), beside(busy)) == (1, 0, [])
    line = busy.ledger()[-1].entry
    assert (line.kind, line.actor.kind, line.data) == (
        "attachment.withdrawn",
        "system",
        {"attachment_id": lies.attachment_id},
    )
    ids = (waits.attachment_id, sent.attachment_id, *noted)
    kept = busy.transactions.read(lambda tx: [find_attachment(tx, SCOPE, one) for one in ids])
    assert (len(kept), None in kept) == (3, False)
    with pytest.raises(NotFound):
        await busy.desk.attaching.withdraw(MIRA, CONVERSATION, lies.attachment_id)


async def test_a_file_that_comes_back_with_its_reply_begins_anew(busy: Flow, clock: FixedClock) -> None:
    """It waited for longer than files lie beside a field: taken back, it is there to be sent for as long again."""
    kept = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="1")
    later = msgspec.structs.replace(reply(kept.attachment_id), send_at=NOON + timedelta(days=90))
    waits = await busy.desk.sending.send_later(MIRA, CONVERSATION, later, key="later")
    clock.advance(KEPT_BESIDE * 2)
    assert sweep(busy) == 0
    await busy.desk.sending.take_back(MIRA, CONVERSATION, waits.entry.message_id or MessageId(""))
    clock.advance(KEPT_BESIDE)
    assert (sweep(busy), beside(busy)) == (0, [kept.attachment_id])
    clock.advance(timedelta(seconds=1))
    assert (sweep(busy), beside(busy)) == (1, [])


async def test_there_may_be_more_than_are_taken_away_at_once(
    busy: Flow, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them go, in steps."""
    monkeypatch.setattr(leftovers, "_AT_ONCE", 2)
    for key in "abcde":
        await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key=key)
    clock.advance(KEPT_BESIDE + timedelta(seconds=1))
    assert (sweep(busy), beside(busy)) == (5, [])


async def test_a_file_is_sent_without_words(busy: Flow, clock: FixedClock) -> None:
    """The reply counts as one, its file is all that anybody sees of it, and the list keeps what was said last."""
    kept = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="1")
    wordless = LaterReply(text=WildText(" \n"), send_at=SOON, undoable=True, files=(kept.attachment_id,))
    waits = await busy.desk.sending.send_later(MIRA, CONVERSATION, wordless, key="1")
    taken = await busy.desk.sending.take_back(MIRA, CONVERSATION, waits.entry.message_id or MessageId(""))
    assert (taken, beside(busy)) == ("", [kept.attachment_id])
    await busy.desk.sending.send_later(MIRA, CONVERSATION, wordless, key="2")
    verdict(busy, kept.attachment_id, "clean")
    clock.advance(SOON - NOON)
    assert send_due(busy) == 1
    card = busy.card()
    assert card is not None
    assert (card.preview, card.last_author, card.agent_messages) == ("hello", "agent", 1)
    told = busy.transactions.read(lambda tx: transcript(tx, SCOPE, CONVERSATION))
    assert [(one.kind, one.text) for one in told.entries][-1] == ("attachment.received", "plan.png")
    assert "message.agent" not in [one.kind for one in told.entries]
    with pytest.raises(Malformed):
        await busy.desk.reply(MIRA, CONVERSATION, WildText(" "), key="3")
    at_once = await busy.desk.attaching.attach(MIRA, CONVERSATION, file(), key="4")
    verdict(busy, at_once.attachment_id, "clean")
    await busy.desk.reply(MIRA, CONVERSATION, WildText(""), key="4", enclosed=Enclosed((at_once.attachment_id,)))
    assert kinds(busy)[-2:] == ["message.agent", "attachment.received"]


async def test_a_note_brings_files_that_no_customer_sees(busy: Flow) -> None:
    """With or without words, by whoever may write; the same key is one note, and no reply can take its file along."""
    for _ in range(2):
        await busy.desk.noting.write(JONAS, CONVERSATION, NewNote(WildText(""), files=(file(), file())), key="1")
    lines = [one for one in busy.ledger() if one.entry.kind == "attachment.noted"]
    assert len(lines) == 2
    first = str(lines[0].entry.data["attachment_id"])
    assert beside(busy, JONAS) == []
    with pytest.raises(Conflict, match="goes with a reply"):
        await busy.desk.attaching.withdraw(JONAS, CONVERSATION, first)
    seen = busy.transactions.read(lambda tx: conversation(tx, JONAS, CONVERSATION))
    noted = [(one.author, one.text, one.by) for one in seen.lines if one.attachment is not None]
    assert noted == [("note", "plan.png", JONAS.actor.id)] * 2
    assert not any(one.kind == "note.written" for one in seen.lines)
    told = busy.transactions.read(lambda tx: transcript(tx, SCOPE, CONVERSATION))
    assert first not in str(told)
    with pytest.raises(TooLarge):
        await busy.desk.noting.write(JONAS, CONVERSATION, NewNote(WildText("x"), files=(file(),) * 6), key="2")
    with pytest.raises(UnsupportedType):
        await busy.desk.noting.write(
            JONAS, CONVERSATION, NewNote(WildText("x"), files=(file(b"MZ" + bytes(40)),)), key="3"
        )
    assert [one.entry.kind for one in busy.ledger()].count("note.written") == 1
