"""The sealed file: whatever happens to a byte of it, nobody believes it."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.kit.backups import BackupKey, BackupUnusable, Passphrase, Recipient, kind_of, lock_of, new_backup_key
from doorward.kit.backups.stream import CHUNK, SealedWriter, opened_chunks

KEY = new_backup_key()


def sealed(plain: bytes, *, pieces: int = 1) -> bytes:
    """A sealed file of plain bytes, written in pieces."""
    file = io.BytesIO()
    writer = SealedWriter(file, kind="database", sealer=KEY.recipient)
    step = max(1, len(plain) // pieces)
    for at in range(0, len(plain), step):
        writer.write(plain[at : at + step])
    writer.finish()
    return file.getvalue()


def opened(content: bytes, secret: BackupKey | Passphrase = KEY) -> bytes:
    """What is in a sealed file."""
    return b"".join(opened_chunks(io.BytesIO(content), kind="database", secret=secret))


PLAIN = bytes(range(256)) * 2600
SEALED = sealed(PLAIN)
"""Three chunks, made once."""


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_comes_back(length: int) -> None:
    """Every length, also those at a chunk's edge, in however many pieces it was written."""
    plain = bytes(length)
    assert opened(sealed(plain)) == plain
    assert opened(sealed(plain, pieces=7)) == plain


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, len(SEALED) - 1), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(place: int, bit: int) -> None:
    """One changed bit, wherever it is, and the file is refused."""
    changed = bytearray(SEALED)
    changed[place] ^= 1 << bit
    with pytest.raises(BackupUnusable):
        opened(bytes(changed))


@settings(max_examples=150, deadline=None)
@given(length=st.integers(0, len(SEALED) - 1))
def test_no_end_can_be_cut_off(length: int) -> None:
    """A file that ends too early is refused, also where a chunk ends."""
    with pytest.raises(BackupUnusable):
        opened(SEALED[:length])


def test_chunks_cannot_be_dropped_swapped_repeated_or_added() -> None:
    """Each chunk has its place, and only the last one is the last."""
    front = len(SEALED) - len(PLAIN) - 3 * 16
    one, two, three = SEALED[front : front + CHUNK + 16], SEALED[front + CHUNK + 16 :][: CHUNK + 16], b""
    three = SEALED[front + 2 * (CHUNK + 16) :]
    head = SEALED[:front]
    for chunks in ((one, three), (two, one, three), (one, two, two, three), (one, two, three, three), (one, two)):
        with pytest.raises(BackupUnusable):
            opened(head + b"".join(chunks))
    assert opened(head + one + two + three) == PLAIN


def test_chunks_of_another_file_do_not_fit() -> None:
    """Two files for one recipient have keys of their own."""
    front = len(SEALED) - len(PLAIN) - 3 * 16
    with pytest.raises(BackupUnusable):
        opened(SEALED[:front] + sealed(PLAIN)[front:])


def test_only_the_right_secret_opens_it() -> None:
    """Another key does not, and what is sealed with a passphrase opens by it alone; the sentences say which."""
    with pytest.raises(BackupUnusable, match="another one"):
        opened(SEALED, new_backup_key())
    with pytest.raises(BackupUnusable, match="for a key"):
        opened(SEALED, Passphrase("seven lamps of architecture"))
    file = io.BytesIO()
    writer = SealedWriter(file, kind="database", sealer=Passphrase("seven lamps of architecture"))
    writer.write(b"plain")
    writer.finish()
    assert opened(file.getvalue(), Passphrase("seven lamps of architecture")) == b"plain"
    with pytest.raises(BackupUnusable, match="another one"):
        opened(file.getvalue(), Passphrase("seven lamps of something"))
    with pytest.raises(BackupUnusable, match="with a passphrase"):
        opened(file.getvalue())


def test_a_file_says_what_it_is_before_it_is_opened(tmp_path: Path) -> None:
    """Kind and lock are in the head; a foreign file, and one of a newer version, are told apart."""
    (tmp_path / "ours").write_bytes(SEALED)
    assert (kind_of(tmp_path / "ours"), lock_of(tmp_path / "ours")) == ("database", "key")
    for content, words in ((b"PK\x03\x04 something else", "no backup"), (SEALED[:17] + b"\x07" + SEALED[18:], "newer")):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(BackupUnusable, match=words):
            kind_of(tmp_path / "other")
    with pytest.raises(BackupUnusable, match="not of the keys"):
        list(opened_chunks(io.BytesIO(SEALED), kind="keys", secret=KEY))


def test_keys_are_written_as_words_that_know_a_slip() -> None:
    """Both halves can be read again; a word with one letter changed is none."""
    assert BackupKey.read(KEY.written() + "\n") == KEY
    word = str(KEY.recipient)
    assert Recipient.read(word) == KEY.recipient
    for at in range(len("doorward-recipient-"), len(word)):
        slip = word[:at] + ("a" if word[at] != "a" else "b") + word[at + 1 :]
        with pytest.raises(BackupUnusable):
            Recipient.read(slip)
    assert "…" in repr(KEY)
