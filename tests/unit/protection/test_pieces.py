"""The pieces of a text fill it, know their places, and what is known of them is found out once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protection import pieces
from doorward.protection.pieces import Pieces, Remembered, pieces_of
from doorward.protection.view import View

texts = st.text(alphabet="abßÜ1 .,\n'_\u00a0\u200bЯ½", max_size=40)


@given(texts)
def test_pieces_know_their_places(text: str) -> None:
    """Each is what stands there in normal form and in the original; between them there are but blanks."""
    view = View(text)
    found = pieces_of(view)
    spans = [found.span(place) for place in range(len(found))]
    assert all(start < end for start, end in spans)
    behind = 0
    for start, end in [*spans, (len(view), len(view))]:
        assert not view.text[behind:start].strip()
        behind = end
    assert [found.said(*span)[0] for span in spans] == [view.text[slice(*span)] for span in spans]
    assert [found.told(place) for place in range(len(found))] == [(*span, *found.said(*span)) for span in spans]
    assert [found.at(end) for _, end in spans] == list(range(len(found)))


def test_a_text_is_cut_once() -> None:
    """Whoever asks for the pieces of a view gets the same ones."""
    view = View("my word")
    assert pieces_of(view) is pieces_of(view)


def test_what_is_known_of_a_word_is_found_out_once() -> None:
    """Also when a text holds it twice; another writing is another word."""
    asked: list[str] = []

    def find_out(found: Pieces, place: int) -> int:
        asked.append(found.said(*found.span(place))[1])
        return len(asked)

    remembered = Remembered(find_out)
    assert list(remembered.of(pieces_of(View("one two one")))) == [1, 2, 3]
    assert list(remembered.of(pieces_of(View("one One one")))) == [1, 4, 3]
    assert asked == ["one", "two", "one", "One"]  # a text's first word has no blank before it
    assert repr(remembered) == "<Remembered of 4 words>"


def test_what_was_not_asked_for_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two generations, the older one goes."""
    monkeypatch.setattr(pieces, "_REMEMBERED", 4)
    remembered = Remembered(lambda found, place: found.texts[place])
    for text in ("a", "b", "c", "d", "a", "e", "f", "g"):
        remembered.of(pieces_of(View(text)))
    assert len(remembered) == 4
