"""Canaries: made-up secrets of every kind that a detector may mask, made from the detectors' own patterns.

Every detector that masks tells in `cases/canaries.jsonl` how its kinds are said in each language, and in which forms it
promises to see them. A kind without canaries is refused, so that no kind is forgotten.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final

import msgspec

from doorward.doors.cli.leaks.forms import FORMS, LITERAL, Sentence, Written, bare, write
from doorward.doors.cli.leaks.values import draw, word
from doorward.kit.plugins import FoundPlugin
from doorward.protection import Screened, Screener
from doorward.vocabulary.language import LanguagePack
from doorward.vocabulary.text import WildText

FILE: Final = "canaries.jsonl"
_TRIES: Final = 20_000
"""Values drawn until a detector takes one: the rarest check digits are right once in 900."""


_OFTEN: Final = 12
"""Values after which it pays to build a guard of the kind's own detectors."""


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a kind is said in a language, and the forms besides the plain one in which its detector promises to see it.

    `text` has one place `{}` for the value, and `{tag}` behind it where the value is too short to be searched for.
    """

    kind: str
    language: str
    text: str
    value: str
    forms: tuple[str, ...] = ()

    @property
    def promised(self) -> frozenset[str]:
        """Return the promised forms."""
        return frozenset(("plain", *self.forms))


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """One made-up secret: of which kind, in which form, what is sent, and which writings may be nowhere afterwards.

    `value` is as one writes it, `secret` the part of it that nobody may know; `secrets` have the word that follows it.
    """

    kind: str
    language: str
    form: str
    promised: bool
    value: str
    secret: str
    messages: tuple[str, ...]
    secrets: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return what a message may say about it."""
        return f"{self.kind} {self.language} {self.form}"

    def __repr__(self) -> str:
        """Show the name only."""
        return f"<Canary {self.name}>"


def templates_of(detectors: Iterable[FoundPlugin]) -> tuple[Template, ...]:
    """Return the templates of detectors as found. Raises `msgspec.ValidationError` for a line that is none."""
    found = []
    for plugin in detectors:
        file = plugin.folder / "cases" / FILE
        if file.exists():
            found += [msgspec.json.decode(line, type=Template) for line in file.read_bytes().splitlines() if line]
    return tuple(found)


def missing_kinds(built: Iterable[Any], templates: Sequence[Template]) -> tuple[str, ...]:
    """Return the kinds that a detector masks and that no template makes a canary of."""
    masked = {kind for plugin in built if plugin.family == "sensitive" for kind in plugin.kinds}
    return tuple(sorted(masked - {template.kind for template in templates}))


class Aviary:
    """Breeds canaries: values are drawn until the guard takes one for what it is meant to be."""

    def __init__(
        self,
        screener: Screener,
        packs: Mapping[str, LanguagePack],
        *,
        detectors: Sequence[Any],
        chance: Random,
    ) -> None:
        """Ask `screener` over `detectors` what is real; `chance` makes the values, other ones every time."""
        self._screener = screener
        self._packs = packs
        self._chance = chance
        self._detectors = detectors
        self._specialists: dict[str, Screener] = {}
        self._known: set[str] = set()

    def breed(self, template: Template, form: str) -> Canary | None:
        """Return a canary, None where the form is none for this kind. Its value is none that was bred before: of two
        that are alike, one said in a promised form and one in another, nobody could tell which was found.

        Raises `LookupError` when the guard takes no value of this template for its kind: it does not do what it says,
        or the template has no more values than were bred.
        """
        known = 0
        for number in range(_TRIES):
            tag = word(self._chance) if "{tag}" in template.text else ""
            sentence = Sentence(template.text, draw(template.value, self._chance), tag)
            value = bare(sentence.value.secret) + tag
            if value in self._known:
                known += 1
            elif self._is_real(template, sentence, rare=number > _OFTEN):
                self._known.add(value)
                written = write(form, sentence, self._packs[template.language])
                return None if written is None else _canary(template, form, sentence, written)
        lack = "all values of its template were said" if known else "the guard sees no value of its own template"
        raise LookupError(f"{template.kind} in '{template.language}': {lack}")

    def forget(self) -> None:
        """Breed values again that were bred before."""
        self._known.clear()

    def _is_real(self, template: Template, sentence: Sentence, *, rare: bool) -> bool:
        whole, secret = sentence.value.whole, sentence.value.secret
        # Standing alone, a value is found by its check digits and nothing else: then they are right.
        texts = (whole, sentence.around(whole)) if "alone" in template.promised else (sentence.around(whole),)
        # Where check digits are seldom right by chance, those who know them are asked first: they cost little.
        for guard in (self._specialist(template.kind), self._screener) if rare else (self._screener,):
            for text in texts:
                screened = guard.screen(WildText(text))
                kinds = {span.kind for span in screened.masked.spans}
                if template.kind not in kinds or not is_sealed(secret, _masked_pieces(text, screened)):
                    return False
        return True

    def _specialist(self, kind: str) -> Screener:
        """Return a guard of the detectors that know a kind."""
        if kind not in self._specialists:
            knowing = [detector for detector in self._detectors if kind in detector.kinds]
            self._specialists[kind] = Screener(knowing, tuple(self._packs.values()), matcher="re")
        return self._specialists[kind]

    def every(self, templates: Sequence[Template], *, thorough: bool) -> Iterator[Canary]:
        """Yield canaries: each kind plainly in each language, and in each form in one language, or in all of them."""
        for template in templates:
            yield from self._in_forms(template, ("plain",))
        by_kind: dict[str, list[Template]] = {}
        for template in templates:
            by_kind.setdefault(template.kind, []).append(template)
        for alike in by_kind.values():
            for form in FORMS:
                if form != "plain":
                    some = alike if thorough else [self._choice(alike, form)]
                    for template in some:
                        yield from self._in_forms(template, (form,))

    def bare_values(self, templates: Sequence[Template]) -> tuple[Canary, ...]:
        """Return a canary of each kind that is found without any word about it, for fields that hold no sentences."""
        kinds = {template.kind: template for template in templates if "alone" in template.promised}
        found = (self.breed(template, "alone") for template in kinds.values())
        return tuple(one for one in found if one is not None)

    def sees(self, text: str) -> bool:
        """Return whether the guard hides something of a text."""
        return bool(self._screener.screen(WildText(text)).masked.spans)

    def _choice(self, alike: Sequence[Template], form: str) -> Template:
        """Return one of a kind's templates, one that promises the form if there is any."""
        promising = [template for template in alike if form in template.promised]
        return self._chance.choice(promising or list(alike))

    def _in_forms(self, template: Template, forms: Iterable[str]) -> Iterator[Canary]:
        for form in forms:
            canary = self.breed(template, form)
            if canary is not None:
                yield canary


def is_seen(canary: Canary, screener: Screener) -> bool:
    """Return whether the guard hides every writing of a canary, its messages coming one after another."""
    before: WildText | None = None
    shown = []
    for message in canary.messages:
        screened = screener.after(before).screen(WildText(message))
        before = screener.after(before).tail(WildText(message), screened)
        shown.append(bare(screened.masked.text))
    return not any(bare(secret) in text for secret in canary.secrets for text in (*shown, "".join(shown)))


def is_sealed(secret: str, originals: Iterable[str]) -> bool:
    """Return whether the originals of a message, in their order, hold all of a secret: no sign of it stays readable.

    They may hold it in pieces, where one of its parts is something else as well. Only for a form whose characters are
    the value's own (`LITERAL`). The search after a try finds no rest of a value that was cut off; this does.
    """
    return bare(secret) in "".join(map(bare, originals))


def seals(canary: Canary, screener: Screener) -> bool:
    """Return whether the guard seals all of a canary, or is in a form of which that cannot be told."""
    if canary.form not in LITERAL:
        return True
    text = canary.messages[0]
    return is_sealed(canary.secret, _masked_pieces(text, screener.screen(WildText(text))))


def _masked_pieces(text: str, screened: Screened) -> Iterator[str]:
    """Yield what the masked places hide of a text that was made up here, without the signs between parts of a place."""
    return (text[found.start : found.end] for found in screened.findings if found.family == "sensitive")


def _canary(template: Template, form: str, sentence: Sentence, written: Written) -> Canary:
    return Canary(
        kind=template.kind,
        language=template.language,
        form=form,
        promised=form in template.promised,
        value=sentence.value.whole,
        secret=sentence.value.secret,
        messages=written.messages,
        secrets=written.secrets,
    )
