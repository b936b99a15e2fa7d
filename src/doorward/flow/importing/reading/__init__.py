"""Exports as streams of records, in memory that is bounded whatever they hold."""

from doorward.flow.importing.reading.documents import Piece, read_documents, read_record
from doorward.flow.importing.reading.export import Export, find_files

__all__ = ["Export", "Piece", "find_files", "read_documents", "read_record"]
