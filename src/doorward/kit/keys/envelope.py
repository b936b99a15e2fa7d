"""Envelope encryption: the root key wraps tenant keys, a tenant key wraps its parties' keys, those seal the data."""

import threading
from collections import OrderedDict

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doorward.kit import crypto
from doorward.kit.keys.store import KeyStore

_REMEMBERED = 20_000
_GONE = b"destroyed"


class KeyDestroyed(Exception):
    """The party's key was destroyed on purpose; what it sealed cannot be opened by anybody."""


class Keys:
    """Keys by their purpose. Thread-safe; unwrapped keys stay in memory, the store holds wrapped ones only.

    Several processes may share a store, one of them may rotate: whoever makes a key looks afterwards whether the key
    that wrapped it still is the newest one, since a rotation may have begun meanwhile and not have seen it.

    Names in the store: `tenant/<tenant>` (wrapping keys, newest first), `mac/<tenant>`, `sign/<tenant>`,
    `party/<tenant>/<party>` and `epoch/<tenant>/<purpose>/<number>` (tombstones once destroyed),
    `destroyed/<tenant>/<party>` (the list of destroyed parties).
    """

    def __init__(self, store: KeyStore) -> None:
        """Use `store`, whose root keys must be those that wrapped what is in it."""
        self._store = store
        # Held for memory alone, never while the store is asked: the event loop must not wait for somebody's disk.
        self._lock = threading.Lock()
        self._rewriting = threading.Lock()
        self._destructions = 0
        self._tenants: dict[str, tuple[bytes, ...]] = {}
        self._macs: dict[str, bytes] = {}
        self._signers: dict[str, Ed25519PrivateKey] = {}
        self._parties: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._epochs: dict[str, bytes | None] = {}

    def make_tenant(self, tenant_id: str) -> None:
        """Make the tenant's keys unless they exist."""
        root = self._store.roots()[0]
        for family in ("tenant", "mac", "sign"):
            name = f"{family}/{tenant_id}"
            if self._store.get(name) is None:
                self._store.add(name, crypto.seal(root, crypto.new_key(), context=name.encode()))

    def make_party(self, tenant_id: str, party_id: str) -> None:
        """Make the party's key unless it exists; it waits for a disk: not on the event loop. Raises `KeyDestroyed`."""
        self._party_key(tenant_id, party_id, make=True)

    def has_party_at_hand(self, tenant_id: str, party_id: str) -> bool:
        """Return whether the party's key is in memory, so that sealing waits for nothing."""
        return (tenant_id, party_id) in self._parties

    def seal(self, tenant_id: str, party_id: str, plaintext: bytes, *, context: bytes) -> bytes:
        """Return `plaintext` sealed under the party's key, which is made at first use. Raises `KeyDestroyed`."""
        return crypto.seal(self._party_key(tenant_id, party_id, make=True), plaintext, context=context)

    def open(self, tenant_id: str, party_id: str, sealed: bytes, *, context: bytes) -> bytes:
        """Return what was sealed. Raises `KeyDestroyed` or `crypto.SealBroken`."""
        return crypto.open_sealed(self._party_key(tenant_id, party_id, make=False), sealed, context=context)

    def mac(self, tenant_id: str, purpose: str, data: bytes) -> bytes:
        """Return a keyed hash (HMAC-SHA256) that is the tenant's own for this purpose."""
        return crypto.keyed_hash(self.tenant_secret(tenant_id, purpose), data)

    def tenant_secret(self, tenant_id: str, purpose: str) -> bytes:
        """Return 32 bytes that are the tenant's own for this purpose and survive every rotation."""
        mac = self._macs.get(tenant_id)
        if mac is None:
            mac = self._macs[tenant_id] = self._unwrap_by_root(f"mac/{tenant_id}")
        return crypto.derive_key(mac, purpose)

    def installation_secret(self, purpose: str) -> bytes:
        """Return 32 bytes that all processes of the installation have for this purpose until the next rotation."""
        return crypto.derive_key(self._store.roots()[0], f"installation/{purpose}")

    def has_epoch_at_hand(self, name: str) -> bool:
        """Return whether the epoch's key is in memory."""
        return self._epochs.get(name) is not None

    def epoch_key(self, name: str, *, make: bool) -> bytes | None:
        """Return the key of an epoch (see `EpochKeys`), made if need be; None when there is none or none any more."""
        if name in self._epochs:
            return self._epochs[name]
        value = self._store.get(name)
        if value is None and make:
            value = self._make_epoch(name)
        key = None if value is None or value == _GONE else self._unwrap_by_root(name)
        if key is not None or not make:
            self._epochs[name] = key
        return key

    def destroy_epochs(self, prefix: str, *, before: str) -> int:
        """Destroy the keys of the epochs under `prefix` whose names come before `before`; return how many."""
        with self._rewriting:
            over = [name for name in self._store.names(prefix) if name < before and self._store.get(name) != _GONE]
            if over:
                self._store.replace(dict.fromkeys(over, _GONE))
        for name in [name for name in self._epochs if name.startswith(prefix) and name < before]:
            self._epochs.pop(name, None)
        return len(over)

    def sign(self, tenant_id: str, data: bytes) -> bytes:
        """Return the tenant's Ed25519 signature (64 bytes) over `data`."""
        return self._signer(tenant_id).sign(data)

    def verify(self, tenant_id: str, signature: bytes, data: bytes) -> bool:
        """Return whether `signature` is the tenant's over `data`."""
        public: Ed25519PublicKey = self._signer(tenant_id).public_key()
        try:
            public.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def destroy_party(self, tenant_id: str, party_id: str) -> None:
        """Destroy a party's key for good: whatever it sealed, in whatever copy, is unreadable from now on.

        The party is put on the list of those destroyed, in the same step: a restored database is told by it.
        """
        with self._rewriting:
            names = (f"party/{tenant_id}/{party_id}", f"destroyed/{tenant_id}/{party_id}")
            self._store.replace(dict.fromkeys(names, _GONE))
        with self._lock:
            self._destructions += 1
            self._parties.pop((tenant_id, party_id), None)

    def destroyed_parties(self, tenant_id: str) -> tuple[str, ...]:
        """Return the parties whose keys were destroyed, by whatever process, and forget their keys here as well."""
        prefix = f"destroyed/{tenant_id}/"
        destroyed = tuple(name.removeprefix(prefix) for name in self._store.names(prefix))
        with self._lock:
            for party_id in destroyed:
                if self._parties.pop((tenant_id, party_id), None) is not None:
                    self._destructions += 1
        return destroyed

    def rotate(self) -> int:
        """Make a new root key and new tenant keys, wrap everything anew, forget the old ones; return how many.

        Sealed data is not touched. The old keys stay readable until everything is wrapped anew, so a crash in between
        loses nothing and the next rotation finishes the work.
        """
        with self._rewriting:
            fresh = crypto.new_key()
            self._store.replace_roots((fresh, *self._store.roots()))
            wrapped = 0
            for family in ("tenant/", "mac/", "sign/", "epoch/"):
                for name in tuple(self._store.names(family)):
                    if self._store.get(name) == _GONE:
                        continue
                    value = self._unwrap_by_root(name)
                    if family == "tenant/":
                        wrapped += self._rotate_tenant(name.removeprefix(family), value, fresh)
                    else:
                        self._store.replace({name: crypto.seal(fresh, value, context=name.encode())})
                    wrapped += 1
            self._store.replace_roots((fresh,))
            self._tenants.clear()
            return wrapped

    def export(self, passphrase: str) -> bytes:
        """Return the whole store sealed under a passphrase: salt (16 bytes), then nonce, ciphertext and tag."""
        values = {name: self._store.get(name) or b"" for name in self._store.names("")}
        archive = msgspec.msgpack.encode({"roots": self._store.roots(), "values": values})
        salt = crypto.new_key()[:16]
        return salt + crypto.seal(crypto.key_from_passphrase(passphrase, salt), archive, context=b"doorward-keys-1")

    @staticmethod
    def restore(store: KeyStore, backup: bytes, passphrase: str) -> int:
        """Put a backup's keys into an empty store; return how many.

        Raises `crypto.SealBroken` for a wrong passphrase, `FileExistsError` when the store has keys.
        """
        key = crypto.key_from_passphrase(passphrase, backup[:16])
        archive = crypto.open_sealed(key, backup[16:], context=b"doorward-keys-1")
        content = msgspec.msgpack.decode(archive, type=_Archive)
        if next(store.names(""), None) is not None:
            raise FileExistsError("the key store is not empty")
        store.replace_roots(content.roots)
        store.replace(content.values)
        return len(content.values)

    def _rotate_tenant(self, tenant_id: str, old: bytes, root: bytes) -> int:
        name, fresh = f"tenant/{tenant_id}", crypto.new_key()
        olds = _split(old)
        self._store.replace({name: crypto.seal(root, b"".join((fresh, *olds)), context=name.encode())})
        parties = tuple(self._store.names(f"party/{tenant_id}/"))
        for start in range(0, len(parties), 500):
            again = {}
            for party in parties[start : start + 500]:
                value = self._store.get(party)
                if value is not None and value != _GONE:
                    key = _unwrap((fresh, *olds), value, party)
                    again[party] = (value, crypto.seal(fresh, key, context=party.encode()))
            self._store.exchange(again)
        self._store.replace({name: crypto.seal(root, fresh, context=name.encode())})
        return len(parties)

    def _party_key(self, tenant_id: str, party_id: str, *, make: bool) -> bytes:
        with self._lock:
            held = self._parties.get((tenant_id, party_id))
            if held is not None:
                self._parties.move_to_end((tenant_id, party_id))
                return held
            destructions = self._destructions
        key = self._read_party(tenant_id, f"party/{tenant_id}/{party_id}", make=make)
        with self._lock:
            # What was read just before a destruction must not be remembered after it.
            if destructions == self._destructions:
                self._parties[tenant_id, party_id] = key
            if len(self._parties) > _REMEMBERED:
                self._parties.popitem(last=False)
        return key

    def _read_party(self, tenant_id: str, name: str, *, make: bool) -> bytes:
        value = self._store.get(name)
        if value is None and make:
            self._make_party(tenant_id, name)
            value = self._store.get(name)
        if value is None or value == _GONE:
            raise KeyDestroyed("the party's key is gone")
        try:
            return _unwrap(self._tenant_keys(tenant_id), value, name)
        except crypto.SealBroken:
            # The keys may have been rotated since they, or the value, were read.
            self._tenants.pop(tenant_id, None)
            return _unwrap(self._tenant_keys(tenant_id), self._store.get(name) or b"", name)

    def _make_party(self, tenant_id: str, name: str) -> None:
        key, wrapped, wrapping = crypto.new_key(), b"", b""
        while True:
            self._tenants.pop(tenant_id, None)
            newest = self._tenant_keys(tenant_id)[0]
            if newest == wrapping:
                return
            before, wrapped, wrapping = wrapped, crypto.seal(newest, key, context=name.encode()), newest
            if before:
                self._store.exchange({name: (before, wrapped)})
            elif self._store.add(name, wrapped) != wrapped:
                return

    def _make_epoch(self, name: str) -> bytes:
        """Make an epoch's key, wrap it anew if a rotation began meanwhile, and return what is kept."""
        self._unwrap_by_root(f"mac/{name.split('/')[1]}")  # only tenants have keys
        key = crypto.new_key()
        root = self._store.roots()[0]
        wrapped = crypto.seal(root, key, context=name.encode())
        kept = self._store.add(name, wrapped)
        while kept == wrapped and (newest := self._store.roots()[0]) != root:
            before, root = wrapped, newest
            wrapped = kept = crypto.seal(root, key, context=name.encode())
            self._store.exchange({name: (before, wrapped)})
        return kept

    def _tenant_keys(self, tenant_id: str) -> tuple[bytes, ...]:
        keys = self._tenants.get(tenant_id)
        if keys is None:
            keys = self._tenants[tenant_id] = _split(self._unwrap_by_root(f"tenant/{tenant_id}"))
        return keys

    def _unwrap_by_root(self, name: str) -> bytes:
        value = self._store.get(name)
        if value is None:
            raise KeyDestroyed(f"the key store has no {name.partition('/')[0]} key for this tenant")
        try:
            return _unwrap(self._store.roots(), value, name)
        except crypto.SealBroken:  # a rotation may have ended between the two looks
            return _unwrap(self._store.roots(), self._store.get(name) or b"", name)

    def _signer(self, tenant_id: str) -> Ed25519PrivateKey:
        signer = self._signers.get(tenant_id)
        if signer is None:
            private = self._unwrap_by_root(f"sign/{tenant_id}")
            signer = self._signers[tenant_id] = Ed25519PrivateKey.from_private_bytes(private)
        return signer


class _Archive(msgspec.Struct):
    roots: tuple[bytes, ...]
    values: dict[str, bytes]


def _split(keys: bytes) -> tuple[bytes, ...]:
    return tuple(keys[at : at + crypto.KEY_BYTES] for at in range(0, len(keys), crypto.KEY_BYTES))


def _unwrap(keys: tuple[bytes, ...], value: bytes, name: str) -> bytes:
    for key in keys[:-1]:
        try:
            return crypto.open_sealed(key, value, context=name.encode())
        except crypto.SealBroken:
            continue
    return crypto.open_sealed(keys[-1], value, context=name.encode())
