"""`doorward drill prepare`: what a company has is read, played in this process, kept, and printed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from doorward.admission.drill import Report, shipped_scenarios
from doorward.admission.flood import Quotas
from doorward.admission.kept import ask_preparation
from doorward.admission.together import QuotasTogether
from doorward.bootstrap.preparing import played
from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.opening import office, scope_of
from doorward.doors.cli.output import hint, print_table, progress, say
from doorward.flow.flood import FloodControl
from doorward.flow.preparedness import Assignment, Gathering, Preparing, PreparingRooms
from doorward.flow.runner import IN_MEMORY
from doorward.flow.views.preparedness import Prepared, PreparednessState, preparedness
from doorward.kit.clock import SystemClock
from doorward.kit.crypto import new_key
from doorward.kit.settings import Settings
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import Conflict
from doorward.vocabulary.outcome import Outcome
from doorward.vocabulary.scope import Scope


class _Here:
    """Plays in this process, and tells how far it is."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell

    def play(self, assignment: Assignment) -> Iterator[Report]:
        for number, report in enumerate(played(assignment), start=1):
            self._tell(number)
            yield report

    def stop(self) -> None:
        """Whoever waits here ends it from the keyboard."""


def play_here(settings: Settings, tenant: str | None) -> PreparednessState:
    """Play every shipped scenario with what a tenant has, keep what is found, and return it. Raises `Stop`."""
    with _opened(settings, tenant) as (transactions, scope, gathering):
        with progress("playing", total=len(shipped_scenarios())) as steps:
            work = Preparing(transactions, gathering=gathering, plays=_Here(steps))
            # Without a job: it is played here, and nobody else is to take it up.
            asked = transactions.write(scope, lambda tx: Outcome(ask_preparation(tx, scope).value))
            try:
                work.play(scope, asked.id)
            except Conflict:
                raise Stop("The scenarios are being played already; look at the desk.", code=Code.UNAVAILABLE) from None
        return transactions.read(lambda tx: preparedness(tx, scope, gathering=gathering))


@contextmanager
def _opened(settings: Settings, tenant: str | None) -> Iterator[tuple[Transactions, Scope, Gathering]]:
    with office(settings) as opened:
        found, transactions = opened.tenant(tenant), opened.transactions
        clock, secret = SystemClock(), new_key()
        control = FloodControl(
            transactions,
            clock=clock,
            quotas=QuotasTogether(Quotas(clock, secret=secret), None, clock=clock, secret=secret),
            settings=settings.flood,
            bot=lambda: (IN_MEMORY, 0),
        )
        rooms = PreparingRooms(
            staff=opened.identity.staff,
            settings_of=lambda _tenant_id: found.settings,
            control=control,
            flood=settings.flood,
        )
        yield transactions, scope_of(found), Gathering(rooms)


def print_preparedness(state: PreparednessState) -> None:
    """Print how each scenario goes, the worst first, and what to change."""
    if state.prepared is None:
        say("Nothing was played yet.")
        return
    print_table(
        ("scenario", "goes", "borne for", "gives first", "helped, of a calm day", "costs more"),
        [_row(state.prepared, at) for at in range(len(state.prepared.scenarios))],
        empty="There are no scenarios.",
    )
    print_table(
        ("what would help", "in scenarios", "more customers helped", "costs each time"),
        [(one.lever, one.helps_in, f"{100 * one.gain:.1f} %", f"{one.cost:,.0f}") for one in state.prepared.levers],
        empty="None of the changes that were tried would help.",
    )
    ours = state.prepared.ours
    told = ", ".join(f"{name} {source}" for name, source in ours.sources.items())
    hint(f"Played with {ours.people:g} people, {ours.per_minute * 60:.0f} contacts an hour ({told}).")


def _row(prepared: Prepared, at: int) -> tuple[object, ...]:
    one = prepared.scenarios[at]
    borne = "the end" if one.survived is None else f"{one.survived:g} min"
    more = f"{one.cost - one.calm_cost:,.0f} {one.currency}"
    return one.scenario, one.standing, borne, one.gives_first or "nothing", f"{100 * one.of_calm:.1f} %", more
