"""Counters and times for `/metrics`: ids of tenants and codes, never anything of a customer."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from doorward.admission.flood import LEVELS, Level, WorkGate
from doorward.admission.kept import Needed
from doorward.record import WrittenEntry
from doorward.vocabulary.errors import DoorwardError
from doorward.vocabulary.ids import TenantId


class Meters:
    """The process's meters, in a registry of their own."""

    def __init__(self) -> None:
        """Start from zero."""
        self.registry = CollectorRegistry()
        self._entries = Counter("doorward_entries", "Ledger lines written, by kind.", ["kind"], registry=self.registry)
        self._decisions = Counter(
            "doorward_decisions", "Decisions made, by action and reason.", ["action", "reason"], registry=self.registry
        )
        self._refusals = Counter("doorward_refusals", "Refusals, by code.", ["code"], registry=self.registry)
        self._failures = Counter(
            "doorward_encoder_failures", "Embeddings that could not be made.", registry=self.registry
        )
        self._stages = Histogram(
            "doorward_stage_cpu_seconds",
            "CPU time of the walk's stages.",
            ["stage"],
            registry=self.registry,
            buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
        )

        self._arrivals = Counter(
            "doorward_arrivals",
            "Contacts that began, by class and what they got.",
            ["class", "way"],
            registry=self.registry,
        )
        self._level = Gauge(
            "doorward_flood_level", "0 green, 1 amber, 2 red, by tenant.", ["tenant"], registry=self.registry
        )
        self._needed = Gauge(
            "doorward_places_needed",
            "Places of people, and of the bot, that it takes to cope, by tenant.",
            ["tenant", "of"],
            registry=self.registry,
        )

        self._together = Counter(
            "doorward_shared_memory_questions",
            "Questions to the memory that processes share, by whether it answered in time.",
            ["answered"],
            registry=self.registry,
        )

    def counted_together(self, answered: bool) -> None:  # noqa: FBT001 - what is heard is one yes or no
        """Count a question to the shared memory; without an answer the process counted for itself."""
        self._together.labels("yes" if answered else "no").inc()

    def arrived(self, caller_class: str, way: str) -> None:
        """Count a contact that began."""
        self._arrivals.labels(caller_class, way).inc()

    def flood_watched(self, tenant_id: TenantId, level: Level, needed: Needed) -> None:
        """Note how a tenant stands."""
        self._level.labels(tenant=tenant_id).set(LEVELS.index(level))
        self._needed.labels(tenant=tenant_id, of="people").set(needed.people)
        self._needed.labels(tenant=tenant_id, of="bot").set(needed.bot)

    def watch_gate(self, gate: WorkGate) -> None:
        """Tell how much customers' work may be done at once, and how much is being done."""
        told = "Requests of customers that may be answered at once."
        Gauge("doorward_work_places", told, registry=self.registry).set_function(lambda: gate.places)
        told = "Requests of customers that are being answered."
        Gauge("doorward_work_in_flight", told, registry=self.registry).set_function(lambda: gate.in_flight)

    def entry_written(self, written: WrittenEntry) -> None:
        """Count a ledger line."""
        entry = written.entry
        self._entries.labels(kind=entry.kind).inc()
        if entry.kind == "decision.made":
            self._decisions.labels(action=entry.data["action"], reason=entry.data["reason"]).inc()

    def stage_seen(self, name: str, cpu_seconds: float) -> None:
        """Note the CPU time of a stage."""
        self._stages.labels(stage=name).observe(cpu_seconds)

    def refused(self, error: DoorwardError) -> None:
        """Count a refusal."""
        self._refusals.labels(code=error.code).inc()

    def encoder_failed(self, _error: DoorwardError) -> None:
        """Count an embedding that could not be made."""
        self._failures.inc()

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)
