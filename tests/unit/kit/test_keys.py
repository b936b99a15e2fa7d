"""Keys: what is sealed opens for its party alone, rotation loses nothing, destruction is final."""

import stat
import threading
from pathlib import Path

import pytest

from doorward.kit.crypto import SealBroken
from doorward.kit.keys import FileKeyStore, KeyDestroyed, Keys, KeyStore, KeyStoreMissing, MemoryKeyStore


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    """Each twin of the key store."""
    return FileKeyStore.create(tmp_path / "keys") if request.param == "file" else MemoryKeyStore()


@pytest.fixture
def keys(store: KeyStore) -> Keys:
    """Keys with two tenants."""
    made = Keys(store)
    made.make_tenant("one")
    made.make_tenant("two")
    return made


def test_sealed_data_opens_for_the_same_party_and_context_only(keys: Keys) -> None:
    """Another party, another tenant or another context cannot open it."""
    sealed = keys.seal("one", "ada", b"4242", context=b"span-1")
    assert keys.open("one", "ada", sealed, context=b"span-1") == b"4242"
    keys.seal("one", "bob", b"", context=b"")
    keys.seal("two", "ada", b"", context=b"")
    for tenant, party, context in (("one", "bob", b"span-1"), ("two", "ada", b"span-1"), ("one", "ada", b"span-2")):
        with pytest.raises(SealBroken):
            keys.open(tenant, party, sealed, context=context)


def test_every_changed_byte_is_noticed(keys: Keys) -> None:
    """No single changed byte of sealed data opens."""
    sealed = keys.seal("one", "ada", b"4242", context=b"")
    for place in range(len(sealed)):
        changed = bytes(byte ^ (1 if index == place else 0) for index, byte in enumerate(sealed))
        with pytest.raises(SealBroken):
            keys.open("one", "ada", changed, context=b"")


def test_rotation_keeps_everything_readable_and_changes_every_wrapped_key(store: KeyStore, keys: Keys) -> None:
    """After a rotation old data opens, with fresh objects too, and nothing in the store is what it was."""
    sealed = keys.seal("one", "ada", b"4242", context=b"")
    mac = keys.mac("one", "purpose", b"data")
    signature = keys.sign("one", b"data")
    before = {name: store.get(name) for name in store.names("")}
    roots = store.roots()
    assert keys.rotate() == len(before)
    assert set(store.roots()).isdisjoint(roots)
    for again in (keys, Keys(store)):
        assert again.open("one", "ada", sealed, context=b"") == b"4242"
        assert again.mac("one", "purpose", b"data") == mac
        assert again.verify("one", signature, b"data")
    assert all(store.get(name) != value for name, value in before.items())


def test_a_rotation_that_died_halfway_loses_nothing_and_the_next_one_finishes(store: KeyStore, keys: Keys) -> None:
    """With the new root written and only some keys wrapped anew, everything opens and rotation completes."""
    sealed = keys.seal("one", "ada", b"4242", context=b"")
    replaced: list[str] = []
    original = store.replace

    def die(values: dict[str, bytes]) -> None:
        if replaced:
            raise KeyboardInterrupt
        replaced.extend(values)
        original(values)

    store.replace = die  # type: ignore[method-assign, assignment]  # because the crash is what is tested
    with pytest.raises(KeyboardInterrupt):
        keys.rotate()
    store.replace = original  # type: ignore[method-assign]  # as above
    assert Keys(store).open("one", "ada", sealed, context=b"") == b"4242"
    again = Keys(store)
    again.rotate()
    assert len(store.roots()) == 1
    assert Keys(store).open("one", "ada", sealed, context=b"") == b"4242"


def test_a_key_made_after_another_process_has_rotated_is_not_lost(store: KeyStore, keys: Keys) -> None:
    """A process that has read the old keys wraps under the new ones, and what it seals opens after a restart."""
    other = Keys(store)
    other.seal("one", "bob", b"", context=b"")
    keys.rotate()
    sealed = other.seal("one", "ada", b"4242", context=b"")
    assert Keys(store).open("one", "ada", sealed, context=b"") == b"4242"


def test_a_key_made_while_another_process_rotates_is_not_lost(store: KeyStore, keys: Keys) -> None:
    """Even a rotation that begins and ends between wrapping a key and storing it leaves the key readable."""
    other = Keys(store)
    original = store.add

    def rotate_first(name: str, value: bytes) -> bytes:
        store.add = original  # type: ignore[method-assign]  # because the race is what is tested
        keys.rotate()
        return original(name, value)

    store.add = rotate_first  # type: ignore[method-assign]  # as above
    sealed = other.seal("one", "ada", b"4242", context=b"")
    assert Keys(store).open("one", "ada", sealed, context=b"") == b"4242"


def test_a_rotation_does_not_bring_a_key_back_that_another_process_destroys(store: KeyStore, keys: Keys) -> None:
    """A destruction between the two halves of wrapping anew stays a destruction."""
    other = Keys(store)
    sealed = other.seal("one", "ada", b"4242", context=b"")
    original = store.get

    def destroy_after(name: str) -> bytes | None:
        value = original(name)
        if name == "party/one/ada":
            store.get = original  # type: ignore[method-assign]  # because the race is what is tested
            other.destroy_party("one", "ada")
        return value

    store.get = destroy_after  # type: ignore[method-assign]  # as above
    keys.rotate()
    with pytest.raises(KeyDestroyed):
        Keys(store).open("one", "ada", sealed, context=b"")


def test_nobody_waits_for_another_party_s_disk(store: KeyStore, keys: Keys) -> None:
    """While the store is slow to keep one party's key, hashes and the keys at hand can be used."""
    keys.make_party("one", "bob")
    original, used = store.add, []

    def slow(name: str, value: bytes) -> bytes:
        thread = threading.Thread(
            target=lambda: used.append((keys.mac("one", "p", b""), keys.seal("one", "bob", b"", context=b"")))
        )
        thread.start()
        thread.join(timeout=5)
        assert used, "somebody had to wait"
        return original(name, value)

    store.add = slow  # type: ignore[method-assign]  # because slowness is what is tested
    keys.make_party("one", "ada")
    assert used


def test_a_destroyed_party_stays_destroyed(store: KeyStore, keys: Keys) -> None:
    """Nothing of theirs opens, and no new key takes the old one's place."""
    sealed = keys.seal("one", "ada", b"4242", context=b"")
    keys.destroy_party("one", "ada")
    for again in (keys, Keys(store)):
        with pytest.raises(KeyDestroyed):
            again.open("one", "ada", sealed, context=b"")
        with pytest.raises(KeyDestroyed):
            again.seal("one", "ada", b"new", context=b"")
    keys.rotate()
    with pytest.raises(KeyDestroyed):
        keys.open("one", "ada", sealed, context=b"")


def test_a_destroyed_key_is_not_in_the_store_s_files(tmp_path: Path) -> None:
    """After destruction no file of the store holds the wrapped key's bytes, write-ahead log included."""
    store = FileKeyStore.create(tmp_path / "keys")
    keys = Keys(store)
    keys.make_tenant("one")
    keys.seal("one", "ada", b"4242", context=b"")
    wrapped = store.get("party/one/ada")
    assert wrapped is not None
    keys.destroy_party("one", "ada")
    for path in (tmp_path / "keys").iterdir():
        assert wrapped not in path.read_bytes(), path.name


def test_a_backup_restores_into_an_empty_store_with_the_right_passphrase_only(store: KeyStore, keys: Keys) -> None:
    """The backup opens with its passphrase, refuses another, and never overwrites."""
    sealed = keys.seal("one", "ada", b"4242", context=b"")
    backup = keys.export("correct horse battery")
    assert b"party/one" not in backup
    fresh = MemoryKeyStore()
    with pytest.raises(SealBroken):
        Keys.restore(fresh, backup, "wrong horse battery")
    Keys.restore(fresh, backup, "correct horse battery")
    assert Keys(fresh).open("one", "ada", sealed, context=b"") == b"4242"
    with pytest.raises(FileExistsError):
        Keys.restore(fresh, backup, "correct horse battery")


def test_the_store_is_closed_to_others_and_asks_for_init_when_it_is_missing(tmp_path: Path) -> None:
    """Folder 0700, files 0600; a missing root key stops with a sentence that says how to make one."""
    with pytest.raises(KeyStoreMissing, match="doorward init"):
        FileKeyStore(tmp_path / "nothing")
    FileKeyStore.create(tmp_path / "keys").close()
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "keys").iterdir())


def test_signatures_are_the_tenant_s_own(keys: Keys) -> None:
    """A signature is good for its tenant and its data alone."""
    signature = keys.sign("one", b"data")
    assert keys.verify("one", signature, b"data")
    assert not keys.verify("two", signature, b"data")
    assert not keys.verify("one", signature, b"date")


def test_the_list_of_destroyed_parties_is_in_the_store_and_reaches_every_process(store: KeyStore, keys: Keys) -> None:
    """A process that still holds the key hears of its end when it asks for the list; a key backup has it too."""
    other = Keys(store)
    sealed = other.seal("one", "ada", b"4242", context=b"")
    keys.destroy_party("one", "ada")
    assert other.open("one", "ada", sealed, context=b"") == b"4242", "it is still in memory there"
    assert other.destroyed_parties("one") == ("ada",)
    assert other.destroyed_parties("two") == ()
    with pytest.raises(KeyDestroyed):
        other.open("one", "ada", sealed, context=b"")
    restored = MemoryKeyStore()
    Keys.restore(restored, keys.export("a long passphrase"), "a long passphrase")
    assert Keys(restored).destroyed_parties("one") == ("ada",)
    keys.rotate()
