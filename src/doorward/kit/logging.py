"""Logs are events: `room.thing.happened` and ids, one JSON object a line, never message text (house law 17)."""

import contextlib
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

_EVENT = re.compile(r"[a-z_][a-z_0-9]*(\.[a-z_0-9]+){1,4}\Z")
_LONGEST = 200


def get_logger(room: str) -> Any:
    """Return the logger of a room: `log.info("record.audit.sealed", tenant_id=..., rows=3)`."""
    return _Logger(room)


class _Logger:
    """A room's logger. The library behind it is imported with the first event: most commands log nothing."""

    __slots__ = ("_room",)

    def __init__(self, room: str) -> None:
        self._room = room

    def __getattr__(self, name: str) -> Any:
        import structlog  # noqa: PLC0415 - a fifth of what a screener takes to start

        return getattr(structlog.get_logger(self._room), name)


def _only_events(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Refuse what could carry text: free sentences as events, long or structured values, anything wild."""
    if not _EVENT.match(str(event.get("event", ""))):
        event["event"] = "logging.event.malformed"
    for name, value in event.items():
        if isinstance(value, BaseException):
            # The type says what happened; a message might quote what a customer wrote.
            event[name] = type(value).__name__
        elif not isinstance(value, str | int | float | bool | None):
            event[name] = f"<{type(value).__name__}>"
        elif isinstance(value, str) and len(value) > _LONGEST:
            event[name] = f"<{len(value)} chars>"
    return event


def _place_of_error(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Turn `exc_info` into type and place (file and line), without the message and without local variables."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()[1]
    if isinstance(info, BaseException):
        event["error"] = type(info).__name__
        trace = info.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["where"] = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    return event


class _LineWriter:
    """Writes one line an event. A log that cannot be written must never stop the work that it tells of."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, message: str) -> None:
        """Write an event; a closed or full stream loses it."""
        with contextlib.suppress(OSError, ValueError):
            print(message, file=self._stream or sys.stderr, flush=True)

    log = debug = info = warning = warn = error = critical = exception = msg


def configure(*, level: str = "info", stream: TextIO | None = None) -> None:
    """Write events of `level` and above (`debug` … `error`) to `stream`, standard error by default."""
    import structlog  # noqa: PLC0415 - see above

    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_error,
            _only_events,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_names: _LineWriter(stream),
        cache_logger_on_first_use=False,
    )
