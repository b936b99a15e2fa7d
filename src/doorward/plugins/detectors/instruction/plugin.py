"""Instructions to the bot: messages that speak to the machine in order to change what it does."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Literal, NamedTuple

from doorward.protection.dialect import WORD_AFTER, WORD_BEFORE, to_python
from doorward.protection.phrases import GAP, PhraseSet, any_of, phrase_set, whole, words_of
from doorward.protection.ports import Candidate, Certainty, Claim, Detector, LanguagePack, Pattern, View, Watch
from doorward.protection.wording import Wording, compile_phrases
from doorward.vocabulary.finding import Family

_MARKUP: Final = (
    # How the training formats of language models mark turns and roles; no customer types them by accident.
    r"<\|[a-z_]{2,24}\|?>",
    r"\[/?inst\]",
    r"<</?sys>>",
    r"</?(?:system|assistant|system_prompt|instructions?|im_start|im_end)>",
    r"[\n]\s*(?:###|\*\*)?\s?(?:system|assistant|developer)\s?(?:prompt|message|instructions?)?\s?(?:\*\*)?:[\s\*]",
    r"#{2,4}\s?(?:system prompt|system message|new instructions?|end of prompt)\M",
    r"\{\{#?(?:system|user|assistant)",
)

_SCORES: Final = {"override": 0.9, "reveal": 0.85, "role": 0.85, "markup": 0.8}
_REACH: Final = 120  # characters on either side of what a verb is about, in which the verb must stand


class InstructionDetector:
    """Finds instructions to drop the rules, to tell them, to be somebody else, and forged turns of a dialogue."""

    id = "instruction"
    family: Family = "threat"
    reads: Literal["wild"] = "wild"
    kinds = ("INSTRUCTION",)

    def watch(self, packs: Sequence[LanguagePack]) -> Watch:
        """Look for the packs' phrases, language by language, and for the markup of language models.

        `injection_override_object` and `injection_reveal_object` say what it is about ('your instructions'); a verb of
        the same pack must stand before or behind.
        """
        patterns = [Pattern(name="markup", expression=expression) for expression in _MARKUP]
        phrases = {}
        verbs = {}
        for pack in packs:
            for subkind in ("override", "reveal"):
                objects, actions = (words_of([pack], f"injection_{subkind}_{part}") for part in ("object", "verb"))
                if objects and actions:
                    name = f"{subkind}.{pack.code}"
                    expression = whole(any_of(objects))
                    patterns.append(Pattern(name=name, expression=expression, before=_REACH, after=_REACH))
                    verbs[name] = _Verbs.of(actions)
            if pack.words("injection"):
                name = f"role.{pack.code}"
                phrases[name] = phrase_set(pack.words("injection"))
                patterns.append(Pattern(name=name, expression=phrases[name].expression, after=_REACH))
        return Watch(patterns, partial(_examine, phrases, verbs))


class _Verbs(NamedTuple):
    before: Wording
    behind: Wording

    @classmethod
    def of(cls, verbs: Sequence[str]) -> "_Verbs":
        gap = to_python(GAP)
        return cls(
            before=compile_phrases(verbs, before=WORD_BEFORE, after=rf"{gap}\Z"),
            behind=compile_phrases(verbs, before=gap, after=WORD_AFTER),
        )


def _examine(
    phrases: Mapping[str, PhraseSet], verbs: Mapping[str, _Verbs], candidate: Candidate, view: View
) -> Sequence[Claim]:
    """Return the instruction at the candidate, if its other words are there."""
    subkind = candidate.pattern.partition(".")[0]
    start, end = candidate.start, candidate.end
    if candidate.pattern in phrases:
        whole_end = phrases[candidate.pattern].end(view.text, start)
        if whole_end is None:
            return ()
        end = whole_end
    elif candidate.pattern in verbs:
        window = max(start - _REACH, 0)
        before = verbs[candidate.pattern].before.search(view.text[window:start])
        behind = verbs[candidate.pattern].behind.match(view.text, end)
        if before is None and behind is None:
            return ()
        start = window + before.start() if before else start
        end = behind.end() if behind else end
    return (
        Claim(
            kind="INSTRUCTION",
            subkind=subkind,
            start=start,
            end=end,
            certainty=Certainty.CONTEXT,
            score=_SCORES[subkind],
            rule=f"instruction.{subkind}",
        ),
    )


def build(_kit: object) -> Detector:
    """Return the detector."""
    return InstructionDetector()
