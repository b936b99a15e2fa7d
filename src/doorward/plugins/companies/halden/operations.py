"""What Halden's core system can do for a customer, declared as data; `changing` and `looking` do it.

Whoever adds an operation adds its verb there, its action to identity's rules, and its row to the tests.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal

from msgspec.structs import replace

from doorward.plugins.companies.halden.owned import KINDS
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.operations import Argument, Effect, FactKind, Operation, Scalar

HIGHEST_LIMIT: Final = 500_000
_CARD: Final = {"card": Argument(kind="thing", of="card")}
_CARD_FACTS: Final[Mapping[str, FactKind]] = {"card": "text", "status": "code"}
_DELIVERY: Final[Mapping[str, FactKind]] = {"order": "reference", "order_state": "code", "placed": "date"}
_DETAILS: Final = {"address": 200, "phone": 40, "email": 254, "text": 40}
"""Characters that a value of a kind may have, unless the argument says less."""
_ADDRESS_OF_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_TELEPHONE: Final = re.compile(r"\+?[0-9 ()/.-]{6,40}")


def _looks_up(name: str, action: str, *, of: str, facts: Mapping[str, FactKind]) -> Operation:
    return Operation(
        name=name,
        action=action,
        arguments={of: Argument(kind="thing", of=of)},
        effect="look_up",
        level=1,
        reversible=True,
        outcomes=("not_found",),
        facts={of: "reference", **KINDS[of], **facts},
    )


def _changes(
    name: str,
    action: str,
    *,
    level: int,
    arguments: Mapping[str, Argument] | None = None,
    facts: Mapping[str, FactKind] | None = None,
) -> Operation:
    """Return a change that cannot be taken back."""
    return Operation(
        name=name,
        action=action,
        arguments=arguments or {},
        level=level,
        facts={**(facts or {}), "why": "code"},
    )


def _harmless(operation: Operation, *, undo: str = "") -> Operation:
    """Return it as one that can be taken back by `undo`, or that takes nothing away."""
    return replace(operation, reversible=True, undo=undo)


def _new_detail(kind: Literal["address", "phone", "email"]) -> Operation:
    name = f"change_{kind}"
    change = _changes(name, f"{kind}.change", level=2, arguments={kind: Argument(kind=kind)})
    return _harmless(change, undo=name)


_DECLARED: Final = (
    _looks_up("track_card", "card.track", of="card", facts=_DELIVERY),
    _looks_up("track_paper", "order.track", of="device", facts=_DELIVERY),
    _looks_up("explain_payment", "payment.explain", of="payment", facts={"card_status": "code"}),
    _looks_up("track_transfer", "transfer.track", of="transfer", facts={}),
    _looks_up("track_top_up", "top_up.track", of="top_up", facts={}),
    _looks_up("track_refund", "refund.track", of="refund", facts={}),
    _looks_up("track_order", "order.track", of="order", facts={}),
    _looks_up(
        "explain_bill",
        "bill.explain",
        of="bill",
        facts={
            "difference_cents": "amount",
            "higher": "yes_no",
            "lines": "text",
            "largest": "text",
            "largest_cents": "amount",
        },
    ),
    _harmless(
        _changes("freeze_card", "card.freeze", level=1, arguments=_CARD, facts=_CARD_FACTS), undo="unfreeze_card"
    ),
    _harmless(
        _changes("unfreeze_card", "card.unfreeze", level=2, arguments=_CARD, facts=_CARD_FACTS), undo="freeze_card"
    ),
    _changes("block_card", "card.block", level=1, arguments=_CARD, facts=_CARD_FACTS),
    _changes("replace_card", "card.replace", level=2, arguments=_CARD, facts={**_CARD_FACTS, "order": "reference"}),
    _changes("activate_card", "card.activate", level=2, arguments=_CARD, facts=_CARD_FACTS),
    _harmless(
        _changes(
            "set_card_limit",
            "card.limit",
            level=2,
            arguments={**_CARD, "limit": Argument(kind="amount", least=0, most=HIGHEST_LIMIT)},
            facts={"card": "text", "daily_limit_cents": "amount", "previous_cents": "amount"},
        ),
        undo="set_card_limit",
    ),
    _changes(
        "dispute_payment",
        "payment.dispute",
        level=2,
        arguments={"payment": Argument(kind="thing", of="payment")},
        facts={"payment": "reference", "case": "reference"},
    ),
    _harmless(
        _changes(
            "report_fraud",
            "fraud.report",
            level=1,
            arguments={"card": Argument(kind="thing", of="card", optional=True)},
            facts={**_CARD_FACTS, "case": "reference"},
        )
    ),
    _changes(
        "make_plan",
        "plan.make",
        level=2,
        arguments={
            "bill": Argument(kind="thing", of="bill"),
            "instalments": Argument(kind="count", least=2, most=6),
        },
        facts={"bill": "reference", "instalments": "number", "amount_cents": "amount", "monthly_cents": "amount"},
    ),
    _changes(
        "cancel_transfer",
        "transfer.cancel",
        level=2,
        arguments={"transfer": Argument(kind="thing", of="transfer")},
        facts={"transfer": "reference"},
    ),
    _new_detail("address"),
    _new_detail("phone"),
    _new_detail("email"),
    _harmless(_changes("unlock_access", "access.unlock", level=2, facts={"state": "code"})),
    _changes(
        "order_paper",
        "paper.order",
        level=1,
        arguments={"device": Argument(kind="thing", of="device")},
        facts={"order": "reference", "detail": "text"},
    ),
    replace(
        _changes(
            "close_account",
            "account.close",
            level=2,
            arguments={"account": Argument(kind="thing", of="account")},
            facts={"account": "text", "state": "code"},
        ),
        two_persons=True,
    ),
    _harmless(
        _changes(
            "request_data",
            "data.request",
            level=2,
            arguments={"kind": Argument(kind="choice", options=("copy",), optional=True)},
            facts={"request": "reference"},
        )
    ),
    _harmless(
        _changes(
            "complain",
            "complaint.make",
            level=0,
            arguments={"about": Argument(kind="text", most=40, optional=True)},
            facts={"case": "reference"},
        )
    ),
    _harmless(_changes("call_me", "call_back.request", level=1, facts={"call_back": "reference"})),
)

_REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "freeze_card": ("already_frozen", "already_blocked", "wrong_state"),
    "unfreeze_card": ("already_active", "already_blocked", "wrong_state"),
    "block_card": ("already_blocked",),
    "replace_card": ("already_ordered",),
    "activate_card": ("already_active", "already_frozen", "already_blocked"),
    "set_card_limit": ("already_blocked", "over_limit", "under_limit"),
    "dispute_payment": ("already_disputed", "wrong_state"),
    "make_plan": ("too_small", "running_plan", "already_paid", "wrong_state", "over_limit", "under_limit"),
    "cancel_transfer": ("already_sent", "already_cancelled", "wrong_state"),
    "change_address": ("not_valid",),
    "change_phone": ("not_valid",),
    "change_email": ("not_valid",),
    "unlock_access": ("already_open",),
    "close_account": ("already_closing", "negative_balance", "open_bill"),
    "request_data": ("already_requested", "unknown_kind"),
    "complain": ("not_valid",),
    "call_me": ("already_wanted",),
}
"""Why something is not possible; a test holds this list and the verbs together."""

OPERATIONS: Final[Mapping[str, Operation]] = {
    operation.name: replace(operation, reasons=_REASONS.get(operation.name, ())) for operation in _DECLARED
}


def accept(name: str, arguments: Mapping[str, Scalar], *, effect: Effect) -> tuple[Operation, str]:
    """Return the operation, and why its arguments cannot be had ("" if they can).

    Raises `Malformed` when there is no such operation of this effect, or an argument is unknown, missing or of another
    type.
    """
    operation = OPERATIONS.get(name)
    if operation is None or operation.effect != effect:
        raise Malformed("there is no such operation")
    if unknown := set(arguments) - set(operation.arguments):
        raise Malformed(f"{len(unknown)} arguments are not of this operation")
    why = ""
    for called, argument in operation.arguments.items():
        value = arguments.get(called)
        if argument.optional and value in (None, ""):
            continue
        if value is None:
            raise Malformed(f"the argument {called} is missing")
        why = why or _why_not(argument, value, called=called)
    return operation, why


def is_written(text: str) -> bool:
    """Tell whether a text can be stored and shown: no control or invisible character, no half of one."""
    return not any(unicodedata.category(sign).startswith("C") for sign in text)


def _why_not(argument: Argument, value: Scalar, *, called: str) -> str:
    if argument.kind in ("amount", "count"):
        if not isinstance(value, int) or isinstance(value, bool):
            raise Malformed(f"the argument {called} is no whole number")
        if argument.most is not None and value > argument.most:
            return "over_limit"
        return "under_limit" if argument.least is not None and value < argument.least else ""
    if not isinstance(value, str):
        raise Malformed(f"the argument {called} is no text")
    if argument.kind == "thing":
        return ""  # whatever is no key of the customer's is not found
    if argument.kind == "choice":
        return "" if value in argument.options else f"unknown_{called}"
    return "" if _is_valid(argument, value) else "not_valid"


def _is_valid(argument: Argument, value: str) -> bool:
    most = argument.most or _DETAILS.get(argument.kind, 0)
    said = " ".join(value.split())  # an address may come in lines
    if not is_written(said) or (most and len(said) > most):
        return False
    if argument.kind == "email":
        return _ADDRESS_OF_MAIL.fullmatch(said) is not None
    if argument.kind == "phone":
        return _TELEPHONE.fullmatch(said) is not None and sum(map(str.isdigit, said)) >= 6
    return argument.kind != "address" or len(said) >= 5
