"""Machine customers that sign: who they are, and where their keys come from."""

from doorward.flow.signing.directories import Directories
from doorward.flow.signing.recognising import REMEMBERED, SignedRequests, SignedRooms

__all__ = ["REMEMBERED", "Directories", "SignedRequests", "SignedRooms"]
