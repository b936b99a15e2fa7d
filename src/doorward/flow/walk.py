"""What a walking message carries: the accepted message, what the rooms need to know of its tenant, and the results."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import msgspec

from doorward.answering.language_model import ModelUse
from doorward.decision import SETTINGS, RuleBook
from doorward.flow.asking_back import AskedBack
from doorward.flow.expecting import Expecting
from doorward.flow.flood.admitted import EVERYTHING, Admitted
from doorward.flow.flood.reconsidering import Reconsideration, SecondLook
from doorward.flow.nudging import NudgeTold, NudgeWork
from doorward.flow.procedures import Advanced, Here, ProcedureFacts, ProcedureWork, Standing
from doorward.flow.team_hours import hours_at
from doorward.kit.i18n import Translator
from doorward.kit.tenant_settings import TenantSettings
from doorward.record import Card
from doorward.routing import RoutingPlan, direct
from doorward.understanding import Wished, nearest_article
from doorward.vocabulary.arrival import Message
from doorward.vocabulary.assessment import Assessment
from doorward.vocabulary.decision import Decision, Facts
from doorward.vocabulary.finding import Finding
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Choice, Handoff, Reply
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate, Understanding

_QUESTION_MARKS: Final = "?？؟"

APPEAL: Final = "flood_appeal"
"""The reason for which somebody who was told that there is no person now is looked at by people."""


SURELY: Final = 0.8
"""How likely a wish must be to begin something behind the end of a procedure; the first line's rules say the same."""

BRIEF: Final = 3
"""Words of an answer whose own language cannot be told."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The answer stage's result: a reply or nothing, what comes of procedures and nudges, and what a model did."""

    reply: Reply | None = None
    procedure: Advanced | None = None
    model: ModelUse | None = None
    nudge: NudgeTold | None = None


class Routed(msgspec.Struct, frozen=True, kw_only=True):
    """The route stage's result: a hand-over to people, or none."""

    handoff: Handoff | None = None


class Reads(Protocol):
    """What reads a masked text."""

    def read(self, masked: MaskedText, *, languages: tuple[str, ...], hint: str | None) -> Reading:
        """Return language, words and embedding."""


class Understands(Protocol):
    """What finds out what is wanted."""

    def understand(
        self,
        reading: Reading,
        masked: MaskedText,
        *,
        nearest: Callable[[Reading], tuple[Candidate, ...]],
        wished: Callable[[Reading], Wished | None],
        answers: bool,
    ) -> Understanding:
        """Return intent, candidates and wishes."""


class Knows(Protocol):
    """Published knowledge of all tenants."""

    def search(self, scope: Scope, reading: Reading) -> tuple[Candidate, ...]:
        """Return what may answer, best first."""

    def compose(self, scope: Scope, decision: Decision, understanding: Understanding, *, language: str) -> Reply | None:
        """Return the reply for a decision, None where nothing is to be said."""


class Assesses(Protocol):
    """What judges the risk of a message."""

    def assess(self, masked: MaskedText, findings: tuple[Finding, ...], reading: Reading) -> Assessment:
        """Return score and reasons."""


class Words(Protocol):
    """What may have other words for an answer."""

    def word(self, walk: "Walk", reply: Reply) -> tuple[Reply, ModelUse | None]:
        """Return the reply in words that say the same, or as it is, and what the record keeps; None: nobody was asked.

        In time and without fail, whatever a model does.
        """

    def suggest(self, walk: "Walk", question: Advanced) -> tuple[Choice | None, ModelUse | None]:
        """Return which of a question's options an unclear answer may have meant, None for none, and the record's line.

        In time and without fail as well. It is no answer: the customer is asked whether it is that.
        """


class WalkRooms(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms that the stages call."""

    reader: Reads
    risk: Assesses
    understander: Understands
    rules_of: Callable[[TenantId], RuleBook]
    knowledge: Knows
    translator: Translator
    packs: Mapping[str, LanguagePack]
    settings_of: Callable[[TenantId], TenantSettings]
    plan_of: Callable[[Scope], RoutingPlan]
    wished: Callable[[Scope, Reading, MaskedText], Wished | None] = lambda _scope, _reading, _masked: None
    procedures: ProcedureWork | None = None
    words: Words | None = None
    nudges: NudgeWork | None = None
    expecting: Expecting | None = None
    second_look: SecondLook | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk begins with, as it was accepted: the same that can be read from the database again."""

    message: Message
    card: Card
    findings: tuple[Finding, ...]
    admitted: Admitted = EVERYTHING


class Walk(msgspec.Struct, kw_only=True):
    """One message on its way. The stages fill in the fields below the line, in their order.

    `standing` is how things stand with procedures, None for a tenant that has none. `asked_back` is what the bot's last
    words asked back and the message may answer, None where they asked nothing. `admitted` is what the door said; what
    the second look made of it is with its result.
    """

    scope: Scope
    message: Message
    card: Card
    settings: TenantSettings
    findings: tuple[Finding, ...] = ()
    standing: Standing | None = None
    admitted: Admitted = EVERYTHING
    asked_back: AskedBack | None = None
    # ------------------------------------------------------------------------
    read: Reading | None = None
    assess: Assessment | None = None
    understand: Understanding | None = None
    reconsider: Reconsideration | None = None
    decide: Decision | None = None
    answer: Answered | None = None
    route: Routed | None = None

    def need(self, stage: str) -> Any:
        """Return the result of an earlier stage. Raises `LookupError` when the order was not kept."""
        result = getattr(self, stage)
        if result is None:
            raise LookupError(f"stage '{stage}' has not run")
        return result


def known_of(walk: Walk, handoff: Handoff) -> Handoff:
    """Return what waits with what the walk knows of it: the company's plan goes by that."""
    understanding, reading = walk.understand, walk.read
    return msgspec.structs.replace(
        handoff,
        channel=walk.message.channel,
        language=walk.card.language if reading is None else reading.language,
        intent=understanding.intent.name if understanding is not None and understanding.intent else "",
    )


def hours_told(rooms: WalkRooms, walk: Walk, *, reason: str) -> TenantSettings:
    """Return the hours that a customer is told who is passed to a person: those of the team that they will wait for."""
    plan = rooms.plan_of(walk.scope)
    return hours_at(plan, direct(plan, known_of(walk, Handoff(reason=reason))).queue, walk.settings)


def thresholds_of(settings: TenantSettings) -> dict[str, float]:
    """Return the tenant's thresholds as rules name them."""
    return {name: getattr(settings, name) for name in SETTINGS}


def facts_of(walk: Walk) -> Facts:
    """Return what policies may look at, gathered from the walk so far."""
    understanding: Understanding = walk.need("understand")
    assessment: Assessment = walk.need("assess")
    scores = [candidate.score for candidate in understanding.candidates]
    article = nearest_article(understanding.candidates) if understanding.wishes else understanding.intent
    wishes = [wish.score for wish in understanding.wishes]
    admitted = admitted_of(walk)
    return Facts(
        state=walk.card.state if walk.card.state != "resolved" else "bot",
        wants_person=understanding.wants_person,
        social=understanding.social or "",
        intent=understanding.intent.name if understanding.intent else "",
        intent_score=article.score if article else 0.0,
        best_score=scores[0] if scores else 0.0,
        margin=max(0.0, scores[0] - scores[1]) if len(scores) > 1 else (scores[0] if scores else 0.0),
        candidates=len(scores),
        misunderstood=walk.card.misunderstood,
        risk=assessment.score,
        guard_unavailable=any(finding.family == "guard" for finding in walk.findings),
        masked_kinds=tuple(sorted({span.kind for span in walk.message.text.spans})),
        threat_kinds=tuple(sorted({finding.kind for finding in walk.findings if finding.family == "threat"})),
        language=walk.need("read").language,
        channel=walk.message.channel,
        blank=not walk.need("read").words,
        # Of two that are as likely the customer says which, once, before anything begins.
        intent_known=bool(wishes) and not understanding.stranger and not _is_open(walk),
        intent_open=_is_open(walk),
        intent_margin=wishes[0] - (wishes[1] if len(wishes) > 1 else 0.0) if wishes else 0.0,
        wish_score=wishes[0] if wishes else 0.0,
        asks=any(mark in walk.message.text.text for mark in _QUESTION_MARKS),
        emotion=understanding.emotion,
        vulnerable=understanding.vulnerable,
        admitted=admitted.way,
        alert=admitted.level,
        caller=admitted.caller_class,
        deferred=admitted.told,
    )


def admitted_of(walk: Walk) -> Admitted:
    """Return what the contact may have, by the second look."""
    admitted: Admitted = walk.need("reconsider").admitted
    return admitted


def is_deferred(walk: Walk) -> bool:
    """Return whether somebody who would get a person gets none now: by decision, or by where a procedure ends."""
    advanced: Advanced | None = walk.need("answer").procedure
    ends_with_person = advanced is not None and bool(advanced.handoff)
    return walk.need("decide").action == "defer" or (ends_with_person and admitted_of(walk).demoted)


def _is_open(walk: Walk) -> bool:
    """Return whether one of a few intents is meant, and nobody has asked yet which."""
    understanding: Understanding = walk.need("understand")
    return understanding.near and not walk.card.misunderstood


def here_of(rooms: WalkRooms, walk: Walk) -> tuple[ProcedureWork, Standing, Here] | None:
    """Return where a message stands for procedures, None for a tenant without any.

    An answer of a word or two is in the language of the conversation.
    """
    work, standing = rooms.procedures, walk.standing
    if work is None or standing is None:
        return None
    reading: Reading = walk.need("read")
    spoken = walk.card.language
    may_answer = standing.run is not None or standing.waits is not None
    brief = may_answer and len(reading.words) <= BRIEF and spoken in walk.settings.languages
    language = spoken if brief else reading.language
    here = work.here(walk.scope, walk.message, language=language, settings=walk.settings, standing=standing)
    return work, standing, here


def declines(rooms: WalkRooms, walk: Walk) -> bool:
    """Return whether a message wants none of what was asked back; False where nothing was, or nobody listens for it."""
    found = None if walk.asked_back is None else here_of(rooms, walk)
    return found is not None and found[0].declines(found[2])


def _is_called(own: ProcedureFacts, facts: Facts) -> bool:
    """Return whether what has the customer called back is under way, or will begin now: behind the end of a procedure
    only where the wish is sure.
    """
    if own.active:
        return own.calls and not own.procedure
    return own.calls and not facts.intent_open and (not own.ended or facts.wish_score >= SURELY)


def with_procedures(rooms: WalkRooms, walk: Walk, facts: Facts) -> Facts:
    """Return the facts with those of procedures."""
    found = here_of(rooms, walk)
    if found is None:
        return facts
    work, standing, here = found
    sure = facts.intent_known and facts.wish_score >= SURELY
    own = work.facts(standing, here, intent=facts.intent, social=facts.social, sure=sure)
    about = likely_section(walk)
    understanding: Understanding = walk.need("understand")
    return msgspec.structs.replace(
        facts,
        # Whoever only wants to be called back is, by what the company does for that.
        wants_person=facts.wants_person and not (understanding.wants_call and _is_called(own, facts)),
        intent_known=facts.intent_known or own.again or (bool(own.procedure) and not facts.intent_open),
        procedure=own.procedure,
        procedure_active=own.active,
        procedure_wants=own.wants,
        procedure_heard=own.heard,
        procedure_ended=bool(own.ended),
        procedure_again=bool(own.procedure) and own.procedure == own.ended,
        procedure_strays=own.strays,
        procedure_told=bool(about) and about in own.asides,
        declines=not own.active and declines(rooms, walk),
        level=own.level,
    )


def best_section(walk: Walk) -> str:
    """Return which section an answer from knowledge tells first, empty where it has none."""
    candidates = walk.need("understand").candidates
    return f"{candidates[0].slug}#{candidates[0].section}" if candidates else ""


def likely_section(walk: Walk) -> str:
    """Return the same where its article is as likely as the tenant wants it to be, else nothing."""
    understanding: Understanding = walk.need("understand")
    article = nearest_article(understanding.candidates) if understanding.wishes else understanding.intent
    is_likely = article is not None and article.score >= walk.settings.answer_threshold
    return best_section(walk) if is_likely else ""


def with_nudges(rooms: WalkRooms, walk: Walk, facts: Facts) -> Facts:
    """Return the facts with those of nudges."""
    found = None if rooms.nudges is None else here_of(rooms, walk)
    return facts if rooms.nudges is None or found is None else rooms.nudges.facts(found[2], facts)


def procedure_facts(walk: Walk) -> ProcedureFacts:
    """Return those facts that a decision was made by, and what knowledge would have told."""
    facts: Facts = walk.need("decide").facts
    return ProcedureFacts(
        procedure=facts.procedure,
        active=facts.procedure_active,
        wants=facts.procedure_wants,
        heard=facts.procedure_heard,
        level=facts.level,
        strays=facts.procedure_strays,
        about=likely_section(walk),
    )
