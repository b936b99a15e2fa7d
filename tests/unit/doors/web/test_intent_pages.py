"""The picture of what is taken for what says what its table says."""

import msgspec

from doorward.doors.web.desk.intents.view import HEAT, heat_map
from doorward.understanding.intents import IntentScore, Judgement, Pair

NOTHING = Judgement(
    phrases=100,
    strangers=0,
    accuracy=0.9,
    accuracy_kept=0.9,
    in_first_three=1.0,
    false_reject=0.05,
    stranger_auroc=None,
    strangers_found=None,
    strangers_found_at_5=None,
    threshold=0.3,
    languages={},
    intents=(),
    confusions=(),
)


def test_a_place_has_the_share_of_its_row() -> None:
    """Rows and columns are the intents in the order of the table."""
    judgement = msgspec.structs.replace(
        NOTHING,
        intents=(IntentScore(intent="a", phrases=20, precision=1.0, recall=0.5),),
        confusions=(Pair(intent="a", taken_for="b", phrases=5), Pair(intent="c", taken_for="a", phrases=1)),
    )
    heat = heat_map(judgement)
    assert (heat.rows, heat.columns) == (("a", "c"), ("b", "a"))
    assert [(one.row, one.column, one.phrases, one.share) for one in heat.cells] == [(0, 0, 5, 0.25), (1, 1, 1, 1.0)]


def test_a_picture_has_a_bounded_size() -> None:
    """However many pairs there are."""
    pairs = tuple(Pair(intent=f"a{number}", taken_for=f"b{number}", phrases=1) for number in range(50))
    heat = heat_map(msgspec.structs.replace(NOTHING, confusions=pairs))
    assert (len(heat.rows), len(heat.columns), len(heat.cells)) == (HEAT, HEAT, HEAT)


def test_nothing_confused_is_an_empty_picture() -> None:
    """No rows, no columns."""
    heat = heat_map(NOTHING)
    assert (heat.rows, heat.columns, heat.cells) == ((), (), ())
