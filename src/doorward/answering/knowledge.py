"""Published knowledge of all tenants, ready to be asked: the one thing of this room that the walk needs."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

from doorward.answering.composing import Composer
from doorward.answering.index import KnowledgeIndex
from doorward.kit.process import return_memory
from doorward.vocabulary.decision import Decision
from doorward.vocabulary.ids import TenantId
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.reply import Reply
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.understanding import Candidate, Understanding

Load = Callable[[Scope, int | None], KnowledgeIndex | None]
"""Returns the tenant's index, or None if the revision given is still the newest: `KnowledgeService.newer` in a
transaction that the edge opens."""

TENANTS = 64
"""Indexes that are kept, of the tenants that were asked about last; 60 articles in five languages with 17,000 questions
take 80 MB."""


FRESH_SECONDS = 0.25
"""How long nobody asks again whether another process published something; what this one publishes is known at once."""


class Knowledge:
    """Holds the tenants' indexes and keeps them fresh: a search asks whether something was published meanwhile."""

    def __init__(self, load: Load, composer: Composer, *, seconds: Callable[[], float] = monotonic) -> None:
        """Take what loads an index and what writes replies; `seconds` is a clock for tests."""
        self._load = load
        self._seconds = seconds
        self._asked: dict[TenantId, float] = {}
        self._composer = composer
        self._held: OrderedDict[TenantId, KnowledgeIndex] = OrderedDict()
        self._lock = Lock()

    def search(self, scope: Scope, reading: Reading, *, limit: int = 5) -> tuple[Candidate, ...]:
        """Return what may answer, best first, at most `limit`."""
        return self.index(scope).search(reading, limit=limit)

    def compose(self, scope: Scope, decision: Decision, understanding: Understanding, *, language: str) -> Reply | None:
        """Return the reply in `language` that carries a decision out, None where nothing is to be said."""
        held = self._held.get(scope.tenant_id)
        index = self.index(scope) if held is None else held
        return self._composer.compose(decision, understanding, language=language, index=index)

    def index(self, scope: Scope) -> KnowledgeIndex:
        """Return the tenant's index as of now. Raises what loading raises."""
        held, now = self._held.get(scope.tenant_id), self._seconds()
        if held is not None and now - self._asked.get(scope.tenant_id, -1.0) < FRESH_SECONDS:
            return held
        self._asked[scope.tenant_id] = now
        newer = self._load(scope, None if held is None else held.revision)
        with self._lock:
            index = self._held.get(scope.tenant_id, held) if newer is None else newer
            if index is None:
                raise LookupError("loading gave no index although none was held")
            self._held[scope.tenant_id] = index
            self._held.move_to_end(scope.tenant_id)
            while len(self._held) > TENANTS:
                self._asked.pop(self._held.popitem(last=False)[0], None)
        if newer is not None:
            return_memory()
        return index

    def changed(self, tenant_id: TenantId) -> None:
        """Have the next search ask again: something was published or withdrawn. Safe from any thread."""
        self._asked.pop(tenant_id, None)
