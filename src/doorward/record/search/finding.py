"""Finding lines: newest first or by relevance, page by page, with a bound on how much is looked at for one page."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from doorward.kit.tx import Tx
from doorward.kit.words import split_words, visible
from doorward.record.form import has_form, plain
from doorward.record.search import repository
from doorward.record.search.scoring import Scoring
from doorward.record.search.terms import Terms
from doorward.record.search.wanted import (
    LAST_ID,
    Found,
    Hit,
    Line,
    LineQuery,
    Page,
    Position,
    first_id,
    microseconds,
    moment_at,
    moment_of,
)
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import MaskedText, Span

BATCHES: Final = (200, 1_000, 4_000)
"""Lines with the words that are looked at for one page, growing while filters leave too few of them."""

PHRASED: Final = (200, 1_000)
"""The same where the text of each must be read, to see whether the words stand side by side."""

RANKED: Final = 300
"""Of so many newest lines with the words the best come first, by relevance."""


def find(tx: Tx, scope: Scope, wanted: LineQuery, *, terms: Terms, page: Page) -> Found:
    """Return a page of hits."""
    if not wanted.wants_lines:
        return _find_cards(tx, scope, wanted, page=page)
    if wanted.order == "relevance" and wanted.groups:
        return _find_best(tx, scope, wanted, terms=terms, page=page)
    before = LAST_ID if page.position is None else page.position.id
    return _find_newest(tx, scope, wanted, before=before, limit=page.limit)


def _find_newest(tx: Tx, scope: Scope, wanted: LineQuery, *, before: int, limit: int) -> Found:
    lines, following, stopped = _newest(tx, scope, wanted, before=before, limit=limit)
    return Found(
        hits=_hits(tx, scope, lines),
        next=None if following is None else Position(id=following),
        searched_to=moment_of(following) if stopped and following is not None else None,
    )


def _newest(
    tx: Tx, scope: Scope, wanted: LineQuery, *, before: int, limit: int
) -> tuple[Sequence[Any], int | None, bool]:
    """Return the newest lines before an id, behind which id there are more, and whether it stopped before the end."""
    lines: list[Any] = []
    since, before = _since(wanted), min(before, _until(wanted))
    filtered = bool(wanted.authors or not wanted.cards.is_empty)
    batches = PHRASED if wanted.phrases else BATCHES if filtered else (limit + 1,)
    for many in batches:
        span = repository.Span(since, before)
        bound = repository.Bound(many, batches[-1])
        ids, is_end = repository.find_ids(tx, scope, wanted, span=span, bound=bound)
        seen, missing = len(ids), limit + 1 - len(lines)
        before = ids[-1] if ids else before
        if filtered and ids:
            ids = repository.find_passing(tx, scope, wanted, ids=ids, limit=seen if wanted.phrases else missing)
        lines += _with_phrases(tx, scope, wanted, ids=ids if wanted.phrases else ids[:missing])
        if len(lines) > limit:
            return lines[:limit], int(lines[limit - 1].id), False
        if is_end:
            return lines, None, False
    return lines, before, True


def _with_phrases(tx: Tx, scope: Scope, wanted: LineQuery, *, ids: Sequence[int]) -> list[Any]:
    lines = repository.find_lines(tx, scope, ids=ids) if ids else ()
    return [line for line in lines if all(_has_phrase(line.text, phrase) for phrase in wanted.phrases)]


def _find_best(tx: Tx, scope: Scope, wanted: LineQuery, *, terms: Terms, page: Page) -> Found:
    position = page.position
    newest = LAST_ID if position is None else position.newest
    lines, following, _ = _newest(tx, scope, wanted, before=newest, limit=RANKED)
    if position is None and lines:
        newest = lines[0].id + 1
    scoring = Scoring(wanted.groups, terms)
    ranked = sorted((-scoring.score_of(line.text), -line.id, line) for line in lines)
    if position is not None:
        ranked = [one for one in ranked if one[:2] > (-position.score, -position.id)]
    chosen = ranked[: page.limit]
    behind = None
    if len(ranked) > page.limit:
        behind = Position(id=-chosen[-1][1], score=-chosen[-1][0], newest=newest)
    return Found(
        hits=_hits(tx, scope, [line for _, _, line in chosen]),
        next=behind,
        searched_to=None if following is None else moment_of(following),
    )


def _find_cards(tx: Tx, scope: Scope, wanted: LineQuery, *, page: Page) -> Found:
    position, limit = page.position, page.limit
    behind = None if position is None else (moment_at(position.id), position.conversation_id)
    cards = repository.find_cards(tx, scope, wanted, behind=behind, limit=limit + 1)
    hits = tuple(Hit(id=microseconds(card.last_at), card=card) for card in cards[:limit])
    last = hits[-1] if len(cards) > limit else None
    return Found(
        hits=hits, next=None if last is None else Position(id=last.id, conversation_id=last.card.conversation_id)
    )


def _hits(tx: Tx, scope: Scope, lines: Sequence[Any]) -> tuple[Hit, ...]:
    """Return lines as hits, in their order, with the cards of their conversations."""
    cards = repository.cards_of(tx, scope, list({line.conversation_id for line in lines})) if lines else {}
    return tuple(Hit(id=line.id, card=cards[line.conversation_id], line=_line(line)) for line in lines)


def _line(row: Any) -> Line:
    spans = tuple(msgspec.convert(span, Span) for span in row.spans or ())
    text = MaskedText(row.text, spans)
    shown = plain(text) if has_form(row.kind, row.key) else text
    return Line(seq=row.seq, author=row.author, at=row.at, text=shown)


def _has_phrase(text: str, phrase: Sequence[str]) -> bool:
    """Return whether the words of a phrase stand side by side, whatever their case and whatever is between them."""
    words = [word.casefold() for word in split_words(visible(text))]
    wanted = [word.casefold() for word in phrase]
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def _since(wanted: LineQuery) -> int:
    return 0 if wanted.since is None else first_id(wanted.since)


def _until(wanted: LineQuery) -> int:
    return LAST_ID if wanted.until is None else first_id(wanted.until)
