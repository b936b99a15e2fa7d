"""What is checked of a procedure before anybody meets it, and that each problem is told with its place."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doorward.answering.procedures.loading import load_procedure, load_procedures
from doorward.answering.procedures.model import AskStep, CallStep, Reference
from doorward.vocabulary.errors import ProcedureInvalid
from tests.unit.answering.procedures.examples import FOLDER, KNOWN, LANGUAGES, changed, example, raw

Change = Callable[[dict[str, Any]], object]


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the procedure in a folder."""
    with pytest.raises(ProcedureInvalid) as refused:
        load_procedure(folder, languages=LANGUAGES, known=KNOWN)
    assert refused.value.facts == {"procedure": folder.name}
    return refused.value.detail.splitlines()


def step(content: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a step of a file's content."""
    found = next(one for one in content["steps"] if one["id"] == name)
    assert isinstance(found, dict)
    return found


def without(content: dict[str, Any], name: str) -> None:
    """Take a step away."""
    content["steps"].remove(step(content, name))


def put(content: dict[str, Any], before: str, new: dict[str, Any]) -> None:
    """Put a step before another."""
    content["steps"].insert(content["steps"].index(step(content, before)), new)


def test_a_procedure_is_read_whole() -> None:
    """Slots, steps, references and texts come out as they were written."""
    procedure = example("block_card")
    assert (procedure.id, procedure.version, procedure.intents) == ("block_card", 1, ("lost_card", "stolen_card"))
    assert (procedure.slots["card"].of, procedure.slots["why"].options) == ("card", ("lost", "stolen"))
    block = procedure.step("block")
    assert isinstance(block, CallStep)
    assert block.arguments == {"card": Reference("slots", "card"), "reason": Reference("slots", "why")}
    assert procedure.step("pick") == AskStep(id="pick", slot="card", skip_if_only_one=True, none="no_card")
    assert procedure.codes("de")["stolen"] == "gestohlen"


SHAPES: list[tuple[Change, str]] = [
    (lambda c: c.update(colour="red"), "procedure.yaml: colour: is not a field"),
    (lambda c: c.pop("steps"), "procedure.yaml: steps: is missing"),
    (lambda c: c.update(version="1"), "procedure.yaml: version: is not a whole number"),
    (lambda c: c.update(version=True), "procedure.yaml: version: is not a whole number"),
    (lambda c: c.update(version=0), "procedure.yaml: version: begins with 1"),
    (lambda c: c.update(id="other"), "procedure.yaml: id: is not the name of its folder"),
    (lambda c: c.update(intents=[]), "procedure.yaml: intents: needs one at least"),
    (lambda c: c.update(intents=["a", "a"]), "procedure.yaml: intents: is not a list of names, each of them once"),
    (lambda c: c["slots"]["why"].update(kind="mood"), "procedure.yaml: slot 'why': kind: is none of thing, choice"),
    (lambda c: c["slots"]["why"].update(retries=9), "procedure.yaml: slot 'why': retries: is not within 0 and 5"),
    (lambda c: c["slots"].update(slots=c["slots"].pop("why")), "procedure.yaml: slot 'slots': is no name for a slot"),
    (lambda c: step(c, "pick").update(go="end"), "procedure.yaml: step 'pick': needs exactly one of say, ask"),
    (lambda c: step(c, "pick").pop("ask"), "procedure.yaml: step 'pick': needs exactly one of say, ask"),
    (lambda c: step(c, "pick").update(into="x"), "procedure.yaml: step 'pick': into: is not a field"),
    (lambda c: step(c, "known").update(verify=3), "procedure.yaml: step 'known': verify: is not 1 or 2"),
    (lambda c: step(c, "end").update(end="maybe"), "procedure.yaml: step 'end': end: is none of resolved, declined"),
    (lambda c: step(c, "no_card").update(hand_over="A b"), "procedure.yaml: step 'no_card': hand_over: is no code"),
    (lambda c: step(c, "end").update(id="told"), "procedure.yaml: step 'told': id: stands there twice"),
    (lambda c: step(c, "end").update(id="Told!"), "procedure.yaml: step 8: id: is missing, or is no name"),
    (
        lambda c: step(c, "replacement").update(branch=[{"else": "told"}]),
        "step 'replacement': branch: needs a way with",
    ),
    (lambda c: step(c, "replacement")["branch"].pop(), "step 'replacement': branch 1: when: is not a field"),
    (lambda c: step(c, "block")["with"].update(card=["x"]), "step 'block': with.card: is neither a value nor a place"),
    (lambda c: step(c, "block").update(into="slots"), "procedure.yaml: step 'block': into: is no name"),
    (lambda c: c.update(steps=[]), "procedure.yaml: steps: needs one at least"),
]

SENSE: list[tuple[Change, str]] = [
    (lambda c: step(c, "pick").update(ask="cards"), "procedure.yaml: step 'pick': ask: is no slot"),
    (lambda c: c["slots"]["card"].update(of="ship"), "slot 'card': of: is no kind of thing of the core system"),
    (lambda c: c["slots"]["card"].pop("show"), "procedure.yaml: slot 'card': show: is missing"),
    (lambda c: c["slots"]["why"].update(or_named=True), "slot 'why': or_named: is not for the kind 'choice'"),
    (
        lambda c: c["slots"]["card"].update(or_named=True) or c["slots"]["card"].pop("where"),
        "slot 'card': or_named: is for things that do not fit `where`",
    ),
    (lambda c: step(c, "replacement")["branch"][0].update(when='slots.why == "stollen"'), "'slots.why' is never"),
    (lambda c: step(c, "replacement")["branch"][0].update(when="slots.why"), "branch 1: when: a condition is wanted"),
    (lambda c: c["slots"]["why"].update(of="card"), "slot 'why': of: is not for the kind 'choice'"),
    (lambda c: c["slots"]["why"].update(options=["lost"]), "slot 'why': options: needs two codes at least"),
    (lambda c: c["slots"]["why"].update(least=1), "slot 'why': least: is not for the kind 'choice'"),
    (lambda c: c["slots"].update(more={"kind": "text", "ask": "why"}), "slot 'more': nobody asks for it"),
    (lambda c: step(c, "reason").update(none="end"), "step 'reason': none: is not for the kind 'choice'"),
    (lambda c: step(c, "block").update(act="burn_card"), "step 'block': act: is no operation of the core system"),
    (lambda c: step(c, "block").update(act="paper_stock"), "step 'block': act: is an operation for `look_up`"),
    (lambda c: step(c, "block")["with"].pop("card"), "step 'block': with.card: is missing"),
    (lambda c: step(c, "block")["with"].update(of="x"), "step 'block': with.of: is no argument of this operation"),
    (lambda c: step(c, "block")["with"].update(card="slots.why"), "with.card: cannot be a thing of the kind 'card'"),
    (lambda c: step(c, "block")["with"].update(card="1234"), "with.card: cannot be a thing of the kind 'card'"),
    (lambda c: step(c, "block")["with"].update(card="blocked.day"), "with.card: cannot be a thing of the kind 'card'"),
    (lambda c: step(c, "block")["with"].update(card="slots.cart"), "step 'block': with.card: is no slot"),
    (lambda c: step(c, "block")["with"].update(card="other.thing"), "step 'block': with.card: comes from nowhere"),
    (lambda c: step(c, "block")["with"].update(reason="eaten"), "with.reason: is none of lost, stolen, other"),
    (lambda c: step(c, "block")["with"].update(reason=1), "step 'block': with.reason: cannot be of the kind 'choice'"),
    (lambda c: c["slots"]["why"].update(options=["lost", "bored"]), "with.reason: may be none of lost, stolen, other"),
    (
        lambda c: step(c, "block")["failed"].update(odd="end"),
        "step 'block': failed.odd: is no outcome of this operation",
    ),
    (
        lambda c: step(c, "block")["failed"].update(not_possible="x"),
        "step 'block': failed.not_possible: 'x' is no step",
    ),
    (lambda c: step(c, "block").update(into="card"), "procedure.yaml: step 'block': into: is taken"),
    (lambda c: step(c, "sure").update(otherwise="nowhere"), "step 'sure': otherwise: 'nowhere' is no step"),
    (lambda c: step(c, "pick").pop("none"), "procedure.yaml: step 'no_card': is never reached"),
    (lambda c: without(c, "sure"), "step 'block': act: cannot be taken back, and a path to it confirms nothing"),
    (lambda c: without(c, "known"), "step 'pick': ask: shows the customer's things, and a path to it verifies nobody"),
    (lambda c: without(c, "known"), "step 'block': act: needs level 1, and a path to it verifies 0 only"),
    (lambda c: step(c, "block").update(act="replace_card", **{"with": {"card": "slots.card"}}), "needs level 2, and"),
    (
        lambda c: step(c, "replacement")["branch"][0].update(when="slots.card.colour == 1"),
        "step 'replacement': branch 1: when: there is no 'slots.card.colour'",
    ),
    (lambda c: c["slots"]["card"].update(where="owner == 1"), "slot 'card': where: there is no 'owner'"),
    (lambda c: c["slots"]["card"].update(where="(("), "slot 'card': where: something is missing at the end"),
    (lambda c: put(c, "no_card", {"id": "x", "say": "kept"}), "step 'x': is never reached"),
    (lambda c: step(c, "told").update(say="nothing"), "texts/en.yaml: nothing: is missing"),
]


@pytest.mark.parametrize(("change", "told"), [*SHAPES, *SENSE])
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, change: Change, told: str) -> None:
    """Each mistake refuses the procedure, and somebody who reads the sentence knows where to look."""
    content = raw("block_card")
    change(content)
    found = problems(changed(tmp_path, "block_card", content))
    assert any(told in problem for problem in found), found
    assert all(problem.startswith("block_card/") for problem in found)


def test_a_confirmation_is_needed_on_every_path(tmp_path: Path) -> None:
    """A way around the question is found, and so is a question after it that changes what was agreed to."""
    around = raw("block_card")
    put(around, "sure", {"id": "quick", "branch": [{"when": 'slots.why == "stolen"', "go": "block"}, {"else": "sure"}]})
    assert any("confirms nothing" in one for one in problems(changed(tmp_path, "block_card", around)))
    changed_after = raw("block_card")
    ask = step(changed_after, "reason")
    without(changed_after, "reason")
    put(changed_after, "block", ask)
    assert any("confirms nothing" in one for one in problems(changed(tmp_path / "b", "block_card", changed_after)))
    refused = raw("block_card")
    step(refused, "sure")["otherwise"] = "block"
    assert any("confirms nothing" in one for one in problems(changed(tmp_path / "c", "block_card", refused)))


def test_a_level_is_needed_on_every_path(tmp_path: Path) -> None:
    """Where verifying fails, nobody is verified."""
    content = raw("block_card")
    step(content, "known")["otherwise"] = "pick"
    assert any("verifies 0 only" in one for one in problems(changed(tmp_path, "block_card", content)))


def test_circles_in_which_nobody_is_asked_are_refused(tmp_path: Path) -> None:
    """A circle with a question in it is a way to try again; one without would never end."""
    good = raw("block_card")
    step(good, "already_end").clear()
    good["steps"][-2].update(id="already_end", go="pick")
    load_procedure(changed(tmp_path, "block_card", good), languages=LANGUAGES, known=KNOWN)
    bad = raw("block_card")
    step(bad, "already_end").clear()
    bad["steps"][-2].update(id="already_end", go="block")
    found = problems(changed(tmp_path / "bad", "block_card", bad))
    assert "block_card/procedure.yaml: step 'block': is on a circle in which nobody is asked anything" in found


def test_a_step_without_an_end_is_refused(tmp_path: Path) -> None:
    """Whoever comes there would be asked for ever."""
    content = raw("block_card")
    step(content, "no_card").clear()
    content["steps"][-1].update(id="no_card", ask="why")
    content["steps"].append({"id": "round", "go": "no_card"})
    found = problems(changed(tmp_path, "block_card", content))
    assert "block_card/procedure.yaml: step 'no_card': no end can be reached from it" in found
    assert "block_card/procedure.yaml: step 'round': no end can be reached from it" in found


def test_the_last_step_must_end(tmp_path: Path) -> None:
    """Below a step that goes on there is another one."""
    content = raw("block_card")
    without(content, "no_card")
    step(content, "pick").pop("none")
    step(content, "already_end").clear()
    content["steps"][-1].update(id="already_end", say="kept")
    assert problems(changed(tmp_path, "block_card", content)) == [
        "block_card/procedure.yaml: step 'already_end': nothing follows it",
        "block_card/procedure.yaml: step 'already': no end can be reached from it",
        "block_card/procedure.yaml: step 'already_end': no end can be reached from it",
    ]


def test_two_persons_and_bounds_are_declared(tmp_path: Path) -> None:
    """What a second person must agree to says where it waits; a slot may not exceed what its operation takes."""
    content = raw("order_paper")
    content["slots"]["rolls"]["most"] = 500
    assert any("the slot needs `most: 50`" in one for one in problems(changed(tmp_path, "order_paper", content)))
    closing = raw("order_paper")
    step(closing, "order").update({"act": "close_account", "with": {}})
    found = problems(changed(tmp_path / "b", "order_paper", closing))
    assert any("failed.waiting: is missing: two persons have to agree" in one for one in found)


def test_a_key_and_a_code_are_texts_too(tmp_path: Path) -> None:
    """What was offered may be told where a text is wanted; what somebody wrote may not name a thing."""
    content = raw("order_paper")
    step(content, "order").update({"act": "complain", "with": {"about": "slots.terminal"}})
    step(content, "order").pop("into")
    found = problems(changed(tmp_path, "order_paper", content))
    assert not any("with.about" in one for one in found)
    content["slots"]["rolls"] = {"kind": "text", "ask": "how_many", "most": 10}
    step(content, "stock")["with"] = {"device": "slots.rolls"}
    found = problems(changed(tmp_path / "b", "order_paper", content))
    assert any("with.device: cannot be a thing of the kind 'device'" in one for one in found)


def test_a_value_is_needed_on_every_path(tmp_path: Path) -> None:
    """An argument or a text may not name what one of the paths to it never asked for."""
    content = raw("order_paper")
    without(content, "count")
    put(content, "told", {"id": "count", "ask": "rolls"})
    found = problems(changed(tmp_path, "order_paper", content))
    assert "order_paper/procedure.yaml: step 'order': with.rolls: has no value on a path to it" in found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kept:", "keep:", "texts/de.yaml: kept: is missing"),
        ("kept:", "keep:", "texts/en.yaml: keep: is missing"),
        ("code.lost: verloren", "", "texts/de.yaml: code.lost: is missing"),
        ("{blocked.day}", "{blocked.date}", "texts/de.yaml: blocked: names 'blocked.date', which nobody knows"),
        ("{slots.card.key}", "{slots.card.iban}", "names 'slots.card.iban', which nobody knows"),
        ("{slots.card}", "{blocked.day}", "texts/de.yaml: sure: names 'blocked.day', which has no value on a path"),
        ("{thing.key}", "{slots.card}", "texts/de.yaml: card_line: names 'slots.card', which a thing has not"),
        ("{slots.card}", "{slots.card!r}", "texts/de.yaml: sure: has a brace that belongs to no place"),
        ("{slots.card}", "{slots.card.__class__}", "texts/de.yaml: sure: has a brace that belongs to no place"),
        ("code.lost: verloren", "code.lost: '{slots.why}'", "texts/de.yaml: code.lost: is a word, and has no places"),
        ("code.lost: verloren", "code.lost: [1]", "texts/de.yaml: code.lost: is not a text"),
        ("code.lost: verloren", "code.lost: ' '", "texts/de.yaml: code.lost: is empty, or longer than"),
        ("kept:", "kept: x\nkept:", "texts/de.yaml: line 8: a key that stands there twice"),
    ],
)
def test_texts_are_whole_and_name_what_there_is(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Each text is there in every language, and its places have a value wherever it is said."""
    folder = changed(tmp_path, "block_card", raw("block_card"))
    file = folder / "texts" / "de.yaml"
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")
    found = problems(folder)
    assert any(told in problem for problem in found), found


def test_a_reason_that_is_told_has_a_name_in_every_language(tmp_path: Path) -> None:
    """After a failure only how it ended is known; whoever tells why says all the reasons that there are."""
    folder = changed(tmp_path, "block_card", raw("block_card"))
    for file in (folder / "texts").iterdir():
        text = file.read_text("utf-8")
        line = next(line for line in text.splitlines() if line.startswith("already:"))
        file.write_text(text.replace(line, 'already: "{blocked.why}, {blocked.day}"'), "utf-8")
    assert problems(folder) == [
        "block_card/texts/en.yaml: code.already_blocked: is missing",
        "block_card/texts/de.yaml: code.already_blocked: is missing",
        "block_card/texts/en.yaml: code.wrong_state: is missing",
        "block_card/texts/de.yaml: code.wrong_state: is missing",
        "block_card/texts/en.yaml: already: names 'blocked.day', which has no value on a path to step 'already'",
        "block_card/texts/de.yaml: already: names 'blocked.day', which has no value on a path to step 'already'",
    ]


def test_a_missing_language_is_told_and_a_foreign_one_too(tmp_path: Path) -> None:
    """The company's languages are all there, and no others."""
    folder = changed(tmp_path, "block_card", raw("block_card"))
    (folder / "texts" / "de.yaml").rename(folder / "texts" / "fr.yaml")
    assert problems(folder) == [
        "block_card/texts/fr.yaml: is of no language of the company",
        "block_card/texts/de.yaml: there is no such file, or it cannot be read",
    ]


def test_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    """The good ones load; the bad one's sentence is kept; of two for one intent the first has it."""
    changed(tmp_path, "order_paper", raw("order_paper"))
    changed(tmp_path, "block_card", {"id": "block_card"})
    loaded = load_procedures(tmp_path, languages=LANGUAGES, known=KNOWN)
    assert list(loaded.procedures) == ["order_paper"]
    assert ["block_card/procedure.yaml" in error.detail for error in loaded.refused] == [True]
    found = loaded.started_by("terminal_paper")
    assert found is not None
    assert found.id == "order_paper"
    assert loaded.started_by("lost_card") is None
    changed(tmp_path / "two", "block_card", raw("block_card"))
    second = raw("order_paper")
    second["intents"] = ["lost_card"]
    changed(tmp_path / "two", "order_paper", second)
    both = load_procedures(tmp_path / "two", languages=LANGUAGES, known=KNOWN)
    assert [error.detail for error in both.refused] == [
        "order_paper/procedure.yaml: intents: 'lost_card' starts 'block_card' already"
    ]


def test_a_folder_that_is_not_there_has_no_procedures(tmp_path: Path) -> None:
    """A company without procedures is no mistake."""
    loaded = load_procedures(tmp_path / "none", languages=LANGUAGES, known=KNOWN)
    assert (loaded.procedures, loaded.refused) == ({}, ())


def test_the_examples_are_good() -> None:
    """What the other tests walk through is what loads."""
    loaded = load_procedures(FOLDER, languages=LANGUAGES, known=KNOWN)
    assert (list(loaded.procedures), loaded.refused) == (["block_card", "order_paper"], ())


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    """What the page shows is a procedure as it can be written."""
    page = (Path(__file__).parents[4] / "docs" / "concepts" / "procedures.md").read_text("utf-8")
    content, texts = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    folder = tmp_path / "block_card"
    (folder / "texts").mkdir(parents=True)
    (folder / "procedure.yaml").write_text(content, "utf-8")
    (folder / "texts" / "en.yaml").write_text(texts, "utf-8")
    block = msgspec.structs.replace(KNOWN.operations["block_card"], reasons=("already_blocked",))
    known = msgspec.structs.replace(KNOWN, operations={"block_card": block})
    procedure = load_procedure(folder, languages=("en",), known=known)
    assert (procedure.intents, len(procedure.steps)) == (("card.block",), 12)
