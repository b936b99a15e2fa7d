"""What procedures say without being spoken to: written like an answer, with everything that belongs to it."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from doorward import record, routing
from doorward.flow.handoffs import handoff_for
from doorward.flow.openings import hand_over_words
from doorward.flow.procedures.finishing import Finishing, acted_line, told_of
from doorward.flow.procedures.here import Here
from doorward.flow.procedures.journey import Advanced
from doorward.flow.team_hours import hours_for
from doorward.kit.i18n import Translator
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Tx
from doorward.vocabulary.entry import AuditEvent, Entry
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.text import MaskedText

STOPPED = "procedure_stopped"
"""Why people take over whom a procedure hands over."""

_ASKS: Final = frozenset({"answer", "confirmation", "verification"})


class Speaking:
    """Says what came of something that was no message."""

    def __init__(
        self, finishing: Finishing, *, translator: Translator, settings_of: Callable[[TenantId], TenantSettings]
    ) -> None:
        """Hand over by the company's hours."""
        self._finishing = finishing
        self._translator = translator
        self._settings_of = settings_of

    def speak(self, tx: Tx, here: Here, advanced: Advanced, *, key: str, beside: bool = False) -> Outcome[bool]:
        """Write it all down, once for a key; return False where somebody went on meanwhile.

        Where people have the conversation nothing is said and nothing asked, and it is written all the same. `beside`
        says it to whoever talks with people, too: what a second person's word came to is told in any case.
        """
        if advanced.handoff:
            routing.lock_queue(tx, here.scope)
        record.lock_conversation(tx, here.scope, here.conversation_id)
        card = record.card_of(tx, here.scope, here.conversation_id)
        if card is None:
            return Outcome(False)
        with_people = card.state in {"waiting", "human"}
        if not self._finishing.fits(tx, here, advanced):
            return Outcome(False, tuple(acted_line(tx, here, one) for one in advanced.acted))
        if with_people and not beside:
            finished = self._finishing.write(tx, here, unasked(advanced))
            return Outcome(True, finished.entries, finished.jobs)
        finished = self._finishing.write(tx, here, advanced)
        lines: list[Entry | AuditEvent] = list(finished.entries)
        text, hands_over = advanced.text, bool(advanced.handoff) and not with_people
        if hands_over:
            hours = hours_for(tx, here.scope, card, company=self._settings_of(here.scope.tenant_id))
            said = self._translator.say(here.language, "reply.hand_over")
            said = hand_over_words(self._translator, here.language, said, settings=hours, now=tx.now)
            text = f"{text}\n\n{said}".strip()
        elif advanced.handoff:
            text = f"{text}\n\n{self._translator.say(here.language, 'procedure.person_goes_on')}".strip()
        if text:
            lines.append(self._line(tx, here, advanced, key=key, text=text))
        if hands_over:
            handoff = handoff_for(tx, here.scope, card, reason=STOPPED)
            data = {"reason": STOPPED, "queue": handoff.queue, "priority": handoff.priority}
            data["stopped"] = advanced.handoff
            lines.append(_entry(tx, here, "handoff.requested", key=f"handoff:{key}", data=data))
            queued = routing.enter_queue(tx, here.scope, here.conversation_id, here.party_id, handoff=handoff)
            lines += queued.entries
        return Outcome(True, tuple(lines), finished.jobs)

    def _line(self, tx: Tx, here: Here, advanced: Advanced, *, key: str, text: str) -> Entry:
        data = {
            "language": here.language,
            "action": "act",
            "sources": [],
            "choices": msgspec.to_builtins(advanced.choices),
            "procedure": told_of(advanced),
        }
        line = _entry(tx, here, "message.bot", key=key, data=data)
        return msgspec.structs.replace(line, text=MaskedText(text, advanced.spans))


def unasked(advanced: Advanced) -> Advanced:
    """Return what came of it without what was to be asked: no code is mailed, and what a run waits for now is asked
    about first when the conversation is the bot's again, for a yes until then is none to a question nobody heard.
    """
    moves = tuple(
        msgspec.structs.replace(move, run=msgspec.structs.replace(move.run, suspended=True, mailed=False))
        if move.run.awaits in _ASKS
        else move
        for move in advanced.moves
    )
    return msgspec.structs.replace(advanced, moves=moves, code=False)


def _entry(tx: Tx, here: Here, kind: Any, *, key: str, data: dict[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        conversation_id=here.conversation_id,
        party_id=here.party_id,
        key=key,
        at=tx.now,
        actor=here.scope.actor,
        data=data,
    )
