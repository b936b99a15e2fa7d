"""Names of persons and postal addresses: found by what a word is, how it is written, and what stands around it."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import zip_longest
from typing import Literal

from doorward.plugins.detectors.name_address.anchors import Anchored, anchor_finder
from doorward.plugins.detectors.name_address.decoding import Stretch
from doorward.plugins.detectors.name_address.model import Model, read_model
from doorward.plugins.detectors.name_address.parts import parts_of_address
from doorward.plugins.detectors.name_address.postcodes import postcode_finder
from doorward.plugins.detectors.name_address.shaping import end_of_word, is_plausible, joined, trimmed
from doorward.plugins.detectors.name_address.tokens import Token, Tokens
from doorward.plugins.detectors.name_address.widening import is_sure, repeated, widened
from doorward.protection.ports import Certainty, Claim, Inspection, Inspector, LanguagePack, View
from doorward.vocabulary.finding import Family


class NameAddressInspector:
    """Reads a text as a sequence of tokens and claims what the model takes for a name or an address."""

    id = "name_address"
    family: Family = "sensitive"
    reads: Literal["wild"] = "wild"
    kinds = ("PERSON", "ADDRESS")
    wants: Literal["any"] = "any"

    def inspection(self, packs: Sequence[LanguagePack]) -> Inspection:
        """Return the inspection with the packs' names, streets and forms of address. Raises `Misconfigured`."""
        model = read_model(files(__package__) / "weights", packs)
        postcodes, anchored = postcode_finder(packs), anchor_finder(packs)
        return lambda view: [*_inspect(model, anchored, view), *(_postcode(view, place) for place in postcodes(view))]


def _inspect(model: Model, anchored: Anchored, view: View) -> Sequence[Claim]:
    tokens = model.tokens_of(view)
    claims: list[Claim] = []
    seen = anchored(joined(model.stretches(tokens), tokens, view.text), tokens, view.text)
    for stretch in _stretches(seen, tokens, view.text):
        first, behind = stretch.first, stretch.behind
        if stretch.is_address:
            claims += _claims_of_address(view, tokens, stretch)
        else:
            claims.append(_claim(view, tokens.between(first, behind), "PERSON", stretch.sure))
    return claims


def _claims_of_address(view: View, tokens: Tokens, stretch: Stretch) -> Iterator[Claim]:
    """Yield a claim for each part of an address, with the signs up to the next part, for they are masked as one."""
    parts = list(parts_of_address(tokens, stretch.first, stretch.behind))
    begins = [part.first for part in parts[1:]]
    for part, following in zip_longest(parts, begins):
        first, behind = trimmed(tokens, part.first, part.behind, is_address=False)
        if following is not None:
            behind = following
            while tokens[behind - 1].written == "\n":
                behind -= 1
        yield _claim(view, tokens.between(first, behind), "ADDRESS", stretch.sure, part.subkind)


def _stretches(seen: Sequence[Stretch], tokens: Tokens, text: str) -> Iterator[Stretch]:
    """Yield the stretches of a text that are names or addresses, without signs at their ends."""
    for one in repeated(widened(seen, tokens, text), tokens, text) if seen else ():
        behind = end_of_word(tokens, one.behind) if one.is_address else one.behind
        first, behind = trimmed(tokens, one.first, behind, is_address=one.is_address)
        stretch = Stretch(first, behind, one.is_address, one.sure)
        if first < behind and is_plausible(tokens, stretch, text) and is_sure(tokens, stretch):
            yield stretch


def _postcode(view: View, place: tuple[int, int]) -> Claim:
    start, end = view.origin(*place)
    return Claim(
        kind="ADDRESS",
        subkind="postcode",
        start=start,
        end=end,
        certainty=Certainty.SHAPE,
        score=0.9,
        rule="name_address.postcode",
        canonical=view.text[slice(*place)],
        part=True,
    )


def _claim(view: View, held: Sequence[Token], kind: str, sure: float, subkind: str | None = None) -> Claim:
    start, end = view.origin(held[0].start, held[-1].end)
    return Claim(
        kind=kind,
        subkind=subkind,
        start=start,
        end=end,
        certainty=Certainty.LEARNED,
        score=round(sure, 3),
        rule=f"name_address.{kind.lower()}",
        canonical=" ".join([token.word for token in held if token.word[0].isalnum()]),
        part=kind == "ADDRESS",
    )


def build(_kit: object) -> Inspector:
    """Return the detector."""
    return NameAddressInspector()
