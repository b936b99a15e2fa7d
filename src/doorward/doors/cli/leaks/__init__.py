"""The leak test: canaries, those who say them, the scratch house that hears them, and the search afterwards."""

from doorward.doors.cli.leaks.planting import PLANTS
from doorward.doors.cli.leaks.trying import Outcome, Try, scratch

__all__ = ["PLANTS", "Outcome", "Try", "scratch"]
