"""Idempotency keys: a request that is sent again is answered again, and not carried out again.

The effect itself must be safe to repeat under its key (every verb of the desk is): between the effect and the
remembered answer a crash is possible, and then the repetition runs the verb once more. What is remembered here is the
answer, so that it stays the same however the conversation went on (draft-ietf-httpapi-idempotency-key-header).
"""

import hashlib
import re
from datetime import timedelta
from typing import Final

import msgspec

from doorward.flow.idempotency import repository
from doorward.kit.crypto import SealBroken, open_sealed, seal
from doorward.kit.keys import Keys
from doorward.kit.tx import Tx
from doorward.vocabulary.errors import KeyReused, Malformed
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope

REMEMBERED: Final = timedelta(hours=24)
"""How long a repetition is recognised."""

_KEY: Final = re.compile(r"\A[\x21-\x7e]{1,128}\Z")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked under a key: `route` with its ids, such as `POST /api/v1/conversations/…/take`, and the body."""

    key: str
    route: str
    body: bytes

    def digest(self) -> bytes:
        """Return what two equal requests have in common (SHA-256)."""
        return hashlib.sha256(self.route.encode() + b"\x00" + self.body).digest()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered."""

    status: int
    body: bytes


def read_key(header: str) -> str:
    """Return the key of an `Idempotency-Key` header, with or without quotes. Raises `Malformed`."""
    bare = header[1:-1] if len(header) > 1 and header[0] == header[-1] == '"' else header
    if not _KEY.match(bare):
        raise Malformed("idempotency-key: 1 to 128 visible ASCII characters")
    return bare


class Answers:
    """Remembers answers, sealed under a secret of the tenant, since they may hold what customers wrote."""

    def __init__(self, keys: Keys) -> None:
        """Seal with `keys`."""
        self._keys = keys

    def find(self, tx: Tx, scope: Scope, request: Request) -> Answer | None:
        """Return what the same request was answered, None when it is new.

        Raises `KeyReused` when the key was used for another request.
        """
        key = self._kept_key(scope, request)
        row = repository.find_answer(tx, scope, key)
        if row is None or row.at <= tx.now - REMEMBERED:
            return None
        if bytes(row.request_hash) != self._digest(scope, request):
            raise KeyReused("the idempotency key was used for another request")
        try:
            body = open_sealed(self._secret(scope), bytes(row.sealed), context=_context(key))
        except SealBroken:
            return None
        return Answer(status=row.status, body=body)

    def remember(self, tx: Tx, scope: Scope, request: Request, *, answer: Answer) -> Outcome[Answer]:
        """Keep an answer and return it, or return the one that was kept meanwhile. Raises as `find`."""
        before = self.find(tx, scope, request)
        if before is not None:
            return Outcome(before)
        key = self._kept_key(scope, request)
        values = {
            "key": key,
            "route": request.route,
            "request_hash": self._digest(scope, request),
            "status": answer.status,
            "sealed": seal(self._secret(scope), answer.body, context=_context(key)),
        }
        repository.delete_answer(tx, scope, key, before=tx.now - REMEMBERED)
        if repository.insert_answer(tx, scope, values):
            return Outcome(answer)
        return Outcome(self.find(tx, scope, request) or answer)

    def _kept_key(self, scope: Scope, request: Request) -> str:
        """Return a keyed hash of the key: a program may make its keys of anything, also of what nobody should read."""
        return self._keys.mac(scope.tenant_id, "flow.answers.key", request.key.encode()).hex()

    def _digest(self, scope: Scope, request: Request) -> bytes:
        """Return what two equal requests have in common, of use to nobody without the tenant's key."""
        return self._keys.mac(scope.tenant_id, "flow.answers.request", request.digest())

    def _secret(self, scope: Scope) -> bytes:
        return self._keys.tenant_secret(scope.tenant_id, "flow.answers")


def forget_old(tx: Tx) -> int:
    """Forget answers that no repetition is recognised by any more; return how many."""
    return repository.delete_answers(tx, before=tx.now - REMEMBERED)


def _context(key: str) -> bytes:
    return f"flow.answer\x1f{key}".encode()
