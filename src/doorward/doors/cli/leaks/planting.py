"""Planting leaks, one in each sink, to prove that each is found. Only in a scratch house, which ends with the test."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from doorward.doors.cli.leaks.calling import Ear
from doorward.kit.db import Database
from doorward.kit.db.everything import plant

_IN_DATABASE: Final = {
    "table": "tables",
    "index": "tables",
    "deleted": "database files",
    "wal": "write-ahead log",
    "object": "tables",
}
_PLANTED: Final = "planted: "
_HEARD: Final = ("answers", "streams", "metrics", "mail", "export", "documentation", "webhooks")


def _hex(text: str) -> bytes:
    return text.encode().hex().encode()


def _append(path: Path, content: bytes) -> None:
    """Add to a file. It begins with a zero byte: SQLite plays a journal back that does not, and takes it away."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab") as file:
        file.write(b"\0before " + content + b" behind\n")


_IN_FILES: Final[Mapping[str, tuple[str, str, Callable[[str], bytes]]]] = {
    "log": ("logs", "logs/server.log", str.encode),
    "temporary": ("temporary files", "tmp/upload", _hex),
    "cache": ("caches", "data/cache/page", lambda text: b64encode(text.encode())),
    "file": ("data folder", "data/audit/note", lambda text: b64encode(b"a" + text.encode())),
    "crash": ("crash reports", "cwd/core.1", lambda text: text.encode("utf-16-le")),
    "journal": ("write-ahead log", "data/doorward.db-journal", lambda text: _hex(text).upper()),
}
"""Sink, file, and how the leak is written into it."""

PLANTS: Final = (*_IN_DATABASE, *_IN_FILES, "name", *_HEARD)
"""Where a leak can be planted."""


def form_of_plant(place: str) -> str:
    """Return what the canary that is kept for a place is called, as if that were its form."""
    return f"{_PLANTED}{place}"


def is_planted(form: str) -> bool:
    """Return whether a form is that of a canary which is kept to be planted."""
    return form.startswith(_PLANTED)


def sink_of_plant(place: str) -> str:
    """Return the sink in which what is planted must be found."""
    if place == "name":
        return "temporary files"
    return _IN_DATABASE.get(place) or (_IN_FILES[place][0] if place in _IN_FILES else place)


def can_plant(place: str, *, sqlite: bool) -> bool:
    """Return whether there is such a place with this kind of database."""
    return place not in {"wal", "object"} if sqlite else place != "journal"


def plant_leak(place: str, text: str, *, database: Database, folder: Path, ear: Ear) -> None:
    """Plant a text."""
    if place in _IN_DATABASE:
        plant(database, place, text)
    elif place in _IN_FILES:
        _, name, written = _IN_FILES[place]
        _append(folder / name, written(text))
    elif place == "name":
        _append(folder / "tmp" / f"{text}.txt", b"nothing")
    else:
        ear.hear(place, b"before " + b64encode(b"ab" + text.encode()) + b" behind")
