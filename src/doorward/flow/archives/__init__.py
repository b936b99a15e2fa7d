"""Screening whole archives: JSONL, CSV, mail boxes, folders of mails, texts. No database, no keys.

An archive is read as records (`reading`), records are put together to chunks, each chunk is screened by one pure
function (`chunks.screen_chunk`) that gives its masked copy, its findings and their counts (`copying` knows how a copy
of each format is made), by as many processes as there are (`engines`). What is done is written down as it is done
(`unfinished`), so that a run that was killed goes on where it stopped.
"""

from doorward.flow.archives.chunks import Chunk, ScreenedChunk, screen_chunk
from doorward.flow.archives.engines import Engine, MakeScreener
from doorward.flow.archives.journey import Job, Step, check_places, preview, screen_archive
from doorward.flow.archives.reading import FORMATS, guess_format
from doorward.flow.archives.ruled import Ruled, Screening
from doorward.flow.archives.tally import Refusal, Tally
from doorward.flow.archives.terms import ENCODINGS, REASONS, Dialect, FormatName, Order, Reason, Record, Refused

__all__ = [
    "ENCODINGS",
    "FORMATS",
    "REASONS",
    "Chunk",
    "Dialect",
    "Engine",
    "FormatName",
    "Job",
    "MakeScreener",
    "Order",
    "Reason",
    "Record",
    "Refusal",
    "Refused",
    "Ruled",
    "ScreenedChunk",
    "Screening",
    "Step",
    "Tally",
    "check_places",
    "guess_format",
    "preview",
    "screen_archive",
    "screen_chunk",
]
