"""The drawing of a procedure: every step and way is there, nothing lies over anything else, all of it inside."""

from functools import cache
from itertools import combinations

import pytest

from doorward.answering.procedures import Diagram, draw
from doorward.answering.procedures.drawing import Edge, Node
from doorward.doors.web.desk.procedures.layout import HEIGHT, WIDTH, Drawing, lay_out
from doorward.plugins.companies.halden.tests.walking import loaded

NAMES = sorted(loaded().procedures)


@cache
def drawn(name: str) -> tuple[Diagram, Drawing]:
    """Return a procedure of Halden's with its drawing."""
    diagram = draw(loaded().procedures[name])
    return diagram, lay_out(diagram)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_has_a_box_and_no_box_lies_over_another(name: str) -> None:
    """Inside the picture, in the row that it is said to be in."""
    diagram, drawing = drawn(name)
    assert [one.id for one in drawing.boxes] == [node.id for node in diagram.nodes]
    for one in drawing.boxes:
        assert 0 <= one.x <= drawing.width - WIDTH
        assert 0 <= one.y <= drawing.height - HEIGHT
    for one, other in combinations(drawing.boxes, 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT, (one, other)
    rows = {node.id: node.row for node in diagram.nodes}
    for one, other in combinations(drawing.boxes, 2):
        assert (rows[one.id] < rows[other.id]) == (one.y < other.y)


@pytest.mark.parametrize("name", NAMES)
def test_every_way_is_drawn_once_and_with_words_where_it_has_some(name: str) -> None:
    """Ways between the same steps are one line."""
    diagram, drawing = drawn(name)
    wanted = {(edge.source, edge.target) for edge in diagram.edges}
    assert {(line.source, line.target) for line in drawing.lines} == wanted
    assert len(drawing.lines) == len(wanted)
    labelled = {(edge.source, edge.target) for edge in diagram.edges if edge.label}
    assert {(line.source, line.target) for line in drawing.lines if line.label} == labelled


def test_ways_back_run_at_the_side() -> None:
    """Left of all steps, each in a lane of its own; a way over several rows runs through none of the steps between."""
    nodes = tuple(Node(id=one, kind="say", about="", row=row) for row, one in enumerate("abcd"))
    ways = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")]
    edges = (
        *(Edge(source=source, target=target) for source, target in ways),
        Edge(source="c", target="a", label="again", back=True),
        Edge(source="d", target="b", label="no", back=True),
    )
    drawing = lay_out(Diagram(nodes=nodes, edges=edges))
    left = min(one.x for one in drawing.boxes)
    lanes = [float(line.path.split(" H")[1].split(" ")[0]) for line in drawing.lines if line.back]
    assert len(set(lanes)) == 2
    assert all(0 < lane < left for lane in lanes)
    (long,) = [line for line in drawing.lines if (line.source, line.target) == ("a", "d")]
    beside = [float(part.split(",")[0].strip("MC")) for part in long.path.split(" ") if "," in part]
    assert max(beside) > left + WIDTH


def test_a_drawing_is_always_the_same() -> None:
    """And the longest way runs straight down."""
    diagram, drawing = drawn("close_account")
    assert lay_out(diagram) == drawing
    first = drawing.boxes[0]
    assert sum(one.x == first.x for one in drawing.boxes) == len({node.row for node in diagram.nodes})
