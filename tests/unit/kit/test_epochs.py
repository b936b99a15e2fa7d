"""Keys that follow the calendar: equal values are known for a while, and nobody can know them again afterwards."""

from datetime import timedelta
from pathlib import Path

import pytest

from doorward.kit.clock import FixedClock
from doorward.kit.keys import EpochKeys, FileKeyStore, KeyDestroyed, Keys, KeyStore, MemoryKeyStore
from tests.support.transactions import NOON

PERIOD = timedelta(days=30)


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


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon."""
    return FixedClock(NOON)


def epochs_of(keys: Keys, clock: FixedClock, *, purpose: str = "test") -> EpochKeys:
    """Return keys of a month each."""
    return EpochKeys(keys, purpose=purpose, clock=clock, period=PERIOD)


def test_equal_values_have_equal_marks_in_one_tenant_for_one_purpose(
    keys: Keys, clock: FixedClock, store: KeyStore
) -> None:
    """Another process makes the same marks; another tenant, purpose or value has others."""
    epochs = epochs_of(keys, clock)
    (mark,) = epochs.marks("one", b"4242")
    assert epochs_of(Keys(store), clock).marks("one", b"4242") == (mark,)
    others = (
        epochs.marks("two", b"4242"),
        epochs.marks("one", b"4243"),
        epochs_of(keys, clock, purpose="other").marks("one", b"4242"),
    )
    assert all(mark.value != other[0].value for other in others)


def test_the_last_epoch_is_looked_for_until_it_is_over(keys: Keys, clock: FixedClock) -> None:
    """A period later the old mark comes second, after one more period it is gone."""
    epochs = epochs_of(keys, clock)
    (old,) = epochs.marks("one", b"4242")
    clock.advance(PERIOD)
    newer = epochs.marks("one", b"4242")
    assert newer[1] == old
    assert newer[0].epoch == old.epoch + 1
    assert newer[0].value != old.value
    clock.advance(PERIOD)
    assert old not in epochs.marks("one", b"4242")


def test_a_key_that_is_over_is_destroyed(keys: Keys, clock: FixedClock, store: KeyStore) -> None:
    """What the store held is in it no more, in no process the mark can be made again, and rotating goes on."""
    epochs = epochs_of(keys, clock)
    epochs.marks("one", b"4242")
    epochs.marks("two", b"4242")
    (name,) = store.names("epoch/one/")
    wrapped = store.get(name)
    assert epochs.expire("one") == 0
    clock.advance(2 * PERIOD)
    assert epochs.expire("one") == 1
    assert epochs.expire("one") == 0
    assert wrapped not in [store.get(one) for one in store.names("")]
    assert epochs_of(Keys(store), FixedClock(NOON)).marks("one", b"4242") == ()
    assert epochs_of(keys, FixedClock(NOON)).marks("two", b"4242") != ()
    keys.rotate()


def test_rotation_keeps_the_marks(keys: Keys, clock: FixedClock, store: KeyStore) -> None:
    """The keys are wrapped anew, and are the same."""
    marks = epochs_of(keys, clock).marks("one", b"4242")
    keys.rotate()
    assert epochs_of(Keys(store), clock).marks("one", b"4242") == marks


def test_hashing_waits_for_no_disk_once_it_is_prepared(keys: Keys, clock: FixedClock) -> None:
    """The key is at hand after preparing, until the next one is due."""
    epochs = epochs_of(keys, clock)
    assert not epochs.is_at_hand("one")
    epochs.prepare("one")
    assert epochs.is_at_hand("one")
    clock.advance(PERIOD)
    assert not epochs.is_at_hand("one")


def test_nobody_but_tenants_has_keys(keys: Keys, clock: FixedClock) -> None:
    """A tenant without keys gets none by asking."""
    with pytest.raises(KeyDestroyed):
        epochs_of(keys, clock).marks("three", b"4242")
