"""Models on disk: data only, whole or refused."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from doorward.understanding.intents import ModelUnusable, read_model, write_model
from doorward.understanding.intents.heads import Scales
from doorward.understanding.intents.store import ARRAYS, DESCRIPTION, Description, open_model, unpack
from tests.support.intents import learnt
from tests.support.words import read


def stored(folder: Path) -> Description:
    """Write the learnt model."""
    return write_model(folder, learnt().heads, encoder="one/1", languages=("en",), phrases=27)


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    """The same guesses, but for what half precision leaves out."""
    described = stored(tmp_path / "model")
    heads, description = read_model(tmp_path / "model", encoder="one/1")
    assert description == described
    for text in ("my lamp is broken", "wann habt ihr auf", "a poem please"):
        (name, score), (read_name, read_score) = (one.guess(read(text)).ranked[0] for one in (learnt().heads, heads))
        assert name == read_name
        assert score == pytest.approx(read_score, abs=1e-3)


def test_a_model_from_before_neighbours_voted_is_read(tmp_path: Path) -> None:
    """Whoever has one keeps it: it decides by its heads alone, as it did."""
    described = stored(tmp_path)
    with np.load(tmp_path / ARRAYS) as packed:
        arrays = dict(packed.items())
    whole = (arrays["known"].astype(np.float32) @ arrays["turn"].T).astype(np.float16)
    older = {name: arrays[name] for name in ("numbers", "rarity", "terms", "embedding", "bias", "axes", "levels")}
    np.savez(tmp_path / "older.npz", **older, known=whole)
    content = (tmp_path / "older.npz").read_bytes()
    fields = msgspec.to_builtins(described) | {"format": 1, "sha256": sha256(content).hexdigest()}
    del fields["scales"]["nearness"]
    heads = open_model(msgspec.convert(fields, Description), content, encoder="one/1")
    assert heads.guess(read("my lamp is broken")).ranked[0][0] == "lamp.broken"
    said = heads.witness(read("my lamp is broken"))
    assert heads.judge(said) == heads.judge(said._replace(words=-said.words, meaning=-said.meaning))


@pytest.mark.parametrize("owner", [-1, 10_000])
def test_an_owner_that_is_no_phrase_is_refused(tmp_path: Path, owner: int) -> None:
    """What it points at would be read from somewhere else."""
    described = stored(tmp_path)
    with np.load(tmp_path / ARRAYS) as packed:
        arrays = dict(packed.items())
    arrays["owners"][-1] = owner
    np.savez(tmp_path / "changed.npz", **arrays)
    with pytest.raises(ModelUnusable, match="kept phrases"):
        unpack((tmp_path / "changed.npz").read_bytes(), described)


def test_the_version_names_the_content(tmp_path: Path) -> None:
    """Written twice, it is the same model."""
    assert stored(tmp_path / "one").version == stored(tmp_path / "two").version


def test_another_encoder_s_model_is_refused(tmp_path: Path) -> None:
    """Its vectors would mean something else."""
    stored(tmp_path)
    with pytest.raises(ModelUnusable, match="train it anew"):
        read_model(tmp_path, encoder="other/1")


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    """A sentence, not a traceback."""
    with pytest.raises(ModelUnusable, match="no readable model"):
        read_model(tmp_path, encoder="one/1")


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    """Arrays that are not those described are not used."""
    stored(tmp_path)
    arrays = tmp_path / ARRAYS
    content = bytearray(arrays.read_bytes())
    content[len(content) // 2] ^= 1
    arrays.write_bytes(content)
    with pytest.raises(ModelUnusable, match="damaged"):
        read_model(tmp_path, encoder="one/1")


@pytest.mark.parametrize("content", [b"", b"{}", b"not json", b'{"format": 99}'])
def test_a_damaged_description_is_told(tmp_path: Path, content: bytes) -> None:
    """Half-written, or of another kind."""
    stored(tmp_path)
    (tmp_path / DESCRIPTION).write_bytes(content)
    with pytest.raises(ModelUnusable):
        read_model(tmp_path, encoder="one/1")


def test_another_format_is_refused(tmp_path: Path) -> None:
    """A newer model is not read by half."""
    described = stored(tmp_path)
    newer = msgspec.structs.replace(described, format=3)
    (tmp_path / DESCRIPTION).write_bytes(msgspec.json.encode(newer))
    with pytest.raises(ModelUnusable, match="format 3"):
        read_model(tmp_path, encoder="one/1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bias", np.array([np.nan] * 3, dtype=np.float32)),
        ("bias", np.zeros(2, dtype=np.float32)),
        ("bias", np.zeros(3, dtype=np.float64)),
        ("numbers", np.array([3, 2, 1], dtype=np.int32)),
        ("known", np.array([{"a": 1}], dtype=object)),
        ("known", np.zeros((2, 3), dtype=np.float16)),
        ("turn", np.zeros(3, dtype=np.float32)),
        ("starts", np.zeros(3, dtype=np.int32)),
        ("starts", np.array([0, 1, 10_000], dtype=np.int32)),
        ("lists", np.zeros(2, dtype=np.int32)),
        ("owners", np.array(7, dtype=np.int32)),
    ],
)
def test_arrays_that_are_no_model_s_are_refused(tmp_path: Path, name: str, value: np.ndarray) -> None:
    """Also with the right digest: wrong kinds, shapes and values, and pickles above all."""
    described = stored(tmp_path)
    with np.load(tmp_path / ARRAYS) as packed:
        arrays = dict(packed.items())
    np.savez(tmp_path / "changed.npz", **(arrays | {name: value}))
    with pytest.raises(ModelUnusable):
        unpack((tmp_path / "changed.npz").read_bytes(), described)


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ("", "", "lamp.buy")},
        {"classes": ("lamp.buy", "lamp.buy", "shop.hours")},
        {"scales": Scales(deviations=(0.0, 1.0, 1.0))},
        {"scales": Scales(slope=float("nan"))},
        {"threshold": float("inf")},
    ],
)
def test_a_description_that_cannot_be_reckoned_by_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Two intents at least, none twice, and figures that divide by nothing and mean something."""
    described = stored(tmp_path)
    with pytest.raises(ModelUnusable):
        unpack((tmp_path / ARRAYS).read_bytes(), msgspec.structs.replace(described, **changes))


def test_what_is_packed_to_unpack_to_more_is_refused(tmp_path: Path) -> None:
    """Compressed members, and those that claim a size beyond what is there, are none of ours."""
    described = stored(tmp_path)
    with np.load(tmp_path / ARRAYS) as packed:
        np.savez_compressed(tmp_path / "small.npz", **dict(packed.items()))
    with pytest.raises(ModelUnusable, match="another way"):
        unpack((tmp_path / "small.npz").read_bytes(), described)
