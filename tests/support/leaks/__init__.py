"""Looking for what must not be anywhere: canaries of every kind, and a searcher that knows how they may be written."""

from tests.support.leaks.canaries import Canary, every_canary, plant, short_canaries
from tests.support.leaks.looking import Hit, Searcher, rows_of
from tests.support.leaks.serving import Served, served

__all__ = ["Canary", "Hit", "Searcher", "Served", "every_canary", "plant", "rows_of", "served", "short_canaries"]
