"""Why a customer was answered as they were, in plain words of their language."""

import msgspec

from doorward import record
from doorward.kit.i18n import Translator
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.scope import Scope


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, why, and by whom, each a sentence in `language`; `rule` decided it, with its version."""

    decided: str
    why: str
    by: str
    rule: str
    language: str


def explained(
    tx: Tx, scope: Scope, conversation_id: ConversationId, seq: int, *, words: tuple[Translator, str]
) -> Explanation:
    """Return why the bot said line `seq` of a conversation; `words` are the sentences and the language wanted.

    Raises `NotFound` for a line that is not an answer of the bot's to a message.
    """
    translator, wanted = words
    line = record.entries_at(tx, scope, conversation_id, [seq]).get(seq)
    if line is None or line.entry.kind != "message.bot":
        raise NotFound("no such answer")
    if line.entry.message_id is None and line.entry.data.get("action") == "defer":
        return _deferred(translator, translator.resolve(wanted))
    if line.entry.message_id is None:
        raise NotFound("no such answer")
    found = record.find_entry(tx, scope, conversation_id, f"decision.made:{line.entry.message_id}")
    if found is None:
        raise NotFound("no such answer")
    data, language = found.entry.data, translator.resolve(wanted)
    plain = f"portal.why.{data['reason']}"
    return Explanation(
        decided=translator.say(language, f"portal.decided.{data['action']}"),
        why=translator.say(language, plain if translator.has(plain) else f"reason.{data['reason']}"),
        by=translator.say(language, "portal.decisions.machine"),
        rule=data["rule"],
        language=language,
    )


def _deferred(translator: Translator, language: str) -> Explanation:
    """Return why there was no person for somebody who pressed the button: that is admission's, and no rule's."""
    return Explanation(
        decided=translator.say(language, "portal.decided.defer"),
        why=translator.say(language, "portal.why.flood"),
        by=translator.say(language, "portal.decisions.machine"),
        rule="admission",
        language=language,
    )
