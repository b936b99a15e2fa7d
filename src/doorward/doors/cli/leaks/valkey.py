"""Everything that a Valkey holds: keys and values, by the few words of its protocol that this takes."""

import socket
from collections.abc import Iterator
from io import BufferedRWPair
from typing import Any, Final
from urllib.parse import urlsplit

_PATIENCE: Final = 10
_PORT: Final = 6379
_ALL: Final = {
    b"string": (b"GET",),
    b"list": (b"LRANGE", b"0", b"-1"),
    b"set": (b"SMEMBERS",),
    b"zset": (b"ZRANGE", b"0", b"-1"),
    b"hash": (b"HGETALL",),
    b"stream": (b"XRANGE", b"-", b"+"),
}
"""How to read all of a value, by its type."""


def everything_in(address: str) -> Iterator[bytes]:
    """Yield every key and value of the Valkey at `valkey://host:port`. Raises `OSError` when it cannot be reached."""
    place = urlsplit(address)
    with (
        socket.create_connection((place.hostname or "localhost", place.port or _PORT), _PATIENCE) as connection,
        connection.makefile("rwb") as line,
    ):
        cursor = b"0"
        while True:
            cursor, keys = _ask(line, b"SCAN", cursor, b"COUNT", b"500")
            for key in keys:
                yield bytes(key)
                word, *rest = _ALL.get(_ask(line, b"TYPE", key), (b"DUMP",))
                yield from _flat(_ask(line, word, key, *rest))
            if cursor == b"0":
                return


def _flat(value: Any) -> Iterator[bytes]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    elif value is not None:
        yield bytes(value)


def _ask(line: BufferedRWPair, *words: bytes) -> Any:
    """Send a command and return its answer (RESP 2: the protocol of Redis and Valkey)."""
    line.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    line.flush()
    return _answer(line)


def _answer(line: BufferedRWPair) -> Any:
    head = line.readline().rstrip(b"\r\n")
    kind, rest = head[:1], head[1:]
    match kind:
        case b"$":
            return None if rest == b"-1" else line.read(int(rest) + 2)[:-2]
        case b"*":
            return [_answer(line) for _ in range(int(rest))]
        case b"+" | b":":
            return rest
        case _:
            raise OSError("the Valkey refused a command")
