"""What settings of masking are refused for: all faults, each with its place and a sentence in every language."""

from functools import partial

import pytest

from doorward.flow.masking_check import EXAMPLES, MaskingCheck, told
from doorward.kit.i18n import Translator, places
from doorward.kit.tenant_settings import OwnKind, TenantSettings
from tests.support.words import packs

CHECK = MaskingCheck(("PIN", "CARD"), ("webchat", "api"))
BAD_PATTERNS = ("a.", "^a", "(?=a)", "(?i)a", r"(a)\1", r"\q", "(a", "a)", "*a", "a+?", "a{500}", "a{3,2}", "(a)+")
WORSE_PATTERNS = ("(a?){2}", "a{x}", "[z-a]", "[a[b]]", "[^ж]", "((((((((((a))))))))))", "a*", "a|", r"\w+\w+\w+")


def test_all_faults_are_found_each_at_its_place() -> None:
    """Names, words, patterns and rules are judged together; the line is that of the list."""
    settings = TenantSettings(
        masking={"PNI": {"*": "mask"}, "PIN": {"fax": "refuse", "webchat": "keep_last_four"}},
        own_kinds=(
            OwnKind(name="PIN", words=("fine", "c++")),
            OwnKind(name="EMPTY"),
            OwnKind(name="MEMBER", patterns=("ok", "(a+)+"), context=("!",)),
        ),
    )
    found = [(one.setting, one.kind, one.field, one.line, one.key) for one in CHECK.faults(settings)]
    assert found == [
        ("masking", "PNI", "", 0, "masking.wrong.kind"),
        ("masking", "PIN", "fax", 0, "masking.wrong.channel"),
        ("masking", "PIN", "webchat", 0, "masking.wrong.last_four"),
        ("own_kinds", "PIN", "name", 0, "masking.wrong.name_taken"),
        ("own_kinds", "PIN", "words", 2, "masking.word.signs"),
        ("own_kinds", "EMPTY", "words", 0, "masking.wrong.nothing"),
        ("own_kinds", "MEMBER", "context", 1, "masking.word.empty"),
        ("own_kinds", "MEMBER", "patterns", 2, "masking.pattern.repeat_group"),
    ]


def test_there_may_be_only_so_many_patterns_in_all() -> None:
    """What compiles quickly is bounded for all kinds together."""
    kinds = tuple(OwnKind(name=f"KIND_{n}", patterns=tuple(f"x{n}y{m}" for m in range(20))) for n in range(6))
    assert [one.key for one in CHECK.faults(TenantSettings(own_kinds=kinds))] == ["masking.wrong.too_many_patterns"]


@pytest.mark.parametrize("language", ["en", "de", "tr", "id", "ru"])
def test_every_refusal_is_explained_completely(language: str) -> None:
    """Each sentence exists in each language, names the line and the character, and has all its examples."""
    kinds = tuple(OwnKind(name="BAD", patterns=patterns) for patterns in (BAD_PATTERNS, WORSE_PATTERNS))
    say = partial(Translator(packs()).say, language)
    for kind in kinds:
        faults = CHECK.faults(TenantSettings(own_kinds=(kind,)))
        assert len(faults) == len(kind.patterns)
        for fault in faults:
            sentence = told(fault, say)
            assert str(fault.line) in sentence
            assert str(fault.facts["position"]) in sentence
            assert "…" not in sentence
            assert not sentence.startswith("[")
            assert places(sentence) <= places("".join(EXAMPLES.values()))
