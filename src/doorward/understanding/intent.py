"""What the customer wants: what plainly was asked for, and which knowledge comes nearest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Self

import msgspec

from doorward.kit.phrases import Match, PhraseBook
from doorward.kit.words import stemmer_for
from doorward.understanding.active import Wished
from doorward.understanding.feelings import Feelings
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.text import MaskedText
from doorward.vocabulary.understanding import Candidate, Intent, Understanding

VERSION: Final = "nearest-articles@4"

SOCIAL: Final = {
    "identity_question": "identity_question",
    "farewell": "farewell",
    "thanks": "thanks",
    "greeting": "greeting",
    "agreement": "yes",
}
"""Kinds of small talk, the most telling first, and the lexicon that each is found by."""

"""Lexicons of small talk; of several in one message the first here counts: 'thanks, bye' ends the conversation."""

CHAT: Final = 24
"""Words that small talk may have: nobody says goodbye at greater length without saying something else as well."""

SHORT: Final = 4
"""Words that a message may have for a single word such as 'human' to be a request for a person."""

BRIEF: Final = 8
"""Words of an answer up to which only its plain words tell how somebody feels: 'nothing yet please', 'the one to Max'
stand near to anything in meaning."""

SURE: Final = 0.8
"""From which likelihood on a wish is sure."""

ASKED_ALONE: Final = 10
"""Words of a message up to which a request for a person is all that there is in it."""

Nearest = Callable[[Reading], tuple[Candidate, ...]]
Wishes = Callable[[Reading], Wished | None]
_Phrases = Callable[[LanguagePack], Iterable[str]]


class Understander:
    """Says what a read message wants. Compiles the packs' phrases once; thread-safe."""

    def __init__(self, packs: Iterable[LanguagePack], *, feelings: Feelings | None = None) -> None:
        """Take the installed language packs, and what hears feelings: the packs' phrases alone if nothing is given."""
        by_code = {pack.code: pack for pack in packs}
        self._feelings = feelings or Feelings(by_code.values())
        # Whoever asks for a person as well as for a call does not want to wait for the call.
        self._person_at_once = _Requests(by_code, _at_once)
        self._call = _Requests(by_code, lambda pack: pack.words("call_request"), unless=_none_of_these)
        self._complaint = _Requests(by_code, lambda pack: pack.words("complaint_request"), unless=_none_of_these)
        self._social = {
            code: {kind: _book(pack, lexicon) for kind, lexicon in SOCIAL.items()} for code, pack in by_code.items()
        }
        self._fillers = {
            code: frozenset(stemmer_for(pack.stemmer).stem(pack.fold_case(word)) for word in pack.words("stop_words"))
            for code, pack in by_code.items()
        }

    def understand(
        self,
        reading: Reading,
        masked: MaskedText,
        *,
        nearest: Nearest,
        wished: Wishes = lambda _reading: None,
        answers: bool = False,
    ) -> Understanding:
        """Return the intent, what could answer it, and what was plainly asked for.

        `nearest` returns knowledge for the reading, best first, `wished` what the company's model says of it, None
        without one; neither is asked about small talk and wordless messages. A message with masked places is never
        small talk. `answers`: the message was said to a question of ours.
        """
        if not reading.words:
            return Understanding(intent=None, version=VERSION)
        social = None if masked.spans else self._small_talk(reading)
        candidates = () if social else nearest(reading)
        wants = None if social else wished(reading)
        may_ask = social != "identity_question"
        at_once = may_ask and self._person_at_once.are_in(reading)
        wants_call = may_ask and not at_once and self._call.are_in(reading)
        wants_person = at_once or wants_call
        # Whoever only asks for a person says nothing of how they feel, but stands near those who need one in meaning.
        is_brief = answers and len(reading.words) <= BRIEF
        asks_alone = wants_person and len(reading.words) <= ASKED_ALONE
        heard = self._feelings.hear(reading, by_phrases=is_brief or asks_alone, has_errand=_is_sure(wants))
        found = Understanding(
            intent=nearest_article(candidates),
            candidates=candidates,
            wants_person=wants_person,
            wants_call=wants_call,
            wants_complaint=social is None and self._complaint.are_in(reading),
            social=social,
            emotion=heard.emotion,
            vulnerable=heard.vulnerable,
            version=VERSION,
        )
        return found if wants is None else _with_wishes(found, wants)

    def _small_talk(self, reading: Reading) -> str | None:
        """Return the kind of small talk when the message is nothing else but such phrases and filler words."""
        if len(reading.words) > CHAT:
            return None
        books = self._social.get(reading.language, {})
        stems = reading.stems
        talk: dict[str, set[int]] = {
            kind: {place for match in book.find(reading.words, stems, gap=0) for place in range(match.start, match.end)}
            for kind, book in books.items()
        }
        covered = set().union(*talk.values())
        fillers = self._fillers.get(reading.language, frozenset())
        if any(stem not in fillers for place, stem in enumerate(stems) if place not in covered):
            return None
        return next((kind for kind in SOCIAL if talk.get(kind)), None)


class _Requests:
    """Phrases such as 'a person, please' in all languages, and those that look like one and are none."""

    def __init__(
        self, packs: Mapping[str, LanguagePack], phrases: _Phrases, *, unless: _Phrases = lambda _pack: ()
    ) -> None:
        self._own = {code: _Asking.of(pack, phrases, unless) for code, pack in packs.items()}
        self._to_the_letter = {code: _Asking.of(pack, phrases, unless, whole=True) for code, pack in packs.items()}

    def are_in(self, reading: Reading) -> bool:
        """Return whether one of them is there; a phrase of one word only in a short message.

        The message's own language forgives endings, slips and a word in between; others must be met to the letter.
        """
        least = 1 if len(reading.words) <= SHORT else 2
        own = self._own.get(reading.language)
        if own is not None and own.is_in(reading.words, reading.stems, least=least):
            return True
        return any(
            asking.is_in(reading.words, reading.words, least=least, whole=True)
            for asking in self._to_the_letter.values()
        )


class _Asking(NamedTuple):
    """One language's phrases for a request, and those that take one back where they share a word with it."""

    wanted: PhraseBook
    unless: PhraseBook

    @classmethod
    def of(cls, pack: LanguagePack, phrases: _Phrases, unless: _Phrases, *, whole: bool = False) -> Self:
        """Compile a pack's phrases."""
        return cls(_compiled(pack, phrases(pack), whole=whole), _compiled(pack, unless(pack), whole=whole))

    def is_in(self, words: Sequence[str], stems: Sequence[str], *, least: int, whole: bool = False) -> bool:
        """Return whether a phrase of so many words is there that nothing takes back."""

        def found(book: PhraseBook) -> tuple[Match, ...]:
            return book.find(words, stems, slips=not whole, gap=0 if whole else 1)

        asked = [match for match in found(self.wanted) if self.wanted.size(match.phrase) >= least]
        if not asked:
            return False
        taken_back = {place for match in found(self.unless) for place in range(match.start, match.end)}
        return any(taken_back.isdisjoint(range(match.start, match.end)) for match in asked)


def _at_once(pack: LanguagePack) -> tuple[str, ...]:
    calls = frozenset(pack.words("call_request"))
    return tuple(phrase for phrase in pack.words("person_request") if phrase not in calls)


def _none_of_these(pack: LanguagePack) -> tuple[str, ...]:
    return pack.words("not_a_request")


def _book(pack: LanguagePack, purpose: str) -> PhraseBook:
    return _compiled(pack, pack.words(purpose))


def _compiled(pack: LanguagePack, phrases: Iterable[str], *, whole: bool = False) -> PhraseBook:
    """Return a pack's phrases, found by stems or by whole words."""
    return PhraseBook(phrases, fold=pack.fold_case, stemmer=stemmer_for("" if whole else pack.stemmer))


def _is_sure(wants: Wished | None) -> bool:
    """Return whether a company's model surely knows what is wanted."""
    if wants is None or wants.stranger or wants.near or not wants.wishes:
        return False
    return wants.wishes[0].score >= SURE


def _with_wishes(found: Understanding, wants: Wished) -> Understanding:
    """Return an understanding with what the company's model says; its likeliest intent counts unless none fits."""
    return msgspec.structs.replace(
        found,
        intent=found.intent if wants.stranger or not wants.wishes else wants.wishes[0],
        wishes=wants.wishes,
        stranger=wants.stranger,
        near=wants.near,
        version=f"{found.version} {wants.version}",
    )


def nearest_article(candidates: tuple[Candidate, ...]) -> Intent | None:
    """Return the best candidate's article with the chance that it is the one meant: its candidates' scores together.

    Scores of all sections share one whole (see answering), so several likely sections of one article make that article
    likelier than any of them alone.
    """
    if not candidates:
        return None
    slug = candidates[0].slug
    return Intent(name=slug, score=min(1.0, sum(one.score for one in candidates if one.slug == slug)))
