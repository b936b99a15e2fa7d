"""Counting, wired: where processes count together, and what each of them does alone while that is away."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from doorward.admission import Rates
from doorward.admission.flood import Nonces
from doorward.admission.together import NoncesTogether
from doorward.kit.clock import Clock
from doorward.kit.crypto import new_key
from doorward.kit.health import Health
from doorward.kit.keys import Keys
from doorward.kit.settings import Settings
from doorward.kit.shared import SharedMemory


class Counting(NamedTuple):
    """What is counted, and where. `memory` is None where each process counts for itself."""

    rates: Rates
    memory: SharedMemory | None
    secret: bytes

    def nonces(self, clock: Clock, *, window: timedelta) -> NoncesTogether:
        """Return what spends nonces that are good for `window`."""
        near = Nonces(clock, secret=new_key(), window=window)
        return NoncesTogether(near, self.memory, clock=clock, secret=self.secret, window=window)

    def close(self) -> None:
        """Count no more."""
        if self.memory is not None:
            self.memory.close()


def open_counting(
    settings: Settings, keys: Keys, *, clock: Clock, health: Health, heard: Callable[[bool], None]
) -> Counting:
    """Wire it as the settings say; `heard` hears of every question to the memory whether it was answered.

    Processes that count together must hash alike; one that counts alone forgets with its end whom it has seen. Raises
    `Misconfigured`.
    """
    storage = settings.limits.storage
    secret = keys.installation_secret("limits") if storage else new_key()
    rates = Rates(clock, secret=secret, storage=storage)  # says in a sentence what is wrong with an address
    if not storage:
        return Counting(rates, None, secret)
    memory = SharedMemory(storage)
    memory.heard = heard
    health.register("shared_memory", memory.ping, vital=False)
    return Counting(rates, memory, keys.installation_secret("counting"))
