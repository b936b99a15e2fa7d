"""A house that is killed: how it is loaded, where it dies, how it comes back, and what must be true afterwards.

The nursery (`python -m tests.support.crashes`) builds what is costly once and forks one child for every life of the
house. A child opens the installation, finishes what a client still owes it, says something new, and is killed with
SIGKILL: at an exact point that it carries in itself, or by the nursery after a given time.
"""

from tests.support.crashes.evidence import Evidence, gather, problems
from tests.support.crashes.life import Acknowledgement, Life
from tests.support.crashes.nursery import Ended, Nursery
from tests.support.crashes.points import POINTS
from tests.support.crashes.script import LOAD, SMALL, Script
from tests.support.crashes.trial import Trial

__all__ = [
    "LOAD",
    "POINTS",
    "SMALL",
    "Acknowledgement",
    "Ended",
    "Evidence",
    "Life",
    "Nursery",
    "Script",
    "Trial",
    "gather",
    "problems",
]
