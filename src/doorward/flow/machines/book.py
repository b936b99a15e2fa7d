"""What machines may order at each company: declared by the company with what it costs, never by the machine."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from doorward.answering.procedures import Procedure
from doorward.answering.procedures.model import CallStep, ProcedureStep, VerifyStep
from doorward.flow.procedures import TenantProcedures
from doorward.flow.procedures.verifying import CLAIMED
from doorward.identity import MOST_AMOUNT
from doorward.kit.logging import get_logger
from doorward.vocabulary.ids import TenantId

log = get_logger("flow.machines")

LARGEST: Final = 100_000
"""Bytes of a file."""
MOST: Final = 50
LONGEST_NAME: Final = 100
_KIND: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class OrderKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of order: the procedure that carries it out for one of the customer's things of the kind `thing`.

    `amount` is what one costs, in minor units of the company's currency. `answers` are what is chosen where the
    procedure asks for a choice. `needs_proof`: the procedure wants its customer verified, so that only the owner can
    have it done.
    """

    kind: str
    procedure: str
    thing: str
    amount: int
    answers: Mapping[str, str]
    name: Mapping[str, str]
    needs_proof: bool = False

    def called(self, language: str) -> str:
        """Return its name in a language, else in the company's first one."""
        return self.name.get(language) or next(iter(self.name.values()))


class OrderKinds(msgspec.Struct, frozen=True, kw_only=True):
    """What machines may order at one company, by kind, and in which currency that costs something."""

    currency: str = ""
    kinds: Mapping[str, OrderKind] = {}


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    procedure: str
    thing: str
    amount: int
    answers: dict[str, str] = {}
    name: dict[str, str]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    order: tuple[_Written, ...] = ()


class MachineBook:
    """The kinds of all tenants that have any."""

    def __init__(self) -> None:
        """Begin without any."""
        self._kinds: dict[TenantId, OrderKinds] = {}

    def of(self, tenant_id: TenantId) -> OrderKinds:
        """Return what machines may order at a company; nothing where it declares nothing."""
        return self._kinds.get(tenant_id, OrderKinds())

    def put(self, tenant_id: TenantId, kinds: OrderKinds) -> None:
        """Let machines order these kinds at a company and no others."""
        self._kinds[tenant_id] = kinds

    def load(self, tenant_id: TenantId, path: Path, *, procedures: TenantProcedures, languages: tuple[str, ...]) -> str:
        """Read a company's file; one that is not there is none. One that is wrong is logged and left out as a whole.

        Return why, empty where nothing is wrong.
        """
        if not path.is_file():
            return ""
        try:
            written = _read(path)
        except (OSError, ValueError, RecursionError) as error:
            wrong = [str(error)]
        else:
            wrong = list(_problems(written, procedures, languages))
            if not wrong:
                kinds = {one.kind: _kind(one, procedures.procedures[one.procedure]) for one in written.order}
                self.put(tenant_id, OrderKinds(currency=procedures.core.currency, kinds=kinds))
                return ""
        refused = f"{path.name}: {'; '.join(wrong)}"
        log.error("flow.machines.refused", tenant_id=tenant_id, why=refused)
        return refused


def _read(path: Path) -> _File:
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise ValueError(f"larger than {LARGEST} bytes")
    return msgspec.convert(tomllib.loads(content.decode("utf-8")), _File)


def _problems(file: _File, tenant: TenantProcedures, languages: tuple[str, ...]) -> Iterator[str]:
    if len(file.order) > MOST or len({one.kind for one in file.order}) != len(file.order):
        yield f"at most {MOST} kinds, each once"
    for one in file.order:
        if not _KIND.fullmatch(one.kind):
            yield f"{one.kind[:40]!r}: small letters, figures and _"
        if not 0 <= one.amount <= MOST_AMOUNT:
            yield f"{one.kind[:40]}: amount is 0 to {MOST_AMOUNT}"
        for language in languages:
            if not 0 < len(one.name.get(language, "")) <= LONGEST_NAME:
                yield f"{one.kind[:40]}: a name in {language} of 1 to {LONGEST_NAME} characters"
        procedure = tenant.procedures.get(one.procedure)
        if procedure is None:
            yield f"{one.kind[:40]}: no procedure {one.procedure[:40]!r}"
        else:
            yield from (f"{one.kind[:40]}: {wrong}" for wrong in _unfit(one, procedure))


def _unfit(written: _Written, procedure: Procedure) -> Iterator[str]:
    """Yield why a procedure cannot carry out a kind of order."""
    if written.thing not in {slot.of for slot in procedure.slots.values() if slot.kind == "thing"}:
        yield f"the procedure asks for no {written.thing[:40]!r}"
    for slot, answer in written.answers.items():
        if slot not in procedure.slots or answer not in procedure.slots[slot].options:
            yield f"{slot[:40]} cannot be answered by {answer[:40]!r}"
    if not all(_asks_first(step, procedure) for step in procedure.steps):
        yield "the procedure changes something without a yes to it, so nobody sees what is ordered"


def _asks_first(step: ProcedureStep, procedure: Procedure) -> bool:
    """Return whether a step changes nothing, or only what the gate lets nobody change without a yes to just that."""
    if not isinstance(step, CallStep) or step.effect != "change":
        return True
    return not procedure.known.operations[step.operation].reversible


def _kind(written: _Written, procedure: Procedure) -> OrderKind:
    levels = [step.level for step in procedure.steps if isinstance(step, VerifyStep)]
    called = [step.operation for step in procedure.steps if isinstance(step, CallStep)]
    levels += [procedure.known.operations[name].level for name in called]
    return OrderKind(
        kind=written.kind,
        procedure=written.procedure,
        thing=written.thing,
        amount=written.amount,
        answers=written.answers,
        name=written.name,
        needs_proof=max(levels, default=0) > CLAIMED,
    )
