"""What staff write with signs: the words stay, masked places stay whole, nothing becomes form that was not meant."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorward.flow.views.transcript import show_to_staff
from doorward.record import WrittenEntry, plain, plain_words
from doorward.record.formatting import _SIGN, LONGEST_TEXT, MOST_LINES, MOST_SIGNS, FormattedPiece, formatted
from doorward.vocabulary.entry import Entry, EntryKind
from doorward.vocabulary.ids import ConversationId, PartyId
from doorward.vocabulary.scope import Actor
from doorward.vocabulary.text import MaskedText, Span

SIGNS = [
    "*",
    "**",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "7) ",
    "[",
    "](",
    ")",
    "\\",
    " ",
]
WORDS = ["word", "Straße", "ışık", "слово", "42", "007", "<b>", "&amp;", "https://a.example/x_y_", "mailto:a@b.example"]
HOSTILE = ["javascript:alert(1)", "\u202e", "\0", "\ue000", "(https://a.example)", "https://", "![x](y)", "\r\n", "\t"]
MASK = "[CARD·1111]"

texts = st.lists(st.sampled_from([*SIGNS, *WORDS, *HOSTILE]), max_size=40).map("".join) | st.text(max_size=200)


@st.composite
def masked_texts(draw: st.DrawFn) -> tuple[str, tuple[Span, ...]]:
    """Texts with masked places anywhere: between signs, in links, in code."""
    parts = draw(st.lists(st.sampled_from([*SIGNS, *WORDS, *HOSTILE, MASK, MASK]), max_size=40))
    spans, at = [], 0
    for part in parts:
        if part == MASK:
            spans.append(Span(kind="CARD", start=at, end=at + len(part)))
        at += len(part)
    return "".join(parts), tuple(spans)


def letters(text: str) -> str:
    """Letters and digits, in order."""
    return "".join(letter for letter in text if letter.isalnum())


def shown(pieces: tuple[FormattedPiece, ...]) -> str:
    """All that a reader sees of the pieces, addresses and numbers of lists too."""
    behind: list[str] = []
    parts: list[str] = []
    for piece in pieces:
        if piece.kind in {"text", "mask"}:
            parts.append(piece.text)
        elif piece.kind == "end":
            parts.append(behind.pop())
        elif piece.kind == "break":
            parts.append("\n")
        else:
            parts.append(f"{piece.number}. " if piece.number else "")
            behind.append(piece.text)
    assert behind == []
    return "".join(parts)


def kinds(text: str) -> list[str]:
    """The kinds of what is opened in a text's form, in order."""
    return [piece.kind for piece in formatted(text) if piece.kind not in {"text", "mask", "break", "end", "paragraph"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**bold** and *italic* and _too_", ["strong", "emphasis", "emphasis"]),
        ("~~gone~~ and `code *as* is`", ["strike", "code"]),
        ("- one\n- two", ["bullets", "item", "item"]),
        ("4. four\n5. five", ["numbers", "item", "item"]),
        ("> said\n> before", ["quote"]),
        ("```\nblock\n```", ["code_block"]),
        ("[here](https://a.example/x) https://b.example.", ["link", "link"]),
        ("[write](mailto:help@a.example)", ["link"]),
    ],
)
def test_signs_make_form(text: str, expected: list[str]) -> None:
    """What may be written, each once."""
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 = 24 and a_name_like_this",
        "5 * 3 * 2, ** and __ alone, `",
        "# no heading\n---\n***",
        "| no | table |\n|----|-------|",
        "<b>no</b> <script>alert(1)</script> &lt;",
        "[no](javascript:alert(1)) [no](data:text/html,x) [no](/desk/) [no](https://bank.example@evil.example)",
        "![no](https://evil.example/pixel.gif)".replace("https", "ftp"),
        "[no][1]\n\n[1]: https://evil.example".replace("https", "ftp"),
        "    four spaces are no code",
        "007. would lose its noughts",
        "+49 30 1234 - 5",
    ],
)
def test_what_nobody_means_stays_text(text: str) -> None:
    """No form at all: it is shown as it was typed."""
    assert formatted(text) == ()


def test_a_backslash_keeps_a_sign() -> None:
    """Before our signs it goes, before anything else it stays: what looks like a mask still shows that it was typed."""
    assert shown(formatted(r"\*not bold\* \[CARD·1111] C:\temp")) == r"*not bold* \[CARD·1111] C:\temp"


def test_a_link_says_where_it_leads() -> None:
    """Behind its text, unless that is the address; a masked place is never part of a link."""
    pieces = formatted("[https://bank.example](https://evil.example/) [https://a.example](https://a.example)")
    assert shown(pieces) == "https://bank.examplehttps://evil.example/ https://a.example"
    assert [piece.href for piece in pieces if piece.kind == "link"] == ["https://evil.example/", "https://a.example"]
    text = "[x](https://[URL·a]/) https://a[URL·a] **b**"
    spans = tuple(Span(kind="URL", start=at, end=at + 7) for at in (12, 32))
    assert [piece.kind for piece in formatted(text, spans) if piece.kind == "link"] == []


@settings(max_examples=150, deadline=None)
@given(texts)
@example("> " * 60 + "deep")
@example("- " * 60 + "deep")
@example("".join(map(chr, range(0xE000, 0xF8FF))) + "**all private signs**")
def test_the_words_stay(text: str) -> None:
    """Every letter and digit is shown, in order, whatever the signs: only signs go."""
    pieces = formatted(text)
    if pieces and not any(piece.kind == "link" and not piece.text for piece in pieces):
        assert letters(shown(pieces)) == letters(text)
    for piece in pieces:
        assert not piece.href or piece.href.startswith(("https://", "http://", "mailto:"))


@settings(max_examples=150, deadline=None)
@given(masked_texts())
def test_a_masked_place_stays_whole(given_text: tuple[str, tuple[Span, ...]]) -> None:
    """Each is one piece, once, in order, with its own letters, and none stands in a link or an address."""
    text, spans = given_text
    pieces = formatted(text, spans)
    if not pieces:
        return
    assert [(piece.number, piece.text) for piece in pieces if piece.kind == "mask"] == [
        (number, MASK) for number in range(len(spans))
    ]
    assert not any("CARD" in piece.href for piece in pieces)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_formatting_changes_nothing_the_second_time(text: str) -> None:
    """The same text has the same form, and what is shown has no words that its own form would lose."""
    pieces = formatted(text)
    assert formatted.__wrapped__(text, ()) == pieces
    once = shown(pieces)
    again = formatted(once)
    assert not again or letters(shown(again)) == letters(once)


@pytest.mark.parametrize(
    ("kind", "key", "has_form"),
    [
        ("message.agent", "agent:1", True),
        ("note.written", "note:1", True),
        ("message.agent", "import:message:1", False),
        ("message.customer", "message:1", False),
        ("message.bot", "bot:1", False),
    ],
)
def test_only_what_staff_wrote_here_has_form(kind: EntryKind, key: str, *, has_form: bool) -> None:
    """Neither customers nor the assistant nor another product's agents meant their signs so."""
    entry = Entry(
        kind=kind,
        conversation_id=ConversationId("c"),
        party_id=PartyId("p"),
        key=key,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        actor=Actor(kind="staff", id="s"),
        text=MaskedText("**a**"),
    )
    assert bool(show_to_staff(WrittenEntry(seq=1, entry=entry)).formatted) is has_form


PATHOLOGICAL = {
    "stars": "*",
    "stars and words": "a *b ",
    "strong and words": "**a *b ",
    "underscores": "_a ",
    "tildes": "~~",
    "brackets": "[",
    "brackets and words": "[a ",
    "links without end": "[a](http://",
    "parentheses without end": "[a](https://((",
    "schemes": "http://",
    "ticks": "`",
    "quotes": "> ",
    "quote lines": ">\n",
    "items": "- ",
    "item lines": "- a\n",
    "numbers": "1. ",
    "deeper items": "- \n ",
    "backslashes": "\\",
    "fences": "```\n",
    "all signs": "*_~`[>",
}
GROWING = {
    "more and more stars": " a".join("*" * count for count in range(200)),
    "more and more ticks": " ".join("`" * count for count in range(200)),
    "deeper and deeper quotes": "\n".join(">" * count + "a" for count in range(200)),
    "deeper and deeper lists": "\n".join(" " * 2 * count + "- a" for count in range(140)),
}


def seconds(text: str) -> float:
    """The processor's time that a text takes, at best of three."""
    best = 10.0
    for _ in range(3):
        begun = time.process_time()
        formatted.__wrapped__(text, ())
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.parametrize("name", [*PATHOLOGICAL, *GROWING])
def test_time_grows_with_the_text_alone(name: str) -> None:
    """Twice the text takes about twice the time, and the longest that is looked at a moment."""
    text = (PATHOLOGICAL[name] * LONGEST_TEXT)[:LONGEST_TEXT] if name in PATHOLOGICAL else GROWING[name][:LONGEST_TEXT]
    text = "\n".join(text.split("\n")[:MOST_LINES])
    while (signs := len(_SIGN.findall(text))) > MOST_SIGNS:
        text = text[: len(text) * MOST_SIGNS // signs]
    whole = seconds(text)
    assert whole < 1.0
    assert whole < max(3.5 * seconds(text[: len(text) // 2]), 0.1)


def test_a_text_of_signs_alone_is_not_looked_at() -> None:
    """Nobody wrote it for its form."""
    assert formatted("**a** " * (MOST_SIGNS // 4 + 1)) == ()


def test_a_longer_text_is_not_looked_at() -> None:
    """Beyond the limit a text is shown as it is, however it looks."""
    assert formatted("**a** " + "word " * (LONGEST_TEXT // 5)) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Hello** *there*, `x` and ~~gone~~", "Hello there, x and gone"),
        ("- one\n- two\n\n> said", "one\ntwo\nsaid"),
        ("1. first\n2. second", "1. first\n2. second"),
        ("see [here](https://a.example/x)", "see here (https://a.example/x)"),
        ("First\nsecond **line**\n\nnew", "First\nsecond line\nnew"),
        ("```\na = 1\n```\n**b**", "a = 1\nb"),
        ("2 * 3 is a_b", "2 * 3 is a_b"),
    ],
)
def test_one_line_of_a_message_is_without_signs(text: str, said: str) -> None:
    """The words alone, as lists and previews show them."""
    assert plain(MaskedText(text)).text == said


@settings(max_examples=150, deadline=None)
@given(masked_texts())
def test_without_signs_every_word_and_every_mask_is_there(given_text: tuple[str, tuple[Span, ...]]) -> None:
    """Whatever was typed: masks whole, each once, in order, where their spans say."""
    text, spans = given_text
    said = plain(MaskedText(text, spans))
    assert [said.text[span.start : span.end] for span in said.spans] == [text[span.start : span.end] for span in spans]
    assert [span.kind for span in said.spans] == [span.kind for span in spans]
    assert letters(said.text) == letters(shown(formatted(text, spans)) if formatted(text, spans) else text)


@pytest.mark.parametrize(
    ("kind", "key", "said"),
    [
        ("message.agent", "agent:1", "bold"),
        ("note.written", "note:1", "bold"),
        ("handoff.passed", "passed:1", "bold"),
        ("message.customer", "1", "**bold**"),
        ("message.bot", "1", "**bold**"),
        ("message.agent", "import:message:1", "**bold**"),
    ],
)
def test_only_what_staff_wrote_here_loses_its_signs(kind: EntryKind, key: str, said: str) -> None:
    """Customers' signs, the assistant's and those of another product's agents mean nothing and stay."""
    entry = Entry(
        kind=kind,
        conversation_id=ConversationId("c" * 26),
        party_id=PartyId("p" * 26),
        key=key,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        actor=Actor(kind="staff", id="s1"),
        text=MaskedText("**bold**"),
    )
    assert plain_words(entry).text == said
