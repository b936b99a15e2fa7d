"""Keys: envelope encryption from root over tenant to party, in a store that no database backup holds (house law 9)."""

from doorward.kit.keys.envelope import KeyDestroyed, Keys
from doorward.kit.keys.epochs import EpochKeys, Mark
from doorward.kit.keys.store import FileKeyStore, KeyStore, KeyStoreMissing, MemoryKeyStore

__all__ = [
    "EpochKeys",
    "FileKeyStore",
    "KeyDestroyed",
    "KeyStore",
    "KeyStoreMissing",
    "Keys",
    "Mark",
    "MemoryKeyStore",
]
