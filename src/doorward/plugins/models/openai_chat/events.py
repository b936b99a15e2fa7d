"""The stream of a chat completion, read strictly: server-sent events whose data are the pieces of one answer."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from doorward.answering.language_model.ports import ModelAnswer, ModelFailed

LONGEST_LINE: Final = 65_536
MOST_TOKENS: Final = 1_000_000
_END: Final = b"[DONE]"


class _Delta(msgspec.Struct, frozen=True):
    content: str | None = None
    refusal: str | None = None
    tool_calls: Any = None
    function_call: Any = None


class _Choice(msgspec.Struct, frozen=True):
    index: int = 0
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Piece(msgspec.Struct, frozen=True):
    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None
    error: Any = None


def read_answer(chunks: Iterable[bytes], *, longest: int) -> ModelAnswer:
    """Return the answer that a stream spells, once it says itself that it is complete; what follows is not waited for.

    Raises `ModelFailed`: for what is no such stream, for more than `longest` characters, for an end before the end, for
    a wish to call a tool, and where the service withholds an answer.
    """
    answer = _Answer(longest)
    for data in _data(chunks):
        if data == _END:
            break
        answer.take(_piece(data))
        if answer.is_complete:
            break
    return answer.end()


class _Answer:
    """The answer so far."""

    def __init__(self, longest: int) -> None:
        """Begin with nothing."""
        self._longest, self._length = longest, 0
        self._parts: list[str] = []
        self._ended = False
        self._usage: _Usage | None = None

    @property
    def is_complete(self) -> bool:
        """Return whether nothing more can come: it ended, and said what it took."""
        return self._ended and self._usage is not None

    def take(self, piece: _Piece) -> None:
        """Take the next piece."""
        if piece.error is not None:
            raise ModelFailed("status")
        if piece.usage is not None:
            self._usage = piece.usage
        for choice in piece.choices:
            if choice.index != 0:
                raise ModelFailed("form")
            self._take_delta(choice.delta)
            if choice.finish_reason is not None:
                self._finish(choice.finish_reason)

    def end(self) -> ModelAnswer:
        """Return the whole. Raises `ModelFailed` (`cut_short`) where nobody said that it is whole."""
        if not self._ended:
            raise ModelFailed("cut_short")
        usage = self._usage or _Usage()
        return ModelAnswer(
            content="".join(self._parts),
            tokens_in=_counted(usage.prompt_tokens),
            tokens_out=_counted(usage.completion_tokens),
        )

    def _take_delta(self, delta: _Delta) -> None:
        if delta.tool_calls or delta.function_call:
            raise ModelFailed("tool_call")
        if delta.refusal:
            raise ModelFailed("withheld")
        if delta.content:
            if self._ended:
                raise ModelFailed("form")
            self._length += len(delta.content)
            if self._length > self._longest:
                raise ModelFailed("too_large")
            self._parts.append(delta.content)

    def _finish(self, reason: str) -> None:
        match reason:
            case "stop":
                self._ended = True
            case "length":
                raise ModelFailed("cut_short")
            case "tool_calls" | "function_call":
                raise ModelFailed("tool_call")
            case "content_filter":
                raise ModelFailed("withheld")
            case _:
                raise ModelFailed("form")


def _piece(data: bytes) -> _Piece:
    try:
        return msgspec.json.decode(data, type=_Piece)
    except (msgspec.DecodeError, RecursionError) as error:  # a validation error is one of decoding
        raise ModelFailed("form") from error


def _data(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the data of each event. Raises `ModelFailed` for lines that no event has (WHATWG HTML, 9.2.6)."""
    held: list[bytes] = []
    for line in _lines(chunks):
        name, colon, value = line.partition(b":")
        if not line:
            if held:
                yield b"\n".join(held)
            held = []
        elif not name:
            continue  # a comment: servers send them to keep a connection alive
        elif name == b"data" and colon:
            held.append(value.removeprefix(b" "))
        elif name not in {b"event", b"id", b"retry"}:
            raise ModelFailed("form")


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise ModelFailed("too_large")
        for line in lines:
            yield line.removesuffix(b"\r")
    if rest:
        yield rest.removesuffix(b"\r")


def _counted(tokens: int) -> int:
    """Return a number of tokens that a service told, as far as it can be one."""
    return min(max(tokens, 0), MOST_TOKENS)
