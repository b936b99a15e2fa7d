"""A procedure as people look at it."""

from typing import get_args

import pytest

from doorward.answering.procedures import draw, explain, say_unclear
from doorward.answering.procedures.drawing import Edge, Node
from doorward.answering.procedures.run import Unclear
from doorward.kit.i18n import Translator
from tests.unit.answering.procedures.examples import example
from tests.unit.answering.procedures.test_listening import CODES, PACKS

BLOCK, ORDER = example("block_card"), example("order_paper")
SENTENCES = Translator({pack.code: pack for pack in PACKS})


def test_each_step_is_a_node_and_each_way_an_edge() -> None:
    """With what it is about, and what each way is taken for."""
    diagram = draw(BLOCK)
    assert diagram.nodes[:3] == (
        Node(id="known", kind="verify", about="1", row=0),
        Node(id="pick", kind="ask", about="card", row=1),
        Node(id="reason", kind="ask", about="why", row=2),
    )
    assert Edge(source="sure", target="block", label="yes") in diagram.edges
    assert Edge(source="sure", target="kept", label="otherwise") in diagram.edges
    assert Edge(source="block", target="already", label="not_possible") in diagram.edges
    assert Edge(source="replacement", target="virtual", label='slots.card.kind == "virtual"') in diagram.edges
    assert Edge(source="pick", target="no_card", label="none") in diagram.edges


def test_edges_lead_down_unless_they_lead_back() -> None:
    """Rows are such that a picture can be drawn from the top."""
    for procedure in (BLOCK, ORDER):
        diagram = draw(procedure)
        rows = {node.id: node.row for node in diagram.nodes}
        assert all(rows[edge.source] < rows[edge.target] for edge in diagram.edges if not edge.back)
        assert {edge.target for edge in diagram.edges} | {procedure.steps[0].id} == set(rows)


def test_the_same_in_words() -> None:
    """Numbered, each with its sentence and its other ways."""
    lines = explain(BLOCK, "en", SENTENCES)
    assert [line.number for line in lines] == list(range(1, len(BLOCK.steps) + 1))
    assert lines[1].sentence == "Ask: “Which card shall I block?”"
    assert lines[1].ways == ("If there is nothing to choose: step 15",)
    assert lines[3].ways == ("If not: step 11",)
    assert lines[5].ways == ('If slots.card.kind == "virtual": step 9', "In all other cases: step 7")
    assert explain(BLOCK, "de", SENTENCES)[0].sentence == "Sicherstellen, dass bekannt ist, wer schreibt."


@pytest.mark.parametrize("language", CODES)
def test_everything_is_said_in_every_language(language: str) -> None:
    """No key is left over, in steps, ways and refusals."""
    said = [
        text
        for one in (BLOCK, ORDER)
        for line in explain(one, language, SENTENCES)
        for text in (line.sentence, *line.ways)
    ]
    said += [say_unclear(SENTENCES, language, unclear) for unclear in get_args(Unclear) if unclear]
    assert [text for text in said if "[" in text or "…" in text or not text] == []
