"""Work that is not finished yet: a folder beside the output that a run which was killed goes on from.

It holds the copy as far as it is made, the findings, and a manifest: its first line says what was asked for and of
which archive, each further one that a chunk is done, how long the outputs are then and what they hash to. A line counts
once it is whole, and is written only after what it speaks of is on the disk; whatever lies beyond it is cut off.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final, Literal

import msgspec

from doorward.flow.archives.chunks import ScreenedChunk
from doorward.flow.archives.tally import Tally
from doorward.flow.manifests import Manifest, held_manifest, open_at, sync, sync_folder, write_whole
from doorward.vocabulary.errors import Conflict

MANIFEST: Final = "manifest.jsonl"
COPY: Final = "copy"
FINDINGS: Final = "findings"
REPORT: Final = "report"
FINISHED: Final = "finished"
"""An empty file: everything is made, and is being put in its place."""

CopyKind = Literal["file", "folder", "none"]
_BLOCK: Final = 1_048_576


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: what must be the same for going on. All are hashes, but `version`, that of Doorward."""

    version: str
    archive: str
    order: str
    detectors: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the manifest: chunk `number` is done; lengths of the outputs, the hash of what it added, its counts."""

    number: int
    copy: int
    findings: int
    added: str
    tally: Tally


class Unfinished:
    """The folder of a run, open. Made by `open_unfinished`.

    `chunks` are done and `tally` counts what is in them; `made` tells that nothing but finishing is left to do.
    """

    def __init__(self, folder: Path, *, manifest: Manifest, kind: CopyKind) -> None:
        """Take the folder, its manifest, and what the copy is: a file, a folder of mails, or not wanted."""
        self.folder = folder
        self.chunks = 0
        self.tally = Tally()
        self.made = (folder / FINISHED).exists()
        self._manifest = manifest
        self._kind = kind
        self._copy_size = 0
        self._copy: IO[bytes] | None = None
        self._findings: IO[bytes] | None = None

    def begin(self, beginning: Beginning) -> None:
        """Begin anew, or go on from where a run with the same beginning stopped. Raises `Conflict` for another one."""
        lines = self._manifest.lines()
        if lines:
            self._compare(msgspec.json.decode(lines[0], type=Beginning), beginning)
        else:
            self._manifest.clear()
            self._manifest.write(beginning)
        done = [msgspec.json.decode(line, type=Done) for line in lines[1:]]
        for one in done:
            self.tally.add(one.tally)
        self.chunks = len(done)
        if not self.made:
            self._open_outputs(done)

    def _open_outputs(self, done: Sequence[Done]) -> None:
        """Open the outputs to go on behind what is done. Raises `Conflict` when they are not what they should be."""
        copy = self.folder / COPY
        if self._kind == "folder":
            copy.mkdir(mode=0o700, exist_ok=True)
        elif self._kind == "file":
            self._copy = open_at(copy, done[-1].copy if done else 0)
        self._findings = open_at(self.folder / FINDINGS, done[-1].findings if done else 0)
        self._copy_size = done[-1].copy if done else 0
        whole = _hashes_match(self.folder, done, with_copy=self._kind == "file")
        if self._kind == "folder":
            whole = whole and sum(1 for _ in copy.iterdir()) >= self._copy_size
        if not whole:
            raise Conflict(f"What was screened before, in {self.folder}, was changed since. Begin anew with --restart.")

    def keep(self, screened: ScreenedChunk) -> None:
        """Keep what became of the next chunk; when this returns it is on the disk."""
        if self._findings is None:
            raise ValueError("not begun")
        digest = hashlib.sha256()
        for number, data in screened.copies:
            if self._copy is not None:
                digest.update(data)
                self._copy.write(data)
                self._copy_size += len(data)
            elif self._kind == "folder":
                write_whole(self.folder / COPY / mail_name(number), data)
                self._copy_size += 1
        digest.update(screened.findings)
        self._findings.write(screened.findings)
        for file in (self._copy, self._findings):
            if file is not None:
                sync(file)
        self._manifest.write(
            Done(
                number=screened.number,
                copy=self._copy_size,
                findings=self._findings.tell(),
                added=digest.hexdigest(),
                tally=screened.tally,
            )
        )
        self.tally.add(screened.tally)
        self.chunks += 1

    def finish(self, targets: dict[str, Path]) -> None:
        """Put the outputs, named as in this folder, in their places, each in one step, and remove the rest."""
        self.close()
        write_whole(self.folder / FINISHED, b"")
        sync_folder(self.folder)
        for name, target in targets.items():
            made = self.folder / name
            if not made.exists():
                continue  # a run that was killed while it finished had put it in its place
            if made.is_dir() and target.exists():
                target.rmdir()  # an empty folder: `screen_archive` refuses another
            made.replace(target)
            sync_folder(target.parent)
        shutil.rmtree(self.folder)

    def close(self) -> None:
        """Close the files of the outputs."""
        for file in (self._copy, self._findings):
            if file is not None:
                file.close()
        self._copy = self._findings = None

    def _compare(self, before: Beginning, now: Beginning) -> None:
        """Raise `Conflict` when the work in this folder was begun with something else."""
        reasons = {
            "archive": "the archive is not the one that it was begun with",
            "order": "other options were given",
            "detectors": "the detectors or their words have changed",
            "version": f"it was begun with Doorward {before.version}",
        }
        for name, reason in reasons.items():
            if getattr(before, name) != getattr(now, name):
                raise Conflict(
                    f"There is unfinished work in {self.folder}, and {reason}. Going on would mix the two. Begin anew "
                    "with --restart, or do again what was done before."
                )


def mail_name(number: int) -> str:
    """Return the name of a mail's copy: its own name might tell who wrote it."""
    return f"{number:08d}.eml"


@contextmanager
def open_unfinished(folder: Path, *, kind: CopyKind, restart: bool) -> Iterator[Unfinished]:
    """Open the folder of a run, made if need be (0700). Raises `StoreInUse` when another run is at it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with held_manifest(folder / MANIFEST) as manifest:
        if restart:
            manifest.clear()
            for other in folder.iterdir():
                if other.is_dir():
                    shutil.rmtree(other)
                elif other.name != MANIFEST:
                    other.unlink()
        unfinished = Unfinished(folder, manifest=manifest, kind=kind)
        try:
            yield unfinished
        finally:
            unfinished.close()


def _hashes_match(folder: Path, done: Sequence[Done], *, with_copy: bool) -> bool:
    """Return whether the outputs are what the manifest says, chunk by chunk. A folder's mails are not looked at."""
    copied = found = 0
    with (folder / FINDINGS).open("rb") as findings, ExitStack() as stack:
        copy = stack.enter_context((folder / COPY).open("rb")) if with_copy else None
        for one in done:
            digest = hashlib.sha256()
            whole = copy is None or _add_to(digest, copy, one.copy - copied)
            whole = _add_to(digest, findings, one.findings - found) and whole
            if not whole or digest.hexdigest() != one.added:
                return False
            copied, found = one.copy, one.findings
    return True


def _add_to(digest: Any, file: IO[bytes], length: int) -> bool:
    """Add the next bytes of a file to a hash, and return whether there were as many."""
    while length > 0:
        data = file.read(min(length, _BLOCK))
        if not data:
            return False
        digest.update(data)
        length -= len(data)
    return True
