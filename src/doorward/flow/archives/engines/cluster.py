"""Screening on a Ray cluster. Imported only when it is asked for: `pip install doorward[ray]`."""

from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import ray

from doorward.flow.archives.chunks import Chunk, ScreenedChunk, screen_chunk
from doorward.flow.archives.engines.port import AHEAD, MakeScreener, in_order
from doorward.flow.archives.engines.rescue import Rescue
from doorward.flow.archives.terms import Order
from doorward.kit.settings import keep_ray_quiet
from doorward.vocabulary.errors import Unavailable


class RayEngine:
    """Screens by actors, each of which keeps its detectors. The nodes need this version of Doorward, and no files."""

    def __init__(self, make: MakeScreener, *, workers: int, address: str | None = None) -> None:
        """Join the cluster at `address`, or start one on this computer. Raises `Unavailable` when that fails."""
        keep_ray_quiet()
        try:
            ray.init(
                address=address or "local",  # without it Ray joins whatever cluster this computer has begun before
                num_cpus=None if address else workers,
                include_dashboard=None if address else False,
                configure_logging=False,
                log_to_driver=False,
            )
        except Exception as error:  # noqa: BLE001 - a bare one is what Ray raises when it does not start
            raise Unavailable(f"The Ray cluster cannot be reached ({type(error).__name__}).") from None
        # An actor that dies comes back, without the chunk that it died of.
        actor = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=0)(_Screening)
        self._actors = [actor.remote(make) for _ in range(workers)]
        self._apart: Any = ray.remote(num_cpus=0, max_restarts=0)(_Screening)
        self._make = make
        self._single: Any = None

    def screen(self, chunks: Iterable[Chunk], order: Order) -> Iterator[ScreenedChunk]:
        """See `Engine`."""
        actors = cycle(self._actors)
        known = ray.put(order)
        rescue = Rescue(lambda chunk: self._alone(chunk, known))

        def submit(chunk: Chunk) -> Any:
            return next(actors).screen.remote(chunk, known)

        def result(chunk: Chunk, handle: Any) -> ScreenedChunk:
            try:
                screened: ScreenedChunk = ray.get(handle)
            except ray.exceptions.RayActorError:
                return rescue.screen(chunk)
            return screened

        try:
            yield from in_order(chunks, submit, result, ahead=len(self._actors) * AHEAD)
        except ray.exceptions.RayError as error:
            raise Unavailable(
                f"A worker of the Ray cluster failed ({type(error).__name__}). What was screened before is kept; run "
                "the command again to go on."
            ) from None

    def _alone(self, chunk: Chunk, order: Any) -> ScreenedChunk | None:
        """Return what becomes of a chunk by an actor of its own, None when that died of it."""
        self._single = self._single or self._apart.remote(self._make)
        try:
            screened: ScreenedChunk = ray.get(self._single.screen.remote(chunk, order))
        except ray.exceptions.RayActorError:
            self._single = None
            return None
        return screened

    def close(self) -> None:
        """See `Engine`."""
        ray.shutdown()


class _Screening:
    """An actor."""

    def __init__(self, make: MakeScreener) -> None:
        self._screener = make()

    def screen(self, chunk: Chunk, order: Order) -> ScreenedChunk:
        """Screen one chunk."""
        return screen_chunk(chunk, self._screener, order)
