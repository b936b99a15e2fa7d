"""The small sequence model: scores of every token, and the most likely names and addresses among them."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Final, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from doorward.plugins.detectors.name_address.features import (
    BUCKETS,
    LABELS,
    context_places,
    hash_of,
    own_places,
)
from doorward.plugins.detectors.name_address.words import Known, Lists, shape_of
from doorward.protection.ports import LanguagePack, View
from doorward.vocabulary.errors import Misconfigured

Scores = NDArray[np.float32]
Labels = NDArray[np.int64]

TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|\n|[^\w\s]|_")
"""A word, a number, a line's end, any other sign. An apostrophe parts: what follows it is often no part of a name."""

_ROW: Final = np.dtype([("ids", np.uint64, 3), ("own", np.float32, LABELS), ("tells", np.float32)])
_REMEMBERED: Final = 65_536
_LONGEST_REMEMBERED: Final = 32
_BLOCK: Final = 1_000
"""Tokens that are looked at together: what a very long text takes of memory stays small."""

_OVERLAP: Final = 40
"""Tokens around a block that are looked at with it: names and addresses are shorter."""

_NEVER: Final = np.float32(-1e4)

_OUTSIDE, _NAME, _MORE_NAME, _ADDRESS, _MORE_ADDRESS = range(LABELS)
_MAY_FOLLOW: Final = np.array(
    # From each label (row) to each (column): what goes on with a name comes behind a name, and so with an address.
    [[0, 0, _NEVER, 0, _NEVER], [0, 0, 0, 0, _NEVER], [0, 0, 0, 0, _NEVER], [0, 0, _NEVER, 0, 0], [0, 0, _NEVER, 0, 0]],
    np.float32,
)
_FORBIDDEN: Final = frozenset(zip(*(places.tolist() for places in np.nonzero(_MAY_FOLLOW)), strict=True))
_MAY_BEGIN: Final = np.array([0, 0, _NEVER, 0, _NEVER], np.float32)

_TELLING: Final = Known.STREET | Known.UNIT | Known.FORM | Known.KIN
_NAMES: Final = Known.GIVEN | Known.SURNAME
_ORDINARY: Final = Known.COMMON | Known.FREQUENT | Known.LIKE_COMMON
_UNKNOWN: Final = Known.UPPER | Known.LIKE_NAME


class Token(NamedTuple):
    """A token: characters of the view's text, and how it was written."""

    start: int
    end: int
    word: str
    written: str


class Tokens(Sequence[Token]):
    """The tokens of a text, kept as columns: most of them are never looked at one by one."""

    __slots__ = ("_spans", "words", "written")

    def __init__(self, spans: Sequence[tuple[int, int]], words: Sequence[str], written: Sequence[str]) -> None:
        """Take places, words in normal form, and how they were written; equally many."""
        self._spans, self.words, self.written = spans, words, written

    @overload
    def __getitem__(self, place: int) -> Token: ...
    @overload
    def __getitem__(self, place: slice) -> "Tokens": ...
    def __getitem__(self, place: int | slice) -> "Token | Tokens":
        """Return one token, or some of them."""
        if isinstance(place, slice):
            return Tokens(self._spans[place], self.words[place], self.written[place])
        return Token(*self._spans[place], self.words[place], self.written[place])

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._spans)


class Stretch(NamedTuple):
    """Tokens that are a name or an address: the first, the one behind the last, whether an address, how sure (0..1)."""

    first: int
    behind: int
    is_address: bool
    sure: float


class Model:
    """The weights and the lists. Immutable but for what it remembers of words; thread-safe."""

    def __init__(self, weights: Scores, lists: Lists, *, caution: tuple[float, float]) -> None:
        """Take (BUCKETS, LABELS) weights; `caution` is added to the scores of names and of addresses."""
        self._weights = weights
        self.lists = lists
        self._caution = np.array([0.0, caution[0], caution[0], caution[1], caution[1]], np.float32)
        self._row = lru_cache(_REMEMBERED)(self._make_row)

    def stretches(self, tokens: Tokens) -> list[Stretch]:
        """Return the names and addresses among the tokens of one text, in order. Linear in the tokens."""
        found = []
        for begin in range(0, len(tokens), _BLOCK):
            before = max(begin - _OVERLAP, 0)
            found += [
                Stretch(before + one.first, before + one.behind, one.is_address, one.sure)
                for one in self._in_block(tokens[before : begin + _BLOCK + _OVERLAP])
                if begin <= before + one.first < begin + _BLOCK
            ]
        return found

    def _in_block(self, tokens: Tokens) -> list[Stretch]:
        rows = np.frombuffer(b"".join(self._known(tokens)), _ROW)
        if not rows["tells"].any():
            return []
        context = self._weights.take(context_places(rows["ids"]), axis=0).sum(axis=1)
        scores = rows["own"] + context + self._caution
        likeliest = scores.argmax(axis=1)
        return _decoded(scores, likeliest) if likeliest.any() else []

    def _known(self, tokens: Tokens) -> Iterable[bytes]:
        """Return what the tokens say by themselves; very long ones are not worth remembering."""
        if max(map(len, tokens.written), default=0) <= _LONGEST_REMEMBERED:
            return map(self._row, tokens.words, tokens.written)
        return [
            (self._row if len(written) <= _LONGEST_REMEMBERED else self._make_row)(word, written)
            for word, written in zip(tokens.words, tokens.written, strict=True)
        ]

    def _make_row(self, word: str, written: str) -> bytes:
        known, shape = self.lists.class_of(word), shape_of(written)
        row = np.zeros(1, _ROW)
        row["ids"] = ids_of(word, known, shape)
        row["own"] = self._weights[own_places(word, known, shape)].sum(axis=0)
        row["tells"] = _tells(known, written)
        return row.tobytes()


def ids_of(word: str, known: int, shape: str) -> tuple[int, int, int]:
    """Return the numbers by which a token's neighbours know it: its word, its class, its shape."""
    return hash_of(word), hash_of(f"c{known}"), hash_of(f"s{shape}")


def _tells(known: int, written: str) -> bool:
    """Return whether a token alone gives reason to look at its text: a name, a street, a title, a word nobody knows."""
    if known & _TELLING:
        return True
    if not written[0].isalpha() or len(written) == 1:
        return False
    return (
        bool(known & _NAMES and not known & _ORDINARY)
        or (known & ~_UNKNOWN == 0)
        or (bool(known & _NAMES) and written[0].isupper())
    )


def tokens_of(view: View) -> Tokens:
    """Return the tokens of a text."""
    text, original = view.text, view.original
    spans = [match.span() for match in TOKEN.finditer(text)]
    words = [text[start:end] for start, end in spans]
    if original == text:
        return Tokens(spans, words, words)
    places = spans if view.aligned else [view.origin(start, end) for start, end in spans]
    return Tokens(spans, words, [original[start:end] for start, end in places])


def _decoded(scores: Scores, likeliest: Labels) -> list[Stretch]:
    """Return the most likely labels that may follow each other (A. J. Viterbi, 1967), as stretches.

    `likeliest` are the labels that score highest token by token: where they may follow each other, they are it.
    """
    stretches = []
    chances = _chances(scores)
    for first, behind in _islands(likeliest != _OUTSIDE):
        labels = likeliest[first:behind].tolist()
        if not _may_stand(labels):
            labels = _best_labels(scores[first:behind])
        stretches += [
            Stretch(first + start, first + end, address, float(chances[address][first + start : first + end].mean()))
            for start, end, address in _runs(labels)
        ]
    return stretches


def _chances(scores: Scores) -> tuple[Scores, Scores]:
    """Return the probability of every token to belong to a name, and to an address."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    whole = shifted.sum(axis=1)
    return shifted[:, _NAME:_ADDRESS].sum(axis=1) / whole, shifted[:, _ADDRESS:].sum(axis=1) / whole


def _may_stand(labels: Sequence[int]) -> bool:
    """Return whether every label may follow the one before it, and the first may begin."""
    before = _OUTSIDE
    for label in labels:
        if (before, label) in _FORBIDDEN:
            return False
        before = label
    return True


def _islands(marked: NDArray[np.bool_]) -> Iterable[tuple[int, int]]:
    """Yield where tokens stand that may belong to something, with one token around them on each side."""
    wide = marked.copy()
    wide[1:] |= marked[:-1]
    wide[:-1] |= marked[1:]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], wide.view(np.int8), [0]))))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _best_labels(scores: Scores) -> list[int]:
    best = scores[0] + _MAY_BEGIN
    back = []
    for row in scores[1:]:
        ways = best[:, None] + _MAY_FOLLOW
        back.append(ways.argmax(axis=0))
        best = ways.max(axis=0) + row
    labels = [int(best.argmax())]
    for row in reversed(back):
        labels.append(int(row[labels[-1]]))
    return labels[::-1]


def _runs(labels: Sequence[int]) -> list[tuple[int, int, bool]]:
    runs: list[tuple[int, int, bool]] = []
    for place, label in enumerate(labels):
        if label in (_NAME, _ADDRESS):
            runs.append((place, place + 1, label == _ADDRESS))
        elif label != _OUTSIDE:
            start, _, address = runs[-1]
            runs[-1] = (start, place + 1, address)
    return runs


def read_model(folder: Traversable, packs: Iterable[LanguagePack]) -> Model:
    """Return the model of a weights folder. Raises `Misconfigured` when a file is not the one of its card."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    content = (folder / "weights.npz").read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise Misconfigured("name_address: weights.npz is not the file that its card names; install Doorward again")
    with (folder / "weights.npz").open("rb") as file, np.load(file, allow_pickle=False) as archive:
        places, values, scale = archive["places"], archive["values"], archive["scale"]
        world = dict(zip(bytes(archive["words"]).decode().split("\n"), archive["classes"].tolist(), strict=True))
    weights = np.zeros((BUCKETS, LABELS), np.float32)
    weights[places] = values.astype(np.float32) * scale
    return Model(weights, Lists(packs, world), caution=(float(card["caution"]), float(card["caution_of_addresses"])))
