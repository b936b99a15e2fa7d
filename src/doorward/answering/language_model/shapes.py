"""What a model's answer must look like, and nothing more: parsed strictly, with few and short parts."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from doorward.answering.language_model.ports import ModelFailed

_Text = Annotated[str, Meta(max_length=400)]
_Number = Annotated[int, Meta(ge=1, le=200)]


class Cited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence, and the number of the source that it comes from."""

    text: _Text
    source: _Number


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grounded answer; without sentences the sources do not answer."""

    sentences: Annotated[tuple[Cited, ...], Meta(max_length=8)]


class Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence."""

    text: _Text


class Rephrased(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer in other words."""

    sentences: Annotated[tuple[Plain, ...], Meta(max_length=20)]


class Summed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence, and the numbers of the lines that it rests on."""

    text: _Text
    lines: Annotated[tuple[_Number, ...], Meta(min_length=1, max_length=20)]


class Summary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A summary of a conversation."""

    sentences: Annotated[tuple[Summed, ...], Meta(max_length=8)]


class Meant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a message says to one slot: words of it, and the number of an option, if one was meant."""

    slot: _Number
    quote: _Text
    option: _Number | None = None


class Proposals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a message says to the slots that it answers."""

    proposals: Annotated[tuple[Meant, ...], Meta(max_length=20)]


S = TypeVar("S", bound=msgspec.Struct)


def read_as(content: str, shape: type[S]) -> S:
    """Return a model's answer as one of the shapes. Raises `ModelFailed` (`form`) for anything else."""
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise ModelFailed("form") from error
