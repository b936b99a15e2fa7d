"""Telling other parts of the process, and other processes, that something changed: topics only, never content.

Two twins: in one process, and over PostgreSQL's LISTEN/NOTIFY for several. A message is a topic string; who listens
reloads what it may see. A lost message loses nothing but time, since listeners also look by themselves now and then.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from doorward.kit.db import Database
from doorward.kit.ids import new_id
from doorward.kit.logging import get_logger
from doorward.kit.tx import Tx

if TYPE_CHECKING:
    import psycopg

log = get_logger("kit.bus")

_CHANNEL = "doorward"
_WAITING = 1000
_NOTIFY = "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload"
_GATHER_SECONDS = 0.01
FAMILY = "#"
"""Ends the name of a family of topics. Whoever listens to `a#` hears `a#b` and `a#c` by their whole names."""
_UNTOLD = 10_000
"""Topics that are kept for other processes while the server cannot be reached; listeners look by themselves anyway."""


class Bus(Protocol):
    """What a bus can do."""

    def publish(self, tx: Tx, *topics: str) -> None:
        """Tell everyone who listens to one of `topics`, once `tx` is committed."""

    def listen(self, *topics: str) -> contextlib.AbstractAsyncContextManager[AsyncIterator[str]]:
        """Open a stream of the topics among `topics`, and of their families, that were published since.

        For the event loop. Waiting for the next topic may be given up (`asyncio.wait_for`) and taken up again: nothing
        is lost by that.
        """

    def close(self) -> None:
        """Stop."""


class _Listener:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.queue: asyncio.Queue[str] = asyncio.Queue(_WAITING)

    def put(self, topic: str) -> None:
        # A listener that is a thousand behind has the news anyway: it reloads when it gets there.
        with contextlib.suppress(asyncio.QueueFull):
            self.queue.put_nowait(topic)

    # No async generator: that would be over for good once a wait for the next topic is given up.
    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return await self.queue.get()


class ProcessBus:
    """The bus of a single process."""

    def __init__(self) -> None:
        """Start with no listeners."""
        self._lock = threading.Lock()
        self._listeners: dict[str, set[_Listener]] = {}

    def publish(self, tx: Tx, *topics: str) -> None:
        """See `Bus`."""
        for topic in topics:
            tx.after_commit(partial(self.spread, topic))

    def announce(self, *topics: str) -> None:
        """Tell everyone who listens now, without any transaction: for what is worth nothing a moment later."""
        for topic in topics:
            self.spread(topic)

    def spread(self, topic: str) -> None:
        """Tell this process's listeners now; from any thread."""
        name, mark, _ = topic.partition(FAMILY)
        with self._lock:
            listeners = {*self._listeners.get(topic, ()), *self._listeners.get(name + mark, ())}
        for listener in listeners:
            with contextlib.suppress(RuntimeError):  # the listener's loop has ended
                listener.loop.call_soon_threadsafe(listener.put, topic)

    @contextlib.asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[AsyncIterator[str]]:
        """See `Bus`."""
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            for topic in topics:
                self._listeners.setdefault(topic, set()).add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                for topic in topics:
                    self._listeners[topic].discard(listener)
                    if not self._listeners[topic]:
                        del self._listeners[topic]

    def close(self) -> None:
        """See `Bus`."""


class PostgresBus(ProcessBus):
    """The bus of several processes on one PostgreSQL database.

    Listeners of this process hear of a commit at once; those of others by NOTIFY, which a thread of its own sends for
    many commits together: within the transactions, each would cost two round trips and a lock that makes commits wait
    for each other.
    """

    def __init__(self, database: Database) -> None:
        """Start a thread that listens and one that tells, each on a connection of its own, made again when lost."""
        super().__init__()
        self._address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._origin = new_id()
        self._stopping = threading.Event()
        self._news = threading.Condition()
        self._untold: dict[str, None] = {}
        self._threads = [
            threading.Thread(target=self._keep_connected, args=(serve,), name=name, daemon=True)
            for name, serve in (("bus-listen", self._listen_on), ("bus-tell", self._tell_on))
        ]
        for thread in self._threads:
            thread.start()

    def publish(self, tx: Tx, *topics: str) -> None:
        """See `Bus`."""
        super().publish(tx, *topics)
        tx.after_commit(partial(self._tell, topics))

    def announce(self, *topics: str) -> None:
        """See `ProcessBus`."""
        super().announce(*topics)
        self._tell(topics)

    def close(self) -> None:
        """See `Bus`: what was published before is told first."""
        self._stopping.set()
        with self._news:
            self._news.notify()
        for thread in self._threads:
            thread.join(timeout=5)

    def _tell(self, topics: tuple[str, ...]) -> None:
        with self._news:
            if len(self._untold) < _UNTOLD:
                self._untold.update(dict.fromkeys(topics))
                self._news.notify()

    def _keep_connected(self, serve: Callable[["psycopg.Connection"], None]) -> None:
        import psycopg  # noqa: PLC0415 - 6 MB that a house on SQLite does not need

        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True) as connection:
                    serve(connection)
            except psycopg.OperationalError:
                log.warning("kit.bus.lost")
                self._stopping.wait(1)

    def _listen_on(self, connection: "psycopg.Connection") -> None:
        connection.execute(f"LISTEN {_CHANNEL}")
        while not self._stopping.is_set():
            for notice in connection.notifies(timeout=0.5):
                origin, _, topic = notice.payload.partition(" ")
                if origin != self._origin:
                    self.spread(topic)
                elif self._stopping.is_set():
                    return

    def _tell_on(self, connection: "psycopg.Connection") -> None:
        import psycopg  # noqa: PLC0415 - as above

        while True:
            with self._news:
                while not self._untold and not self._stopping.is_set():
                    self._news.wait()
                if not self._untold:
                    # To this bus's own listener, which need not wait out its time to see that it is over.
                    connection.execute(_NOTIFY, (_CHANNEL, [f"{self._origin} "]))
                    return
            self._stopping.wait(_GATHER_SECONDS)
            with self._news:
                topics, self._untold = self._untold, {}
            try:
                connection.execute(_NOTIFY, (_CHANNEL, [f"{self._origin} {topic}" for topic in topics]))
            except psycopg.OperationalError:
                with self._news:
                    self._untold = topics | self._untold
                raise


def open_bus(database: Database) -> ProcessBus:
    """Return the bus that fits the database."""
    return ProcessBus() if database.is_sqlite else PostgresBus(database)
