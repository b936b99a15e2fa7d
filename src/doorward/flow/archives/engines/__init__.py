"""Where chunks are screened: in processes of this computer, or on a Ray cluster. Both give the same, in order."""

from doorward.flow.archives.engines.port import Engine, MakeScreener, in_order
from doorward.flow.archives.engines.processes import ProcessEngine

__all__ = ["Engine", "MakeScreener", "ProcessEngine", "in_order"]
