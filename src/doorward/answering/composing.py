"""Writing the reply that carries a decision out, in the words of the company's articles and the language packs."""

from typing import Final

from doorward.answering.index import KnowledgeIndex, KnownSection
from doorward.answering.plain import plain_text
from doorward.answering.ports import Sentences
from doorward.vocabulary.decision import Decision
from doorward.vocabulary.reply import Choice, Reply, Source
from doorward.vocabulary.understanding import Candidate, Understanding

CHOICES: Final = 3
"""Things to choose from in a clarifying question: the right section is among the first three more than nine times in
ten (`tests/evals/test_answering.py`), and more would not fit a telephone's screen."""

ALTERNATIVES: Final = 2
"""Other sections offered below an answer."""

CLOSE: Final = 0.5
"""An alternative is offered when its score is at least this part of the best one's."""

_HAND_OVER: Final = {
    "risk_high": "reply.hand_over_risk",
    "guard_unavailable": "reply.hand_over_guard",
    "misunderstood_twice": "reply.hand_over_misunderstood",
    "care": "reply.hand_over_care",
}
_SOCIAL: Final = {
    "greeting": "reply.greeting",
    "thanks": "reply.thanks",
    "farewell": "reply.farewell",
    "identity_question": "reply.identity",
    "agreement": "reply.agreed",
}


class Composer:
    """Writes replies. Thread-safe; every word comes from an article or a language pack, none from the customer."""

    def __init__(self, sentences: Sentences) -> None:
        """Take the language packs' sentences."""
        self._sentences = sentences

    def compose(
        self,
        decision: Decision,
        understanding: Understanding,
        *,
        language: str,
        index: KnowledgeIndex,
    ) -> Reply | None:
        """Return the reply in `language`, None where the bot stays silent.

        An answer whose article was changed or withdrawn since it was found is not given: better none than another.
        """
        match decision.action:
            case "relay":
                return None
            case "hand_over":
                return self._say(language, _hand_over(decision))
            case "refuse":
                return self._say(language, "reply.refused", choices=(self._person(language),))
            case "ask" | "verify" | "act" | "nudge" | "defer":
                # Who carries these out has words of its own; where nobody did, a person is better than silence.
                return self._no_answer(language)
            case "greet":
                other = "reply.acknowledged" if decision.reason == "acknowledged" else "reply.greeting"
                return self._say(language, _SOCIAL.get(understanding.social or "", other))
        if decision.facts.blank:
            return self._say(language, "reply.blank")
        known = self._known(understanding, index)
        if decision.action == "answer":
            unchanged = bool(known) and known[0][0] == understanding.candidates[0]
            return self._answer(known, language) if unchanged else self._no_answer(language)
        near = understanding.near and not decision.facts.misunderstood
        return self._which(understanding, language) if near else self._clarify(decision, known, language)

    def _answer(self, known: list[tuple[Candidate, KnownSection]], language: str) -> Reply:
        """Return the best section's text with its source, and what else may have been meant."""
        best, section = known[0]
        others = [other for candidate, other in known[1:] if candidate.score >= best.score * CLOSE]
        text = plain_text(section.body)
        if section.language != language:
            text = f"{self._sentences.say(language, 'reply.answer_elsewhere')}\n\n{text}"
        return Reply(
            text=text,
            language=language,
            sources=(_source(best, section),),
            choices=tuple(_choice(other) for other in others[:ALTERNATIVES]),
        )

    def _clarify(self, decision: Decision, known: list[tuple[Candidate, KnownSection]], language: str) -> Reply:
        """Return a question back: which of these, or in other words; from the second time on a person is offered."""
        again = decision.facts.misunderstood > 0
        person = (self._person(language),)
        if decision.reason == "nothing_fits" or not known:
            return self._no_answer(language) if again else self._say(language, "reply.clarify_open", choices=person)
        choices = tuple(_choice(section) for _, section in known[:CHOICES])
        if again:
            return self._say(language, "reply.clarify_again", choices=choices + person)
        return self._say(language, "reply.clarify", choices=choices)

    def _which(self, understanding: Understanding, language: str) -> Reply:
        """Return the one question which of a few intents is meant; 'none of these' asks for a person."""
        choices = tuple(Choice(label=wish.label, says=wish.label) for wish in understanding.wishes[:CHOICES])
        none = Choice(
            label=self._sentences.say(language, "reply.none_of_these"),
            says=self._sentences.say(language, "reply.person_says"),
        )
        return self._say(language, "reply.clarify", choices=(*choices, none))

    def _no_answer(self, language: str) -> Reply:
        return self._say(language, "reply.no_answer", choices=(self._person(language),))

    def _person(self, language: str) -> Choice:
        """Return the choice that asks for a person, in words that `understanding` finds."""
        return Choice(
            label=self._sentences.say(language, "reply.person_label"),
            says=self._sentences.say(language, "reply.person_says"),
        )

    def _say(self, language: str, key: str, *, choices: tuple[Choice, ...] = ()) -> Reply:
        return Reply(text=self._sentences.say(language, key), language=language, choices=choices)

    def _known(self, understanding: Understanding, index: KnowledgeIndex) -> list[tuple[Candidate, KnownSection]]:
        """Return the candidates that the index still knows as they were, one for every name."""
        found: dict[str, tuple[Candidate, KnownSection]] = {}
        for candidate in understanding.candidates:
            section = index.section(candidate)
            if section is not None:
                found.setdefault(section.name.casefold(), (candidate, section))
        return list(found.values())


def _choice(section: KnownSection) -> Choice:
    """Return a section as something to choose: its name finds it again."""
    return Choice(label=section.name, says=section.name)


def _hand_over(decision: Decision) -> str:
    """Return the key of what is said to somebody who is passed to a person."""
    if decision.reason == "care" and decision.facts.emotion == "self_harm":
        return "reply.hand_over_in_danger"
    return _HAND_OVER.get(decision.reason, "reply.hand_over")


def _source(candidate: Candidate, section: KnownSection) -> Source:
    return Source(
        article_id=candidate.article_id,
        slug=candidate.slug,
        section=candidate.section,
        title=section.title,
        revision=candidate.revision,
    )
