"""The form of a mandate: read from its fields, and back into them. Nothing of it grants anything."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec
from babel.numbers import get_currency_precision

from doorward.flow.machines import MandateForm, OrderKinds
from doorward.identity import DAYS, ORDERS, Limits, Mandate, Terms
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.machines import CAPABILITIES, Capability
from doorward.vocabulary.text import WildText

_COUNT: Final = 4
_LONGEST: Final = 20
_LONGEST_NAME: Final = 200


class MandateFields(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form, as it was typed."""

    name: str = ""
    capabilities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    period: str = "month"
    count: str = str(_COUNT)
    act_amount: str = "0"
    period_amount: str = "0"
    days: str = str(DAYS)


def fields_of(sent: Mapping[str, str], kinds: OrderKinds) -> MandateFields:
    """Return what was typed and ticked; only what the form offers can be."""
    return MandateFields(
        name=sent.get("name", "").strip()[:_LONGEST_NAME],
        capabilities=tuple(one for one in CAPABILITIES if sent.get(f"may-{one}")),
        kinds=tuple(one for one in kinds.kinds if sent.get(f"kind-{one}")),
        period=sent.get("period", "month")[:_LONGEST],
        count=sent.get("count", "")[:_LONGEST],
        act_amount=sent.get("act_amount", "")[:_LONGEST],
        period_amount=sent.get("period_amount", "")[:_LONGEST],
        days=sent.get("days", "")[:_LONGEST],
    )


def fields_for(mandate: Mandate, *, days: int) -> MandateFields:
    """Return the fields as a mandate stands; `days` are those that it still has."""
    limits, currency = mandate.terms.limits, mandate.terms.limits.currency
    return MandateFields(
        name=mandate.name,
        capabilities=mandate.terms.capabilities,
        kinds=mandate.terms.kinds,
        period=limits.period,
        count=str(limits.period_count or _COUNT),
        act_amount=_typed(limits.act_amount, currency),
        period_amount=_typed(limits.period_amount, currency),
        days=str(days),
    )


def form_of(fields: MandateFields, *, currency: str) -> MandateForm:
    """Return what an owner wants to grant. Raises `Malformed` for what is no number; identity looks at the rest."""
    capabilities: tuple[Capability, ...] = msgspec.convert(fields.capabilities, tuple[Capability, ...])
    limits = Limits()
    if ORDERS in capabilities:
        limits = Limits(
            currency=currency,
            act_amount=_minor(fields.act_amount, currency),
            period=msgspec.convert(fields.period, Any),
            period_amount=_minor(fields.period_amount, currency),
            period_count=_whole(fields.count),
        )
    terms = Terms(capabilities=capabilities, kinds=fields.kinds, limits=limits)
    return MandateForm(name=WildText(fields.name), terms=terms, days=_whole(fields.days))


def _whole(typed: str) -> int:
    if not typed.strip().isascii() or not typed.strip().isdigit():
        raise Malformed("a whole number")
    return int(typed)


def _minor(typed: str, currency: str) -> int:
    """Return an amount as it is typed in minor units: a point or a comma, no more places than the currency has."""
    try:
        amount = Decimal(typed.strip().replace(",", ".") or "0").scaleb(_places(currency))
    except (InvalidOperation, ValueError):
        raise Malformed("an amount") from None
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise Malformed("an amount")
    return int(amount)


def _typed(minor: int, currency: str) -> str:
    return f"{Decimal(minor).scaleb(-_places(currency)).normalize():f}"


def _places(currency: str) -> int:
    return get_currency_precision(currency) if currency else 0
