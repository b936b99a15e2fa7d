"""Where chunks are screened: in this process, in several, or on a Ray cluster. All give the same, in order."""

from doorward.flow.archives.engines.port import Engine, MakeScreener, in_order
from doorward.flow.archives.engines.processes import HereEngine, ProcessEngine

__all__ = ["Engine", "HereEngine", "MakeScreener", "ProcessEngine", "in_order"]
