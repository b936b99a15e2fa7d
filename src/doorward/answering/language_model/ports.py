"""What a language model is asked and what it answers. Words reach it as masked text alone: there is no other place."""

from collections.abc import Mapping
from typing import Final, Literal, Protocol, get_args, runtime_checkable

import msgspec

from doorward.vocabulary.text import MaskedText

Use = Literal["answer", "rephrase", "summary", "slots"]
"""answer: from sources, each sentence with the one it comes from · rephrase: say an answer in other words · summary: of
a conversation, for whoever takes over · slots: what a message says to a question, as proposals."""

USES: Final[tuple[Use, ...]] = get_args(Use)

Label = Literal["question", "source", "answer", "customer", "bot", "agent", "message", "slot", "option"]
"""What a part of a task is."""

Trouble = Literal["unreachable", "slow", "status", "form", "too_large", "cut_short", "tool_call", "withheld", "crashed"]
"""unreachable: nobody answers · slow: not within its time · status: it refuses · form: something else than asked for ·
too_large · cut_short: the answer has no end · tool_call: it wants something done · withheld: it has no words for this
· crashed: the plugin raised something of its own."""

OPEN, CLOSE = "\u27e6", "\u27e7"
_PLAIN_BRACKETS: Final = str.maketrans({OPEN: "[", CLOSE: "]"})


class ModelFailed(Exception):
    """The language model gave nothing that can be used; `trouble` says why. Nobody is told but the record."""

    def __init__(self, trouble: Trouble) -> None:
        """Take the code."""
        super().__init__(f"the language model gave nothing: {trouble}")
        self.trouble: Trouble = trouble


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One text of a task: what it is, and its number among those of its kind, from 1."""

    label: Label
    text: MaskedText
    number: int = 1


class ModelTask(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. There is no field for words that were not masked; the instructions are ours, by `use`.

    `language` is the one to answer in (ISO 639-1), `tokens` the most that an answer may have.
    """

    use: Use
    language: str
    parts: tuple[Part, ...]
    tokens: int

    def said(self) -> str:
        """Return the parts as JSON, with a token such as `⟦CARD⟧` for each masked place: not even its end is told."""
        shown = [{"is": part.label, "number": part.number, "text": carried(part.text)} for part in self.parts]
        return msgspec.json.encode({"language": self.language, "parts": shown}).decode()


class ModelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: the text, as hostile as anything from outside, and the tokens that the service says it took."""

    content: str
    tokens_in: int = 0
    tokens_out: int = 0

    def __repr__(self) -> str:
        """Show a length only."""
        return f"<ModelAnswer {len(self.content)} chars>"


@runtime_checkable
class LanguageModel(Protocol):
    """Something that writes. Thread-safe; keeps and logs nothing of what it is asked and answers; calls no tools."""

    @property
    def id(self) -> str:
        """Name the model and its version as far as they are known, not empty, 64 characters at most; for records."""

    def complete(self, task: ModelTask, *, instructions: str, seconds: float) -> ModelAnswer:
        """Return the answer to a task, one JSON object, within `seconds`. Raises `ModelFailed`."""

    def ping(self) -> None:
        """Return when the model answers now. Raises `ModelFailed`."""


def carried(text: MaskedText) -> str:
    """Return a masked text as a model reads it: a token for each masked place, with its kind and nothing of it.

    Brackets of that kind which somebody typed become plain ones, so that every token there is one of ours.
    """
    parts: list[str] = []
    at = 0
    for span in text.spans:
        parts += (text.text[at : span.start].translate(_PLAIN_BRACKETS), f"{OPEN}{span.kind}{CLOSE}")
        at = span.end
    said = "".join((*parts, text.text[at:].translate(_PLAIN_BRACKETS)))
    return said.encode("utf-8", "replace").decode()  # half a character can be typed, and cannot be sent


class ModelUse(msgspec.Struct, frozen=True, kw_only=True):
    """What the record keeps of one use: for what, of which model and prompt, what became of it and why, what it cost.

    used: its words went on · refused: its words were not good enough · failed: it had none · skipped: it was not asked.
    """

    use: Use
    outcome: Literal["used", "refused", "failed", "skipped"]
    why: str = ""
    model: str = ""
    prompt: str = ""
    tokens_in: int = 0
    tokens_out: int = 0

    def told(self) -> Mapping[str, object]:
        """Return it as the ledger keeps it."""
        return dict(msgspec.to_builtins(self))
