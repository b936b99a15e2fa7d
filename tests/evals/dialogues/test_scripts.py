"""The dialogues are those that were committed before what they judge, and hold together."""

import hashlib
import re
from collections import Counter
from pathlib import Path

from tests.evals.dialogues.scripts import FILE, Script, scripts

RECORD = Path(__file__).parents[3] / "docs/decisions/0032-evaluation-of-dialogues.md"
LANGUAGES = {"en", "de", "tr", "id", "ru"}


def everything() -> list[Script]:
    """Return both halves."""
    return [*scripts("dev"), *scripts("test")]


def test_the_set_is_the_one_that_was_recorded() -> None:
    """Nobody changes a dialogue without changing the record."""
    (pinned,) = re.findall(r"`([0-9a-f]{64})`", RECORD.read_text(encoding="utf-8"))
    assert pinned == hashlib.sha256(FILE.read_bytes()).hexdigest()


def test_there_are_as_many_as_the_record_says() -> None:
    """Two hundred, forty of each language, a quarter of them to look at."""
    assert Counter(one.language for one in everything()) == dict.fromkeys(LANGUAGES, 40)
    assert (len(scripts("dev")), len(scripts("test"))) == (50, 150)
    assert len({one.id for one in everything()}) == 200


def test_every_change_is_of_something_that_is_there() -> None:
    """What is to change exists and is different; nothing is to change in a dialogue that ends without being done."""
    for one in everything():
        for change in one.state:
            assert (change.set is None) != (change.new is None), one.id
            if change.key is not None:
                things = one.world[change.thing]
                (thing,) = [it for it in things if change.key in it.values()]
                assert any(thing.get(name) != value for name, value in (change.set or {}).items()), one.id
        assert one.state == () or one.end != "declined", one.id
        assert (one.article is None) or not one.state, one.id


def test_every_customer_can_answer() -> None:
    """Each opens the dialogue, and has a yes or no for whoever asks."""
    for one in everything():
        assert one.say, one.id
        assert all(text.strip() for text in one.say), one.id
        assert one.answers["confirm"], one.id
