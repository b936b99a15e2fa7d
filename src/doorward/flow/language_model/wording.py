"""The words of an answer: those of the company's article, unless a language model has better ones that say the same.

Whatever a model does, the customer has an answer or a person in `WITHIN`: how long there is depends on how long the
message has waited already, and the article's own words are ready before anybody is asked.
"""

import re
from typing import Final

import msgspec

from doorward.answering import Knowledge, KnownSection, plain_text
from doorward.answering.language_model import Asking, ModelUse, Proposer, SlotOffered, Use
from doorward.flow.procedures import Advanced
from doorward.flow.walk import Walk
from doorward.kit.clock import Clock
from doorward.vocabulary.reply import Choice, Reply, Source
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, without_spans
from doorward.vocabulary.understanding import Candidate, Understanding

WITHIN: Final = 3.0
"""Seconds from a message's arrival in which it is answered, or passed to a person."""

SPARE: Final = 0.4
"""Seconds of those that everything else takes."""

LEAST: Final = 0.2
"""Seconds that are too few to ask anybody."""

SOURCES: Final = 3
CLOSE: Final = 0.5
"""A section is given as a source when its score is at least this part of the best one's."""

_LISTED: Final = re.compile(r"^ *(?:•|[0-9]+\.) ", re.MULTILINE)


class Wording:
    """Words answers and suggestions for the walk. Thread-safe; no transaction may be open."""

    def __init__(self, proposer: Proposer, knowledge: Knowledge, *, clock: Clock, seconds: float) -> None:
        """Ask for at most so many seconds, and fewer where a message has waited."""
        self._proposer, self._knowledge, self._clock, self._seconds = proposer, knowledge, clock, seconds

    def word(self, walk: Walk, reply: Reply) -> tuple[Reply, ModelUse | None]:
        """Return the reply as a model words it if the company wants that and the words are borne out, else as it is.

        Beside it stands what the record keeps, None where no model was concerned.
        """
        uses = walk.settings.language_model
        if not reply.sources or not {"answer", "rephrase"} & set(uses):
            return reply, None
        known = self._known(walk.scope, walk.need("understand"), reply)
        if not known:
            return reply, None
        use: Use = "answer" if "answer" in uses else "rephrase"
        seconds = self._left(walk)
        if seconds < LEAST:
            return reply, ModelUse(use=use, outcome="skipped", why="late")
        asking = Asking(scope=walk.scope, language=reply.language, seconds=seconds)
        if use == "answer":
            return self._answered(walk.message.text, reply, known, asking=asking)
        return self._rephrased(reply, asking=asking)

    def suggest(self, walk: Walk, question: Advanced) -> tuple[Choice | None, ModelUse | None]:
        """Return which of a question's options an unclear answer may have meant, None for none, and the record's line.

        Only options that the company wrote are shown to the model, none with a masked place: what a core system names
        is not its business.
        """
        if "slots" not in walk.settings.language_model or any(one.spans for one in question.choices):
            return None, None
        options = tuple(one.label for one in question.choices)
        seconds = self._left(walk)
        if not options or seconds < LEAST:
            return None, ModelUse(use="slots", outcome="skipped", why="late") if options else None
        asked = without_spans(MaskedText(question.text, question.spans))
        slot = SlotOffered(name=question.slot, question=asked, options=options)
        asking = Asking(scope=walk.scope, language=walk.need("read").language, seconds=seconds)
        proposed = self._proposer.propose_slots(walk.message.text, [slot], asking=asking)
        option = proposed.value[0].option if proposed.value else None
        return None if option is None else question.choices[option], proposed.use

    def _answered(
        self, question: MaskedText, reply: Reply, known: list[tuple[Source, str]], *, asking: Asking
    ) -> tuple[Reply, ModelUse]:
        proposed = self._proposer.answer_from([text for _, text in known], question, asking=asking)
        if proposed.value is None:
            return reply, proposed.use
        cited = tuple(known[place][0] for place in proposed.value.cites)
        return msgspec.structs.replace(reply, text=proposed.value.text.text, sources=cited), proposed.use

    def _rephrased(self, reply: Reply, *, asking: Asking) -> tuple[Reply, ModelUse]:
        if _LISTED.search(reply.text):  # steps one below the other are clearer than any sentence
            return reply, ModelUse(use="rephrase", outcome="skipped", why="list")
        proposed = self._proposer.rephrase(reply.text, asking=asking)
        if proposed.value is None:
            return reply, proposed.use
        return msgspec.structs.replace(reply, text=proposed.value.text), proposed.use

    def _left(self, walk: Walk) -> float:
        waited = max(0.0, (self._clock.now() - walk.message.received_at).total_seconds())
        return min(self._seconds, WITHIN - SPARE - waited)

    def _known(self, scope: Scope, understanding: Understanding, reply: Reply) -> list[tuple[Source, str]]:
        """Return the sections that answer, as sources with their text; the one that the reply is from comes first.

        None where that one is in another language than the reply: there is nothing to hold words against.
        """
        index = self._knowledge.index(scope)
        least = understanding.candidates[0].score * CLOSE if understanding.candidates else 0.0
        found: list[tuple[Source, str]] = []
        for candidate in understanding.candidates[:SOURCES]:
            section = index.section(candidate) if candidate.score >= least else None
            if section is not None and section.language == reply.language:
                found.append((_source(candidate, section), plain_text(section.body)))
        return found if found and found[0][0] == reply.sources[0] else []


def _source(candidate: Candidate, section: KnownSection) -> Source:
    return Source(
        article_id=candidate.article_id,
        slug=candidate.slug,
        section=candidate.section,
        title=section.title,
        revision=candidate.revision,
    )
