"""Imports in two steps: what was read waits until somebody has looked at it, and is then kept as drafts by a job."""

from doorward.answering.imports.jobs import Importer
from doorward.answering.imports.service import Imports
from doorward.answering.imports.values import ImportState, StagedArticle, StagedImport, StagedPage

__all__ = ["ImportState", "Importer", "Imports", "StagedArticle", "StagedImport", "StagedPage"]
