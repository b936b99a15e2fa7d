"""The workspace: what a company sets up for its desk – labels, attributes, statuses, canned replies, macros, views."""

from doorward.workspace.pieces import (
    Attribute,
    AttributeKind,
    CannedReply,
    Label,
    Macro,
    MacroStep,
    Piece,
    PieceKind,
    SavedView,
    Status,
)
from doorward.workspace.service import (
    EVERYBODY,
    MOST_OF_A_KIND,
    PieceName,
    WrittenPiece,
    find_piece,
    list_pieces,
    put_piece,
    remove_piece,
    require_pieces,
)

__all__ = [
    "EVERYBODY",
    "MOST_OF_A_KIND",
    "Attribute",
    "AttributeKind",
    "CannedReply",
    "Label",
    "Macro",
    "MacroStep",
    "Piece",
    "PieceKind",
    "PieceName",
    "SavedView",
    "Status",
    "WrittenPiece",
    "find_piece",
    "list_pieces",
    "put_piece",
    "remove_piece",
    "require_pieces",
]
