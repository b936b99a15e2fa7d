"""What the doors ask of corrections: begun from an article or rules, shown with whoever got it, and previewed."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

from doorward import record
from doorward.answering import KnowledgeService, plain_text
from doorward.answering.corrections import (
    Correction,
    Corrections,
    NewCorrection,
    Recipient,
    Revision,
    Words,
    changed_sections,
    revisions_of,
    wrong_everywhere,
)
from doorward.answering.corrections.tracing import counterpart
from doorward.flow.corrections.saying import message_of
from doorward.flow.corrections.telling import CorrectionRooms
from doorward.flow.reading import read_noted
from doorward.kit.ids import new_id
from doorward.kit.tx import Transactions, Tx
from doorward.vocabulary.company import ArticleSeed
from doorward.vocabulary.entry import AuditEvent
from doorward.vocabulary.errors import Malformed, NotFound
from doorward.vocabulary.ids import ArticleId, MessageId
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

HISTORY: Final = 200
"""Editions of an article that are looked through for what it said before."""

RULES_BACK: Final = timedelta(days=90)
"""Rules that decided nothing for so long are not offered."""


class WrongPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What an article said before, to say which of it was wrong: its revisions, the chosen one, and what changed.

    `right` is what takes the place of the changed sections now, as plain text; empty where nothing does.
    """

    revisions: tuple[Revision, ...]
    chosen: Revision
    changed: tuple[int, ...]
    right: str


class WrongAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Which sections of which revision of an article were wrong, and what those who got them are told."""

    article_id: ArticleId
    revision: int
    sections: tuple[int, ...]
    words: Words


class Previewed(msgspec.Struct, frozen=True, kw_only=True):
    """What is said in one language as it passed the exit: masked; `refused` where the company takes no such text."""

    language: str
    text: str
    refused: bool = False


class Receivers(msgspec.Struct, frozen=True, kw_only=True):
    """A correction with a page of those who got what was wrong."""

    correction: Correction
    conversations: int
    customers: int
    page: tuple[Recipient, ...]


class Correcting(NamedTuple):
    """The verbs."""

    transactions: Transactions
    knowledge: KnowledgeService
    rooms: CorrectionRooms

    @property
    def corrections(self) -> Corrections:
        """Return what keeps them."""
        return self.rooms.corrections

    def wrong_place(self, tx: Tx, scope: Scope, article_id: ArticleId, *, revision: int = 0) -> WrongPlace:
        """Return what an article said before. Without a revision, the one before that which answers now.

        Raises `NotFound` where it never said anything else, or not that revision.
        """
        article = self.knowledge.article(tx, scope, article_id)
        revisions = revisions_of(article, self.knowledge.history(tx, scope, article_id, limit=HISTORY))
        answering = article.state == "published"
        earlier = tuple(one for one in revisions if not answering or one.number < article.revision)
        chosen = next((one for one in earlier if not revision or one.number == revision), None)
        if chosen is None:
            raise NotFound("it never said anything else")
        now = article.seed() if answering else None
        changed = changed_sections(chosen.seed, now)
        return WrongPlace(revisions=earlier, chosen=chosen, changed=changed, right=_right(chosen.seed, now, changed))

    def correct_answer(self, tx: Tx, scope: Scope, wish: WrongAnswer) -> Outcome[Correction]:
        """Keep that sections of a revision were wrong, and of earlier ones that said the same.

        Raises as `Corrections.begin` and `wrong_place`.
        """
        place = self.wrong_place(tx, scope, wish.article_id, revision=wish.revision)
        seed = place.chosen.seed
        if any(one >= len(seed.sections) for one in wish.sections):
            raise Malformed("sections: there are not so many")
        wrong = wrong_everywhere(place.revisions, place.chosen.number, wish.sections)
        first = min((one.revision for one in wrong), default=place.chosen.number)
        new = NewCorrection(
            kind="answer",
            article_id=wish.article_id,
            slug=seed.slug,
            language=seed.language,
            title=seed.title,
            wrong=wrong,
            words={seed.language: wish.words},
            since=next(one.at for one in place.revisions if one.number == first),
        )
        return self.corrections.begin(tx, scope, new)

    def deciding_rules(self, tx: Tx, scope: Scope) -> Counter[str]:
        """Return how often each rule decided of late, by its name with its version."""
        return record.count_deciding_rules(tx, scope, since=tx.now - RULES_BACK)

    def correct_rules(
        self, tx: Tx, scope: Scope, rules: Sequence[str], words: Mapping[str, Words]
    ) -> Outcome[Correction]:
        """Keep that rules were wrong, by their names with version. Raises as `begin`, `NotFound` for unknown ones."""
        known = self.deciding_rules(tx, scope)
        if any(one not in known for one in rules):
            raise NotFound("no such rule decided of late")
        spoken = {language: one for language, one in words.items() if one.wrong.strip() or one.right.strip()}
        new = NewCorrection(kind="rules", rules=tuple(dict.fromkeys(rules)), words=spoken)
        return self.corrections.begin(tx, scope, new)

    async def progress(self, scope: Scope, correction_id: str) -> Receivers:
        """Return how far a correction is, with nobody who got it: nothing of customers is read. Raises `NotFound`."""

        def read(tx: Tx) -> Receivers:
            found = self.corrections.correction(tx, scope, correction_id)
            counted = self.corrections.count(tx, scope, correction_id)
            return Receivers(
                correction=found, conversations=counted.conversations, customers=counted.customers, page=()
            )

        return await self.transactions.read_async(read)

    async def receivers(self, scope: Scope, correction_id: str, *, limit: int, offset: int = 0) -> Receivers:
        """Return a correction with those who got it, a page of them; that somebody looked is noted.

        Raises `NotFound`.
        """
        noted = AuditEvent(action="correction.read", object_kind="correction", object_id=correction_id)

        def read(tx: Tx) -> Receivers:
            found = self.corrections.correction(tx, scope, correction_id)
            counted = self.corrections.count(tx, scope, correction_id)
            page = self.corrections.recipients(tx, scope, correction_id, limit=limit, offset=offset)
            return Receivers(
                correction=found, conversations=counted.conversations, customers=counted.customers, page=page
            )

        return await read_noted(self.transactions, scope, read, event=noted)

    async def preview(self, scope: Scope, correction: Correction, languages: Sequence[str]) -> tuple[Previewed, ...]:
        """Return what customers of each language would be told, as it passes the exit; nothing of it is kept."""
        names = await self.transactions.read_async(lambda tx: self.rooms.desk.colleagues.names(tx, scope, ()))

        def weigh() -> tuple[Previewed, ...]:
            found = []
            for language in languages:
                text = WildText(message_of(correction, self.rooms.sentences, language=language))
                weighed = self.rooms.desk.screening.weigh_staff(scope, text, MessageId(new_id()), names=names)
                refused = weighed.refusal is not None
                shown = "" if refused else weighed.screened.masked.text
                found.append(Previewed(language=language, text=shown, refused=refused))
            return tuple(found)

        return await asyncio.to_thread(weigh)


def _right(wrong: ArticleSeed, right: ArticleSeed | None, changed: Sequence[int]) -> str:
    sections = (counterpart(wrong.sections[place], right) for place in changed)
    return "\n\n".join(dict.fromkeys(plain_text(one.body) for one in sections if one is not None))
