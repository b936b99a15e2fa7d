"""What must be true of an installation after all its deaths, read from its database and files."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import func, select

from doorward import record
from doorward.flow.tables import run_table, step_table
from doorward.identity.tables import tenant_table
from doorward.kit.crypto import SealBroken
from doorward.kit.db import Database
from doorward.kit.keys import FileKeyStore, KeyDestroyed, Keys
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.protection import ProtectionService
from doorward.protection.tables import original_table
from doorward.record import WrittenEntry
from doorward.routing.tables import item_table
from doorward.vocabulary.errors import NotFound
from doorward.vocabulary.ids import SpanId, TenantId
from doorward.vocabulary.scope import Scope, system_scope
from tests.support.crashes.script import Script, conversation_of

Told = tuple[Any, ...]
"""A conversation as it was told: its customer's messages in order, and what came of each, without ids and times."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `faults` are broken promises; `told` is every conversation by round and place."""

    faults: tuple[str, ...]
    told: Mapping[tuple[int, int], Told]
    message_ids: frozenset[str]


def gather(settings: Settings, script: Script, *, rounds: int) -> Evidence:
    """Look at a closed installation."""
    database = Database.open(settings.database_url, read_only=settings.database_url.startswith("sqlite"))
    store = FileKeyStore(settings.key_folder)
    try:
        with database.reader.connect() as connection:
            tx = Tx(connection, datetime.now(UTC))
            tenants = {row.slug: TenantId(row.tenant_id) for row in tx.execute(select(tenant_table))}
            scope = system_scope(tenants["halden"], "evidence")
            places = [(number, place) for number in range(rounds) for place in range(len(script.conversations))]
            ledgers = {one: _ledger(tx, scope, one) for one in places}
            faults = [*_faults_of_ledgers(ledgers), *_faults_of_flow(tx), *_faults_of_cards(tx, scope)]
            faults += _faults_of_queue(tx, scope)
            faults += _faults_of_originals(tx, scope, ProtectionService(Keys(store)))
            for slug, tenant_id in tenants.items():
                faults += _faults_of_audit(tx, system_scope(tenant_id, "evidence"), settings, Keys(store), slug)
            return Evidence(
                faults=tuple(faults),
                told={one: _told(ledger) for one, ledger in ledgers.items()},
                message_ids=frozenset(
                    str(line.entry.message_id) for ledger in ledgers.values() for line in _customer_lines(ledger)
                ),
            )
    finally:
        store.close()
        database.close()


def problems(evidence: Evidence, undisturbed: Evidence, *, acknowledged: Iterable[str]) -> list[str]:
    """Return every broken promise: faults, acknowledged messages that are lost, and conversations that ended otherwise.

    `undisturbed` is of one round without a death.
    """
    found = list(evidence.faults)
    lost = set(acknowledged) - evidence.message_ids
    found += [f"lost: {len(lost)} acknowledged messages"] if lost else []
    for (number, place), told in evidence.told.items():
        if told != undisturbed.told[0, place]:
            found.append(
                f"told otherwise: round {number}, conversation {place}: {_difference(told, undisturbed.told[0, place])}"
            )
    return found


def _ledger(tx: Tx, scope: Scope, place: tuple[int, int]) -> tuple[WrittenEntry, ...]:
    return record.entries_after(tx, scope, conversation_of(scope.tenant_id, *place), limit=10_000)


def _customer_lines(ledger: Iterable[WrittenEntry]) -> Iterator[WrittenEntry]:
    return (line for line in ledger if line.entry.kind == "message.customer")


def _told(ledger: tuple[WrittenEntry, ...]) -> Told:
    """Return a ledger without what may differ: ids, times, and how messages and answers interleave.

    A message may be accepted before or after the answer to the one before it; the order of the messages among
    themselves, and of what came of each, is the same every time.
    """
    messages = [line.entry.message_id for line in _customer_lines(ledger)]
    answers: list[list[Any]] = [[] for _ in messages]
    others = []
    for line in ledger:
        entry = line.entry
        text = None if entry.text is None else entry.text.text
        spans = () if entry.text is None else tuple((one.kind, one.start, one.end) for one in entry.text.spans)
        told = (entry.kind, text, spans, entry.actor.kind, msgspec.json.encode(entry.data, order="sorted").decode())
        if entry.message_id in messages:
            answers[messages.index(entry.message_id)].append(told)
        else:
            others.append(told)
    return (tuple(others), *(tuple(one) for one in answers))


def _difference(told: Told, expected: Told) -> str:
    """Return where two tellings part, in kinds of lines only."""
    kinds = [[tuple(line[0] for line in part) for part in one] for one in (told, expected)]
    if kinds[0] != kinds[1]:
        return f"{kinds[0]} instead of {kinds[1]}"
    pairs = [(a, b) for one, two in zip(told, expected, strict=True) for a, b in zip(one, two, strict=True) if a != b]
    return f"{pairs[0][0]} instead of {pairs[0][1]}"


def _faults_of_ledgers(ledgers: Mapping[tuple[int, int], tuple[WrittenEntry, ...]]) -> Iterator[str]:
    for (number, place), ledger in ledgers.items():
        where = f"round {number}, conversation {place}"
        if [line.seq for line in ledger] != list(range(1, len(ledger) + 1)):
            yield f"numbers have gaps: {where}"
        count = Counter((line.entry.message_id, line.entry.kind) for line in ledger)
        for message in {line.entry.message_id for line in _customer_lines(ledger)}:
            once = [count[message, kind] for kind in ("message.customer", "assessment.made", "decision.made")]
            if once != [1, 1, 1]:
                yield f"not exactly one message, assessment and decision: {where}: {once}"
            if count[message, "message.bot"] > 1 or count[message, "handoff.requested"] > 1:
                yield f"answered or handed over twice: {where}"


def _faults_of_flow(tx: Tx) -> Iterator[str]:
    still_open = tx.execute(select(func.count()).select_from(run_table).where(run_table.c.state != "done")).scalar_one()
    steps = tx.execute(select(func.count()).select_from(step_table)).scalar_one()
    if still_open:
        yield f"{still_open} runs are open"
    if steps:
        yield f"{steps} steps are left over"


def _faults_of_cards(tx: Tx, scope: Scope) -> Iterator[str]:
    for one in record.conversations_of(tx, scope):
        if record.card_of(tx, scope, one) != record.rebuild_card(tx, scope, one):
            yield "a card differs from its ledger"


def _faults_of_queue(tx: Tx, scope: Scope) -> Iterator[str]:
    queued = set(
        tx.execute(select(item_table.c.conversation_id).where(item_table.c.tenant_id == scope.tenant_id)).scalars()
    )
    cards = record.list_cards(tx, scope, record.CardQuery(states=("waiting",), limit=1_000_000))
    if queued != {card.conversation_id for card in cards}:
        yield "the queue is not who waits"


def _faults_of_originals(tx: Tx, scope: Scope, protection: ProtectionService) -> Iterator[str]:
    """Every masked place must open, whenever its key was made."""
    rows = tx.execute(select(original_table.c.span_id, original_table.c.kind))
    kept = {row.span_id for row in rows}
    for one in record.conversations_of(tx, scope):
        for line in _customer_lines(record.entries_after(tx, scope, one, limit=10_000)):
            spans = () if line.entry.text is None else line.entry.text.spans
            if any(span.id not in kept for span in spans):
                yield "a masked place has no sealed original"
    for span_id in kept:
        try:
            protection.unmask(tx, scope, SpanId(span_id), purpose="resolve_contact", reason="crash-test")
        except (SealBroken, KeyDestroyed, NotFound) as error:
            yield f"a sealed original does not open: {type(error).__name__}"


def _faults_of_audit(tx: Tx, scope: Scope, settings: Settings, keys: Keys, slug: str) -> Iterator[str]:
    report = record.verify_audit(tx, scope, keys=keys, folder=settings.folder / "audit")
    if report.problem is not None or report.unsealed:
        yield f"audit of {slug}: {report.problem}, {report.unsealed} unsealed"
