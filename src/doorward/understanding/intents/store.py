"""A trained model on disk: a folder of two files, data only.

`model.json` says what the model is and the SHA-256 of `weights.npz`, the arrays. Neither is ever unpickled, and a file
that is not as `model.json` says, or not as such a model can be, is refused.
"""

import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import msgspec
import numpy as np
from numpy.typing import NDArray

from doorward.understanding.intents.grams import BUCKETS, PARTS, Vocabulary
from doorward.understanding.intents.heads import STRANGE, Heads, Scales, Weights
from doorward.understanding.intents.neighbours import Neighbours

FORMAT: Final = 2
WITHOUT_NEIGHBOURS: Final = 1
"""The format of models that kept some phrases and not what these want; they are read, and decide as they always did."""

DESCRIPTION, ARRAYS = "model.json", "weights.npz"
LARGEST: Final = 1024 * 1024 * 1024
_KINDS: Final = {
    "numbers": np.int32,
    "rarity": np.float32,
    "terms": np.float16,
    "embedding": np.float32,
    "bias": np.float32,
    "axes": np.float32,
    "levels": np.float32,
    "known": np.float16,
}
_NEIGHBOURS: Final = {
    "turn": np.float32,
    "starts": np.int32,
    "lists": np.int32,
    "owners": np.int32,
    "shares": np.float16,
}


class ModelUnusable(Exception):
    """A model cannot be read; the sentence says why."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What `model.json` says: whose embeddings the model understands, what it was made of, and how it decides.

    `version` names the model by its content; the same phrases give the same version.
    """

    format: int
    version: str
    encoder: str
    languages: tuple[str, ...]
    phrases: int
    classes: tuple[str, ...]
    scales: Scales
    threshold: float
    sha256: str


def pack_model(heads: Heads, *, encoder: str, languages: tuple[str, ...], phrases: int) -> tuple[Description, bytes]:
    """Return a model's description and its arrays, packed; `open_model` makes heads of them again."""
    weights = msgspec.structs.asdict(heads.weights)
    arrays = {"numbers": heads.vocabulary.numbers, "rarity": heads.vocabulary.rarity} | weights
    arrays |= msgspec.structs.asdict(heads.weights.neighbours)
    packed = io.BytesIO()
    kept: dict[str, Any] = {name: np.asarray(arrays[name], dtype=kind) for name, kind in (_KINDS | _NEIGHBOURS).items()}
    np.savez(packed, **kept)
    content = packed.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    description = Description(
        format=FORMAT,
        version=f"intents@{digest[:12]}",
        encoder=encoder,
        languages=languages,
        phrases=phrases,
        classes=heads.classes,
        scales=heads.scales,
        threshold=heads.threshold,
        sha256=digest,
    )
    return description, content


def write_model(folder: Path, heads: Heads, *, encoder: str, languages: tuple[str, ...], phrases: int) -> Description:
    """Write a model into a folder, made if it is not there, and return its description.

    A model that is there already is replaced as a whole or not at all. Raises `OSError`.
    """
    description, content = pack_model(heads, encoder=encoder, languages=languages, phrases=phrases)
    folder.mkdir(parents=True, exist_ok=True)
    # The description goes last: until it stands there, the old one's digest refuses the new arrays.
    for name, data in ((ARRAYS, content), (DESCRIPTION, msgspec.json.format(msgspec.json.encode(description)))):
        fresh = folder / f".{name}.{os.getpid()}"
        fresh.write_bytes(data)
        fresh.replace(folder / name)
    return description


def read_model(folder: Path, *, encoder: str) -> tuple[Heads, Description]:
    """Return the model in a folder. Raises `ModelUnusable` when it is missing, damaged or for another encoder."""
    try:
        described = (folder / DESCRIPTION).read_bytes()
        arrays_file = folder / ARRAYS
        if arrays_file.stat().st_size > LARGEST:
            raise ModelUnusable(f"{ARRAYS} is larger than any model")
        content = arrays_file.read_bytes()
    except OSError as error:
        raise ModelUnusable(f"there is no readable model in this folder ({error.strerror})") from error
    try:
        description = msgspec.json.decode(described, type=Description)
    except msgspec.DecodeError as error:
        raise ModelUnusable(f"{DESCRIPTION} is not the description of a model: {error}") from error
    return open_model(description, content, encoder=encoder), description


def open_model(description: Description, content: bytes, *, encoder: str) -> Heads:
    """Return the heads of a description and its packed arrays.

    Raises `ModelUnusable` when they are damaged, do not belong together, or are for another encoder.
    """
    if description.format not in (FORMAT, WITHOUT_NEIGHBOURS):
        raise ModelUnusable(f"the model has format {description.format}; this version reads format {FORMAT}")
    if hashlib.sha256(content).hexdigest() != description.sha256:
        raise ModelUnusable(f"{ARRAYS} is not the file that {DESCRIPTION} describes: damaged, changed or half-written")
    if description.encoder != encoder:
        raise ModelUnusable(f"it was trained with the encoder {description.encoder}, not with {encoder}; train it anew")
    return unpack(content, description)


def unpack(content: bytes, description: Description) -> Heads:
    """Return the heads of packed arrays. Raises `ModelUnusable` if they are no model's."""
    kinds = _KINDS if description.format == WITHOUT_NEIGHBOURS else _KINDS | _NEIGHBOURS
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
        # What unpacks to more than it is, or is locked, nobody of us wrote.
        if any(one.compress_type != ZIP_STORED or one.flag_bits & 1 for one in members):
            raise ModelUnusable(f"{ARRAYS} is packed in another way than a model is")
        if sum(one.file_size for one in members) > len(content):
            raise ModelUnusable(f"{ARRAYS} claims to hold more than it does")
        with np.load(io.BytesIO(content), allow_pickle=False) as packed:
            arrays = {name: np.asarray(packed[name]) for name in kinds}
    except (KeyError, ValueError, TypeError, OSError, MemoryError, BadZipFile, EOFError) as error:
        raise ModelUnusable(f"{ARRAYS} does not hold the arrays of a model") from error
    _check_description(description)
    classes = len(description.classes)
    if description.format == WITHOUT_NEIGHBOURS:
        _check(arrays, kinds, classes=classes, narrow=arrays["embedding"].shape[:1])
        known, terms = arrays.pop("known").astype(np.float32), len(arrays["numbers"])
        neighbours = Neighbours.without_classes(known, classes=classes, terms=terms)
    else:
        _check(arrays, kinds, classes=classes, narrow=arrays["turn"].shape[1:])
        _check_neighbours(arrays)
        named = {name: arrays.pop(name) for name in ("known", *_NEIGHBOURS)}
        neighbours = Neighbours(**(named | {name: named[name].astype(np.float32) for name in ("known", "shares")}))
    vocabulary = Vocabulary(arrays.pop("numbers").astype(np.int64), arrays.pop("rarity"))
    weights = Weights(neighbours=neighbours, **arrays)
    return Heads(description.classes, vocabulary, weights, scales=description.scales, threshold=description.threshold)


def _check_description(description: Description) -> None:
    """Raise `ModelUnusable` unless there are two intents, none twice, and scales that can be reckoned by."""
    classes, scales = description.classes, description.scales
    figures = (*scales.means, *scales.deviations, scales.slope, scales.offset, scales.vote, scales.nearness)
    if len(set(classes)) != len(classes) or len(set(classes) - {STRANGE}) < 2:
        raise ModelUnusable("the classes are not those of a model")
    if not np.isfinite([*figures, description.threshold]).all() or min(scales.deviations) <= 0:
        raise ModelUnusable("the scales are not those of a model")


def _check(arrays: dict[str, NDArray[Any]], kinds: Mapping[str, Any], *, classes: int, narrow: tuple[int, ...]) -> None:
    """Raise `ModelUnusable` unless kinds, shapes and values fit together; `narrow` is how long a kept embedding is."""
    numbers, dimensions = arrays["numbers"], arrays["embedding"].shape[:1]
    shapes: dict[str, tuple[int, ...]] = {
        "numbers": numbers.shape,
        "rarity": numbers.shape,
        "terms": (*numbers.shape, classes),
        "embedding": (*dimensions, classes),
        "bias": (classes,),
        "axes": (*dimensions, classes),
        "levels": (classes,),
        "known": (*arrays["known"].shape[:1], *narrow),
        "turn": (*dimensions, *narrow),
        "starts": (classes,),
        "lists": (numbers.size + 1,),
    }
    if "owners" in arrays:
        shapes |= {"owners": (arrays["owners"].size,), "shares": (arrays["owners"].size,)}
    for name, kind in kinds.items():
        if arrays[name].dtype != kind or arrays[name].shape != shapes[name] or not np.isfinite(arrays[name]).all():
            raise ModelUnusable(f"the array '{name}' is not as in a model")
    ascending = numbers.ndim == 1 and len(numbers) and (np.diff(numbers) > 0).all()
    if not ascending or numbers[0] < 0 or numbers[-1] >= BUCKETS * PARTS or classes < 2:
        raise ModelUnusable("the terms are not those of a model")


def _check_neighbours(arrays: dict[str, NDArray[Any]]) -> None:
    """Raise `ModelUnusable` unless every class has a phrase, lists lie among the owners, and each of those is one."""
    starts, lists, owners, phrases = arrays["starts"], arrays["lists"], arrays["owners"], len(arrays["known"])
    ordered = starts[0] == 0 and (np.diff(starts) > 0).all() and starts[-1] < phrases
    listed = lists[0] == 0 and (np.diff(lists) >= 0).all() and lists[-1] == len(owners)
    if not ordered or not listed or (len(owners) and not 0 <= owners.min() <= owners.max() < phrases):
        raise ModelUnusable("the kept phrases are not those of a model")
