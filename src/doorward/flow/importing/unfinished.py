"""An import that is not finished: a folder in the data folder that a run which was killed goes on from.

It holds a manifest (`flow.manifests`), the lines of what was left out as far as they count, and the file of places. A
line of the manifest is written only after what it speaks of is durable in the database; what was taken and is not in a
line yet is found there again when its turn comes, and nothing of it is written twice.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec

from doorward.flow.importing.tally import ImportTally
from doorward.flow.importing.terms import LeftOut, Section
from doorward.flow.manifests import Manifest, held_manifest, open_at, sync
from doorward.vocabulary.errors import Conflict

MANIFEST: Final = "manifest.jsonl"
LEFT_OUT: Final = "left-out.jsonl"
PLACES: Final = "places.db"


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: what must be the same for going on, all of it hashes but `version`, that of Doorward."""

    version: str
    export: str
    order: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A further line: all records of `section` up to place `seq` are done; the length of what was left out; counts."""

    section: Section
    seq: int
    left_out: int
    tally: ImportTally


class UnfinishedImport:
    """The folder of a run, open. Made by `open_import`."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Take the folder and its manifest."""
        self.folder = folder
        self.tally = ImportTally()
        self.last: Done | None = None
        self._manifest = manifest
        self._left_out: IO[bytes] | None = None

    def begin(self, beginning: Beginning, *, resume: bool) -> None:
        """Begin, or go on behind what a run with the same beginning did.

        Raises `Conflict` when there is such a run and going on was not asked for, or one that began otherwise.
        """
        lines = self._manifest.lines()
        if lines:
            self._compare(msgspec.json.decode(lines[0], type=Beginning), beginning, resume=resume)
        else:
            self._manifest.clear()
            self._manifest.write(beginning)
        for line in lines[1:]:
            self.last = msgspec.json.decode(line, type=Done)
            self.tally.add(self.last.tally)
        self._left_out = open_at(self.folder / LEFT_OUT, self.last.left_out if self.last else 0)

    def is_done(self, section: Section) -> int:
        """Return up to which place the records of a section are done, 0 for none."""
        if self.last is None:
            return 0
        if self.last.section == section:
            return self.last.seq
        # People come first: whoever is at the conversations is done with them.
        return 2**62 if section == "people" else 0

    def leave(self, left: LeftOut) -> None:
        """Write down what is left out; it counts with the next line of the manifest."""
        if self._left_out is None:
            raise ValueError("not begun")
        self._left_out.write(msgspec.json.encode(left) + b"\n")

    def keep(self, section: Section, seq: int, tally: ImportTally) -> None:
        """Note that all up to a place is durable; when this returns, that is on the disk."""
        if self._left_out is None:
            raise ValueError("not begun")
        sync(self._left_out)
        self.last = Done(section=section, seq=seq, left_out=self._left_out.tell(), tally=tally)
        self._manifest.write(self.last)
        self.tally.add(tally)

    def finish(self, report: Path | None) -> None:
        """Put the lines of what was left out where they are wanted, behind one with the counts, and remove the rest."""
        self.close()
        if report is not None:
            with report.open("wb") as out, (self.folder / LEFT_OUT).open("rb") as lines:
                out.write(msgspec.json.encode({"taken": self.tally}) + b"\n")
                shutil.copyfileobj(lines, out)
        shutil.rmtree(self.folder)

    def first_left_out(self, limit: int) -> tuple[LeftOut, ...]:
        """Return the first lines of what was left out."""
        if self._left_out is not None:
            self._left_out.flush()
        with (self.folder / LEFT_OUT).open("rb") as lines:
            return tuple(msgspec.json.decode(line, type=LeftOut) for line, _ in zip(lines, range(limit), strict=False))

    def close(self) -> None:
        """Close the file of what was left out."""
        if self._left_out is not None:
            self._left_out.close()
            self._left_out = None

    def _compare(self, before: Beginning, now: Beginning, *, resume: bool) -> None:
        reasons = {
            "export": "the export is not the one that it was begun with",
            "order": "the mapping or the options are others",
            "version": f"it was begun with Doorward {before.version}",
        }
        for name, reason in reasons.items():
            if getattr(before, name) != getattr(now, name):
                raise Conflict(
                    f"there is an unfinished import, and {reason}; begin anew with --restart: what was taken stays, "
                    "and nothing is taken twice"
                )
        if not resume:
            raise Conflict(
                "there is an unfinished import of this export; go on with --resume, or begin anew with --restart: what "
                "was taken stays, and nothing is taken twice"
            )


@contextmanager
def open_import(folder: Path, *, restart: bool) -> Iterator[UnfinishedImport]:
    """Open the folder of a run, made if need be (0700). Raises `StoreInUse` when another run is at it."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    with held_manifest(folder / MANIFEST) as manifest:
        if restart:
            manifest.clear()
        unfinished = UnfinishedImport(folder, manifest)
        try:
            yield unfinished
        finally:
            unfinished.close()
