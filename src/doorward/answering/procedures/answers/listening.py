"""Listening: what a message says to whatever question it may answer, found once and in one place.

Everything is read from masked text. What stands in masked places is not read at all but for the tail that the mask
shows; where a whole value is asked for, the answer keeps where it lies.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from doorward.answering.procedures.answers.agreement import agreement, agreement_beside
from doorward.answering.procedures.answers.asked import (
    ALONE,
    Around,
    Questions,
    answer_to,
    asking,
    denies,
    question_words,
)
from doorward.answering.procedures.answers.dates import Day, days_of
from doorward.answering.procedures.answers.denying import Denied, denied_in
from doorward.answering.procedures.answers.numbers import digits_of, numbers_of, without_amounts
from doorward.answering.procedures.answers.spoken import Meant, Spoken, Words
from doorward.answering.procedures.answers.supposing import supposes
from doorward.answering.procedures.formatting import language_of
from doorward.answering.procedures.heard import Heard, Masked, Number
from doorward.answering.procedures.model import ConfirmStep, Procedure
from doorward.kit.phrases import Match, PhraseBook
from doorward.kit.words import visible
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.text import MaskedText, without_spans

CHARACTERS: Final = 2_000
"""Characters of a message that are listened to: answers are short."""

_BARE: Final = 2
"""Words of a message whose number may be a place in a list: '2', 'number two'."""

_MOST_PLACES: Final = 20
_DOT: Final = "·"
_NAMING: Final = ("code.", "words.")


class Listener:
    """Listens in the languages of some packs. Thread-safe; the same message is always heard in the same way."""

    def __init__(self, packs: Iterable[LanguagePack]) -> None:
        """Compile the packs, the first of which speaks for languages that there is no pack for."""
        self._spoken = {pack.code: Spoken(pack) for pack in packs}
        self._first = next(iter(self._spoken))
        self._codes = lru_cache(256)(self._compile_codes)
        self._asked = lru_cache(256)(self._words_asked)

    def hear(self, masked: MaskedText, *, procedure: Procedure, language: str, message_id: str, today: date) -> Heard:
        """Return what a message in `language` says. `today` is the customer's day."""
        spoken = self._spoken.get(language) or self._spoken[self._first]
        text = visible(without_spans(masked))[:CHARACTERS]
        said = spoken.words(text)
        folded = spoken.pack.fold_case(text).replace("ё", "е")
        days = days_of(spoken, folded, today=today)
        rest = _without(folded, days)
        numbers, runs = numbers_of(spoken, rest)
        denied = denied_in(spoken, said, text)
        numbers = _meant(spoken, said, numbers, denied)
        bare = without_amounts(rest, procedure.known.currency, spoken.pack.code)
        asks = text.rstrip().endswith(("?", "？"))
        yes = agreement(spoken, said, text)
        unnamed = {said.words[place].upper() for place in denied.places}
        ordinals = tuple(dict.fromkeys(int(one.meaning) for one in _left(spoken.ordinal.find(said), denied)))
        places = [number.whole for number in numbers if _is_place(spoken, said) and number.whole is not None]
        return Heard(
            message_id=message_id,
            language=language,
            text=masked.text,
            words=said.words,
            agrees=yes.agrees,
            cancels=yes.cancels,
            unable=bool(spoken.no_way_in.find(said)),
            corrects=bool(spoken.correction.find(said)),
            other=bool(_left(spoken.other.find(said), denied)),
            one_more=bool(spoken.one_more.find(said)),
            every=bool(_left(spoken.every.find(said), denied)),
            asks=asks,
            wonders=asks and bool(spoken.question.find(said)),
            supposes=supposes(spoken, said, text),
            ordinals=ordinals or tuple(place for place in places if 1 <= place <= _MOST_PLACES),
            digits=tuple(
                run for run in dict.fromkeys((*digits_of(bare), *runs, *_tails(masked))) if run not in unnamed
            ),
            numbers=numbers,
            dates=tuple(dict.fromkeys(day.day.isoformat() for day in days)),
            codes=self._codes_said(procedure, spoken, said, denied=denied),
            denied=tuple(said.words[place] for place in sorted(denied.places)),
            masked=tuple(
                Masked(kind=span.kind, span_id=span.id or "", shown=masked.text[span.start : span.end])
                for span in masked.spans
            ),
            unwanted=self._unwanted(procedure, spoken, text),
            today=today.isoformat(),
        )

    def to_question(self, heard: Heard, *, procedure: Procedure, key: str, around: Around = ALONE) -> Heard:
        """Return what was heard as it answers the question with this text.

        A yes to a question before it is none to this one. Where it is asked whether something is to be cancelled,
        'cancel it' gives nothing up; what was heard as a plain yes stays one there.
        """
        spoken = self._spoken.get(heard.language) or self._spoken[self._first]
        texts = procedure.texts.get(language_of(procedure, spoken.pack.code), {})
        said = spoken.words("" if heard.agrees is True else " ".join(heard.words))
        cancelling = agreement_beside(spoken, said, heard.text, question=spoken.words(asking(texts.get(key, ""))))
        if cancelling is not None:
            return msgspec.structs.replace(heard, agrees=cancelling.agrees, cancels=cancelling.cancels)
        if heard.cancels:
            return heard
        questions = Questions(
            now=question_words(spoken, [texts.get(key, "")]),
            before=question_words(spoken, [texts.get(one, "") for one in around.before if one != key]),
            later=question_words(spoken, [texts.get(one, "") for one in around.later if one != key]),
            others=frozenset[str]().union(
                *(self._asked(spoken.pack.code, texts.get(one, "")) for one in _confirming(procedure) if one != key)
            ),
        )
        beside = answer_to(spoken, heard.text, questions=questions, agrees=heard.agrees)
        return msgspec.structs.replace(heard, agrees=beside.agrees, belated=beside.belated)

    def agrees(self, masked: MaskedText, *, language: str) -> bool | None:
        """Return whether a message in `language` says yes or no to a question, None where it says neither."""
        spoken = self._spoken.get(language) or self._spoken[self._first]
        text = visible(without_spans(masked))[:CHARACTERS]
        return agreement(spoken, spoken.words(text), text).agrees

    def declines(self, masked: MaskedText, *, language: str) -> bool:
        """Return whether a message in `language` wants none of what was offered: a no, or that it is to be left.

        What says that something else was meant declines nothing.
        """
        spoken = self._spoken.get(language) or self._spoken[self._first]
        text = visible(without_spans(masked))[:CHARACTERS]
        said = spoken.words(text)
        found = agreement(spoken, said, text)
        return (found.cancels or found.agrees is False) and not spoken.correction.find(said)

    def _unwanted(self, procedure: Procedure, spoken: Spoken, text: str) -> tuple[str, ...]:
        """Return the questions for a yes whose own words a text denies, where there are several."""
        texts = procedure.texts.get(language_of(procedure, spoken.pack.code), {})
        keys = _confirming(procedure)
        if len(keys) < 2:
            return ()
        words = {key: self._asked(spoken.pack.code, texts.get(key, "")) for key in keys}
        others = {key: frozenset[str]().union(*(words[one] for one in keys if one != key)) for key in keys}
        return tuple(key for key in keys if denies(spoken, text, now=words[key], others=others[key]))

    def _words_asked(self, language: str, text: str) -> frozenset[str]:
        return question_words(self._spoken[language], [text])

    def _codes_said(self, procedure: Procedure, spoken: Spoken, said: Words, *, denied: Denied) -> tuple[str, ...]:
        """Return the codes whose names or other words were said, and not only denied."""
        texts = procedure.texts.get(language_of(procedure, spoken.pack.code), {})
        named = tuple((key, text) for key, text in texts.items() if key.startswith(_NAMING))
        book, codes = self._codes(spoken.pack.code, named)
        matches = [
            (match, frozenset(range(match.start, match.end))) for match in book.find(said.words, said.stems, gap=1)
        ]

        def is_denied(match: Match, places: frozenset[int], off: frozenset[int]) -> bool:
            # A word in a gap belongs to no phrase: 'kartu kecuali debit' does not deny by itself.
            is_whole = len(places) == book.size(match.phrase)
            return bool(places & off) and not (is_whole and places & denied.by)

        # What a denial begins it denies to its end: 'don't block it for good'.
        off = denied.places.union(*(places for match, places in matches if is_denied(match, places, denied.places)))
        found = {codes[match.phrase] for match, places in matches if not is_denied(match, places, off)}
        return tuple(sorted(found))

    def _compile_codes(self, language: str, named: tuple[tuple[str, str], ...]) -> tuple[PhraseBook, tuple[str, ...]]:
        """Return the phrases that name codes, and the code of each."""
        pairs = [(phrase, key.partition(".")[2]) for key, text in named for phrase in text.split(",")]
        return self._spoken[language].book(phrase for phrase, _ in pairs), tuple(code for _, code in pairs)


def _confirming(procedure: Procedure) -> tuple[str, ...]:
    """Return the texts of a procedure that ask for a yes, each once."""
    return tuple(dict.fromkeys(step.text for step in procedure.steps if isinstance(step, ConfirmStep)))


def _is_place(spoken: Spoken, said: Words) -> bool:
    """Return whether the number in a message may be a place in a list; 'that one' points, and has no number."""
    pointing = len(said) == _BARE and said.words[0] in spoken.fillers and not said.words[1].isdecimal()
    return len(said) <= _BARE and not pointing


def _meant(spoken: Spoken, said: Words, numbers: tuple[Number, ...], denied: Denied) -> tuple[Number, ...]:
    """Return the numbers without those right beside a negation: '1500, not 2000', but 'not more than 2000'."""
    beside = [place for place in denied.places if {place - 1, place + 1} & denied.by]
    unmeant = {number for place in beside for number in numbers_of(spoken, said.words[place])[0]}
    return tuple(number for number in numbers if number not in unmeant)


def _left(found: list[Meant], denied: Denied) -> list[Meant]:
    """Return what was found without what is denied."""
    return [one for one in found if not denied.holds(one)]


def _without(text: str, days: list[Day]) -> str:
    """Return a text with its days blanked out: the number of a day is no amount, its year no card."""
    for day in days:
        text = text[: day.start] + " " * (day.end - day.start) + text[day.end :]
    return text


def _tails(masked: MaskedText) -> list[str]:
    """Return the digits that masks show: `9012` of `[CARD·9012]`."""
    shown = (masked.text[span.start + 1 : span.end - 1].partition(_DOT)[2] for span in masked.spans)
    return [tail for tail in shown if tail.isdecimal()]
