"""What detectors promise of their canaries, whoever wrote them: what the leak test says is seen by the guard."""

from functools import cache
from random import Random

import pytest

from doorward.doors.cli.ending import Stop
from doorward.doors.cli.leaks.canaries import Aviary, Template, is_seen, missing_kinds, seals, templates_of
from doorward.doors.cli.leaks.forms import FORMS, bare
from doorward.doors.cli.leaks.trying import bred
from doorward.kit.plugins import discover
from doorward.protection.screener import Screener
from tests.support.screening import all_packs, detector, screener

FOUND = discover("detector")
TEMPLATES = templates_of(FOUND)
LANGUAGES = {"en", "de", "tr", "id", "ru"}
PROMISES = [(template, form) for template in TEMPLATES for form in FORMS if form in template.promised]
EXPERIMENTAL = "name_address"


def guard() -> Screener:
    """Return the guard of the scratch house: every detector, those that ask to be chosen too."""
    return screener(also=EXPERIMENTAL)


@cache
def aviary() -> Aviary:
    """Return where the canaries of these tests come from."""
    packs = {pack.code: pack for pack in all_packs()}
    detectors = [detector(plugin.manifest.id) for plugin in FOUND]
    return Aviary(guard(), packs, detectors=detectors, chance=Random(20261129))


def test_every_kind_that_is_masked_has_canaries_in_every_language() -> None:
    """No detector hides something that the leak test never says."""
    assert missing_kinds([detector(plugin.manifest.id) for plugin in FOUND], TEMPLATES) == ()
    for kind in {template.kind for template in TEMPLATES}:
        assert {template.language for template in TEMPLATES if template.kind == kind} == LANGUAGES, kind


def test_a_detector_tells_of_its_own_kinds_alone() -> None:
    """A detector's canaries are of kinds that it masks, in forms that there are."""
    for plugin in FOUND:
        for template in templates_of([plugin]):
            assert template.kind in detector(plugin.manifest.id).kinds
            assert set(template.forms) <= set(FORMS) - {"plain"}
            assert template.text.count("{}") == 1


def test_no_value_is_bred_twice() -> None:
    """Of two alike nobody could tell which was found; there are enough values for all forms in each language."""
    template = next(one for one in TEMPLATES if one.kind == "PERSON" and one.language == "ru")
    bred = [aviary().breed(template, form) for form in FORMS]
    assert len({bare(one.value) for one in bred if one is not None}) == sum(one is not None for one in bred)


def test_there_are_values_for_all_that_a_thorough_try_says() -> None:
    """Every kind in every form and language, and then some besides, each with a value of its own."""
    packs = {pack.code: pack for pack in all_packs()}
    detectors = [detector(plugin.manifest.id) for plugin in FOUND]
    said = bred(Aviary(guard(), packs, detectors=detectors, chance=Random(7)), TEMPLATES, thorough=True)
    assert {(one.kind, one.language) for one in said.chat} == {(one.kind, one.language) for one in TEMPLATES}
    values = [bare(one.value) for one in said.everything if one.kind == "PERSON"]
    assert len(values) == len(set(values))


def test_a_template_with_too_few_values_is_told() -> None:
    """In words that say which, for whoever wrote the template."""
    packs = {pack.code: pack for pack in all_packs()}
    birds = Aviary(guard(), packs, detectors=[detector("email")], chance=Random(1))
    few = Template(kind="EMAIL", language="en", text="Write to {} please", value="<anna|bert>@example.org")
    with pytest.raises(Stop, match="EMAIL in 'en': all values of its template were said"):
        bred(birds, [few], thorough=True)
    none = Template(kind="EMAIL", language="en", text="Write to {} please", value="<a5>")
    with pytest.raises(Stop, match="EMAIL in 'en': the guard sees no value of its own template"):
        bred(birds, [none], thorough=True)


@pytest.mark.parametrize(
    ("template", "form"), PROMISES, ids=[f"{template.kind}-{template.language}-{form}" for template, form in PROMISES]
)
def test_a_promised_form_is_seen(template: Template, form: str) -> None:
    """Fresh values of each kind, said in each language in each form that is promised, are masked from end to end."""
    canary = aviary().breed(template, form)
    assert canary is not None
    assert is_seen(canary, guard())
    assert seals(canary, guard())
