from pathlib import Path

import pytest

from doorward.protection.database_cache import load_cached, store_cached
from doorward.protection.matchers import make_matcher


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of our own."""
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path


def test_what_was_stored_is_loaded(folder: Path) -> None:
    """Bytes come back under their fingerprint and no other."""
    store_cached(folder, "one", b"data")
    assert load_cached(folder, "one") == b"data"
    assert load_cached(folder, "two") is None


def test_files_are_the_owners_alone(tmp_path: Path) -> None:
    """Folder and file are readable by nobody else."""
    folder = tmp_path / "made"
    store_cached(folder, "one", b"data")
    assert (folder.stat().st_mode & 0o777, (folder / "one").stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 40])
def test_a_damaged_file_is_not_loaded(folder: Path, damage: bytes) -> None:
    """Changed, cut or empty content counts as missing."""
    store_cached(folder, "one", b"data")
    (folder / "one").write_bytes(damage)
    assert load_cached(folder, "one") is None


def test_a_file_under_another_name_is_not_loaded(folder: Path) -> None:
    """A database of other patterns cannot be slipped in by renaming it."""
    store_cached(folder, "one", b"data")
    (folder / "one").rename(folder / "two")
    assert load_cached(folder, "two") is None


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path) -> None:
    """Neither reading nor writing happens where somebody could plant a file."""
    store_cached(folder, "one", b"data")
    folder.chmod(0o770)
    assert load_cached(folder, "one") is None
    store_cached(folder, "two", b"data")
    assert not (folder / "two").exists()


def test_a_missing_folder_is_no_error(tmp_path: Path) -> None:
    """Nothing was stored, nothing is loaded."""
    assert load_cached(tmp_path / "nowhere", "one") is None


def test_a_matcher_survives_a_corrupt_cache(folder: Path) -> None:
    """A damaged database is compiled anew and stored again, whether its checksum or its content is wrong."""
    expressions = [r"\mpin\M"]
    make_matcher(expressions, "hyperscan", cache_folder=folder)
    (file,) = folder.iterdir()
    good = file.read_bytes()
    file.write_bytes(good[:-7])
    assert make_matcher(expressions, "hyperscan", cache_folder=folder).find("my pin") == [(0, 3, 6)]
    assert file.read_bytes() == good
    store_cached(folder, file.name, b"no database at all")
    assert make_matcher(expressions, "hyperscan", cache_folder=folder).find("my pin") == [(0, 3, 6)]
    assert file.read_bytes() == good
