"""What an agent may answer: sections of the company's knowledge that were found for the customer's last message.

The walk has looked already and kept what it found with its decision: nothing is read or embedded a second time. Only a
message that no walk met (it was imported) is read here, once.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from doorward.answering import KnowledgeIndex, KnownSection, plain_text
from doorward.flow.assist.summary import Said
from doorward.kit.tenant_settings import TenantSettings
from doorward.vocabulary.understanding import Candidate

Likelihood = Literal["very_likely", "likely", "perhaps"]

VERY_LIKELY: Final = 0.8
MOST: Final = 3


class SuggestedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that may fit: plain text of a section of an article, in `language`, with how likely it is meant.

    `seq` is the customer's message that it answers; `elsewhere`: the article is not there in the customer's language;
    `given`: the bot has answered with it in this conversation.
    """

    seq: int
    slug: str
    section: int
    title: str
    article: str
    text: str
    language: str
    likelihood: Likelihood
    elsewhere: bool = False
    given: bool = False


class Sources(NamedTuple):
    """Where answers come from: the company's knowledge, and which sections (slug and number) were `given` already.

    `language` is the customer's; `read` finds candidates for a message that no walk has met, and is called for no
    other.
    """

    knowledge: KnowledgeIndex
    language: str
    read: Callable[[], Sequence[Candidate]]
    given: frozenset[tuple[str, int]]


class _Kept(msgspec.Struct, frozen=True):
    """A candidate as a decision's line keeps it."""

    slug: str
    section: int
    title: str
    score: float


def suggestions(message: Said, sources: Sources, *, settings: TenantSettings) -> tuple[SuggestedAnswer, ...]:
    """Return what may answer a message, the likeliest first, one section of each article; none where nothing comes
    near.

    A section whose heading changed since it was found is left out; what was answered already stands behind the rest.
    """
    language = str(message.decided.get("language") or sources.language)
    found = _found(message, sources, language)
    totals: dict[str, float] = {}
    for slug, score, _ in found:
        totals[slug] = totals.get(slug, 0.0) + score
    chosen: dict[str, SuggestedAnswer] = {}
    for slug, _, section in found:
        likelihood = likelihood_of(min(1.0, totals[slug]), settings)
        if section is None or likelihood is None:
            continue
        one = _suggestion(message.line.seq, section, likelihood, language)
        one = msgspec.structs.replace(one, given=(slug, section.section) in sources.given)
        if slug not in chosen or (chosen[slug].given and not one.given):
            chosen[slug] = one
    return tuple(sorted(chosen.values(), key=lambda one: one.given))[:MOST]


def _found(message: Said, sources: Sources, language: str) -> list[tuple[str, float, KnownSection | None]]:
    """Return candidates, the likeliest first: slug, score, and the section as it still is."""
    if not message.decided:
        return [(one.slug, one.score, sources.knowledge.section(one)) for one in sources.read()]
    kept = msgspec.convert(message.decided.get("candidates", ()), tuple[_Kept, ...])
    return [(one.slug, one.score, _still(sources.knowledge, one, language)) for one in kept]


def likelihood_of(score: float, settings: TenantSettings) -> Likelihood | None:
    """Return a score in words, by the company's own thresholds; None below the one from which it is asked back."""
    if score < settings.clarify_threshold:
        return None
    if score < settings.answer_threshold:
        return "perhaps"
    return "very_likely" if score >= max(VERY_LIKELY, settings.answer_threshold) else "likely"


def _still(index: KnowledgeIndex, kept: _Kept, language: str) -> KnownSection | None:
    section = index.find(kept.slug, kept.section, language=language)
    return section if section is not None and section.heading == kept.title else None


def _suggestion(seq: int, section: KnownSection, likelihood: Likelihood, language: str) -> SuggestedAnswer:
    return SuggestedAnswer(
        seq=seq,
        slug=section.slug,
        section=section.section,
        title=section.heading,
        article=section.title,
        text=plain_text(section.body),
        language=section.language,
        likelihood=likelihood,
        elsewhere=section.language != language,
    )
