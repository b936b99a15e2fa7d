"""An encoder behind an OpenAI-compatible `/v1/embeddings`."""

import hashlib
import http.client
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from threading import Lock
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
import numpy as np

from doorward.kit.clock import Clock
from doorward.kit.settings import Settings
from doorward.understanding.ports import Encoder, Vectors
from doorward.vocabulary.errors import Misconfigured, Unavailable

TIMEOUT = 5.0
"""Seconds for connecting and for every read."""

PAUSE = timedelta(seconds=15)
"""How long a service that failed is left alone."""

BATCH = 64
CHARACTERS = 8000
"""Texts per request and characters of a text that are sent: within what every known service takes."""

LARGEST_ANSWER = 32 * 1024 * 1024
DIMENSIONS = range(8, 8193)


class _Row(msgspec.Struct, frozen=True):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct, frozen=True):
    data: list[_Row]


class RemoteEncoder:
    """Sentence vectors from a service. Thread-safe: every call has its own connection."""

    def __init__(self, url: str, *, model: str, key: str, clock: Clock) -> None:
        """Take the service's base address, the model's name and the key (empty for none).

        Raises `Misconfigured` for an address that is neither https nor on this machine.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise Misconfigured("models.embeddings_url is not an address.") from error
        if not host or not model:
            raise Misconfigured("Set models.embeddings_url and models.embeddings_model for the encoder.")
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host)):
            raise Misconfigured("models.embeddings_url must begin with https:// (http:// only on this machine).")
        path = parts.path.rstrip("/")
        self._path = path if path.endswith("/embeddings") else f"{path}/embeddings"
        self._secure, self._host, self._port = parts.scheme == "https", host, port
        self._model, self._key, self._clock = model, key, clock
        digest = hashlib.sha256(f"{host}{self._path}\x1f{model}".encode()).hexdigest()[:8]
        self.id = f"openai/{model[:40]}/{digest}"
        self._lock = Lock()
        self._dimensions = 0
        self._rest_until: datetime | None = None

    @property
    def dimensions(self) -> int:
        """Return the length of a vector; asks the service the first time. Raises what `encode` raises."""
        return self._dimensions or self.encode(["dimensions"]).shape[1]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text. Raises `Unavailable` while the service fails, `Misconfigured` if it refuses."""
        if self._rest_until is not None and self._clock.now() < self._rest_until:
            raise Unavailable("the embeddings service failed a moment ago")
        try:
            batches = [self._ask(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        except Unavailable:
            self._rest_until = self._clock.now() + PAUSE
            raise
        self._rest_until = None
        if not batches:
            return np.empty((0, self._dimensions), dtype=np.float32)
        return np.concatenate(batches)

    def ping(self) -> None:
        """Embed one word. Raises what `encode` raises."""
        self.encode(["ping"])

    def _ask(self, texts: Sequence[str]) -> Vectors:
        inputs = [text[:CHARACTERS].encode("utf-8", "replace").decode() or " " for text in texts]
        body = msgspec.json.encode({"model": self._model, "input": inputs, "encoding_format": "float"})
        try:
            status, answer = self._post(body)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable("the embeddings service cannot be reached") from error
        if status == 429 or status >= 500:
            raise Unavailable(f"the embeddings service answers {status}")
        if status != 200:
            raise Misconfigured(f"The embeddings service answers {status}: check its address, the model and the key.")
        return self._read(answer, count=len(texts))

    def _post(self, body: bytes) -> tuple[int, bytes]:
        connection = self._connect()
        try:
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
            connection.request("POST", self._path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.read(LARGEST_ANSWER + 1)
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT)

    def _read(self, answer: bytes, *, count: int) -> Vectors:
        """Return the rows of an answer in the order asked for. Raises `Unavailable` if they are not what was asked."""
        try:
            data = msgspec.json.decode(answer, type=_Answer).data if len(answer) <= LARGEST_ANSWER else []
        except msgspec.DecodeError as error:
            raise Unavailable("the embeddings service answers something else than embeddings") from error
        rows = {row.index: row.embedding for row in data}
        if sorted(rows) != list(range(count)) or len({len(row) for row in rows.values()}) != 1:
            raise Unavailable("the embeddings service answers with missing or uneven vectors")
        vectors = np.array([rows[index] for index in range(count)], dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if vectors.shape[1] not in DIMENSIONS or not np.isfinite(lengths).all():
            raise Unavailable("the embeddings service answers with impossible vectors")
        with self._lock:
            self._dimensions = self._dimensions or vectors.shape[1]
        if vectors.shape[1] != self._dimensions:
            raise Unavailable("the embeddings service changed the length of its vectors")
        return np.asarray(vectors / np.maximum(lengths, np.float32(1e-12)), dtype=np.float32)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Kit(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...


def build(kit: _Kit) -> Encoder:
    """Return the encoder; nothing is asked before its first use. Raises `Misconfigured` when settings are missing."""
    models = kit.settings.models
    url, key = models.embeddings_url, models.embeddings_key
    return RemoteEncoder(url, model=models.embeddings_model, key=key, clock=kit.clock)
