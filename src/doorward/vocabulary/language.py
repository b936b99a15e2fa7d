"""A language as data: its messages, its words for the detectors, its case rules."""

from collections.abc import Mapping

import msgspec


class LanguagePack(msgspec.Struct, frozen=True, kw_only=True):
    """One language plugin, read from its folder.

    `code` is ISO 639-1, `name` the language's own name for itself, `direction` `ltr` or `rtl`. `messages` maps keys to
    sentences with `{named}` places. `lexicon` maps an entity or purpose (`one_time_code`, `pin`, `password`, `phone`,
    `card`, `person_request`, `call_request`, `complaint_request`, `greeting`, `thanks`, `stop_words` ...) to words and
    phrases as written; detectors and rooms own no words of their own. `values` tells, by purpose, what words
    mean where they mean something that can be written shorter (`digit_word`: `seven` is `7`). `fold` maps characters to
    what they become before `str.casefold` (Turkish `I` to `ı`). `stemmer` is the snowball algorithm's name, or empty.
    """

    code: str
    name: str
    direction: str = "ltr"
    messages: Mapping[str, str] = {}
    lexicon: Mapping[str, tuple[str, ...]] = {}
    values: Mapping[str, Mapping[str, str]] = {}
    fold: Mapping[str, str] = {}
    stemmer: str = ""

    def fold_case(self, text: str) -> str:
        """Return `text` in lower case by this language's rules."""
        for source, target in self.fold.items():
            text = text.replace(source, target)
        return text.casefold()

    def words(self, purpose: str) -> tuple[str, ...]:
        """Return the words for a purpose, none if the pack has none."""
        return self.lexicon.get(purpose, ())

    def meanings(self, purpose: str) -> Mapping[str, str]:
        """Return what the words for a purpose mean, as far as the pack tells."""
        return self.values.get(purpose, {})
