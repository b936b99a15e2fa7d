"""Logs: events and ids, no text, and never in the way of the work."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from doorward.kit.logging import configure, get_logger
from doorward.vocabulary.text import WildText

log = get_logger("test")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def written(stream: io.StringIO) -> dict[str, object]:
    """Return the last event."""
    line: dict[str, object] = json.loads(stream.getvalue().splitlines()[-1])
    return line


def test_an_event_is_one_json_line_with_its_ids() -> None:
    """Event, level, time and the ids given."""
    stream = io.StringIO()
    configure(level="info", stream=stream)
    log.info("test.thing.happened", message_id="m1", rows=3)
    line = written(stream)
    assert (line["event"], line["level"], line["message_id"], line["rows"]) == ("test.thing.happened", "info", "m1", 3)


def test_nothing_that_could_carry_text_is_written() -> None:
    """Sentences as events, long strings, wild text, lists and an exception's words are replaced."""
    stream = io.StringIO()
    configure(level="debug", stream=stream)
    log.info("customer said my card is 4242424242424242")
    log.info("test.thing.happened", text=WildText("4242424242424242"), many=["4242424242424242"], long="4" * 500)
    try:
        raise ValueError("4242424242424242")
    except ValueError as error:
        log.exception("test.thing.failed", cause=error)
    assert "4242424242424242" not in stream.getvalue()
    assert written(stream)["error"] == "ValueError"
    assert str(written(stream)["where"]).startswith("test_logging.py:")


def test_a_closed_stream_does_not_stop_the_work() -> None:
    """Logging to a closed stream loses the event and raises nothing."""
    stream = io.StringIO()
    configure(level="info", stream=stream)
    stream.close()
    log.info("test.thing.happened")


def test_less_important_events_are_left_out() -> None:
    """At level warning, information is not written."""
    stream = io.StringIO()
    configure(level="warning", stream=stream)
    log.info("test.thing.happened")
    assert stream.getvalue() == ""
