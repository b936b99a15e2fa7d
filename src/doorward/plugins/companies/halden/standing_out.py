"""What stands out in a customer's things: what an agent should see first, and the bot may offer to help with."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from doorward.plugins.companies.halden.changing import SMALLEST_PLAN
from doorward.plugins.companies.halden.looking import is_higher
from doorward.vocabulary.company import CoreFact, Signal
from doorward.vocabulary.operations import FactKind, Scalar, Thing

Held = Callable[[str], Sequence[Thing]]
"""Gives the customer's things of a kind."""

KINDS: Final[Mapping[str, Mapping[str, FactKind]]] = {
    "access_locked": {},
    "duplicate_charge": {"merchant": "text", "amount_cents": "amount", "day": "date", "card": "text", "first": "text"},
    "bill_higher": {"issuer": "text", "amount_cents": "amount", "previous_cents": "amount", "due": "date"},
    "minimum_payment": {"amount_cents": "amount", "minimum_cents": "amount", "due": "date"},
    "plan_possible": {"amount_cents": "amount", "due": "date", "most_instalments": "number"},
    "card_expiring": {"expires": "date", "days": "number"},
    "money_idle": {"balance_cents": "amount"},
}
"""What can stand out, and how the figures of each are to be read."""

CIRCUMSTANCES: Final = frozenset(
    {*KINDS, "card_under_way", "order_under_way", "dispute_open", "payment_declined", "refund_expected"}
)
"""What may hold for a customer: what stands out, and what is under way."""

_SOON: Final = timedelta(days=7)
_EXPIRES_SOON: Final = timedelta(days=60)
_APART: Final = timedelta(days=2)
"""Two equal charges within so many days may be one charged twice."""
_RECENT: Final = timedelta(days=3)
_LEAST_MINIMUM: Final = 2_500
_MINIMUM_SHARE: Final = 0.1
_OURS: Final = "Halden Bank"
"""Bills of the bank itself may be paid in part: at least the minimum."""
_LITTLE_PAPER: Final = 20
"""Percent of a roll below which a terminal is short of paper."""
_IDLE: Final = 700_000
"""Cents on current accounts from which savings would be worth a thought, for who has none."""

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "accounts": {"en": "Accounts", "de": "Konten", "tr": "Hesaplar", "id": "Rekening", "ru": "Счета"},
    "cards": {"en": "Cards", "de": "Karten", "tr": "Kartlar", "id": "Kartu", "ru": "Карты"},
    "due": {
        "en": "Bills to pay",
        "de": "Offene Rechnungen",
        "tr": "Ödenecek faturalar",
        "id": "Tagihan terbuka",
        "ru": "Неоплаченные счета",
    },
    "paper": {
        "en": "Terminals short of paper",
        "de": "Terminals mit wenig Papier",
        "tr": "Kağıdı azalan cihazlar",
        "id": "Terminal hampir kehabisan kertas",
        "ru": "Терминалы, где кончается бумага",
    },
    "access": {
        "en": "Online access",
        "de": "Online-Zugang",
        "tr": "Çevrim içi erişim",
        "id": "Akses daring",
        "ru": "Онлайн-доступ",
    },
    "higher": {
        "en": "Bill higher than usual",
        "de": "Rechnung höher als sonst",
        "tr": "Her zamankinden yüksek fatura",
        "id": "Tagihan lebih tinggi dari biasanya",
        "ru": "Счёт выше обычного",
    },
    "twice": {
        "en": "Perhaps charged twice",
        "de": "Vielleicht doppelt abgebucht",
        "tr": "Belki iki kez çekildi",
        "id": "Mungkin ditagih dua kali",
        "ru": "Возможно, списано дважды",
    },
    "plan": {
        "en": "Payment in instalments",
        "de": "Ratenzahlung",
        "tr": "Taksitli ödeme",
        "id": "Cicilan",
        "ru": "Рассрочка",
    },
}
"""What the bank calls what it knows; a company's own words lie with the company."""


def signals(held: Held, *, today: date) -> list[Signal]:
    """Return what stands out, the most pressing first."""
    found = [Signal(kind="access_locked") for access in held("access") if access.fields["state"] == "locked"]
    bills = [bill for bill in held("bill") if bill.fields["state"] == "open"]
    return [
        *found,
        *_charged_twice(held("payment")),
        *_higher(bills),
        *_minimum(bills, held("account"), today=today),
        *_could_be_paid_in_parts(bills, held("plan")),
        *_expiring(held("card"), today=today),
        *_idle(held("account")),
    ]


def circumstances(held: Held, *, today: date) -> list[str]:
    """Return what holds for a customer that says what they may want, by codes."""
    found = [signal.kind for signal in signals(held, today=today)]
    if any(one.fields["status"] == "ordered" for one in held("card")):
        found.append("card_under_way")
    if any(one.fields["state"] != "delivered" for one in held("order")):
        found.append("order_under_way")
    if any(one.fields["kind"] == "dispute" and one.fields["state"] == "open" for one in held("case")):
        found.append("dispute_open")
    if any(one.fields["state"] == "declined" and today - _day(one) <= _RECENT for one in held("payment")):
        found.append("payment_declined")
    if any(one.fields["state"] == "expected" for one in held("refund")):
        found.append("refund_expected")
    return list(dict.fromkeys(found))


def facts(held: Held) -> list[CoreFact]:
    """Return what an agent should know first: what is wrong, cards by their state, what is due, what is short."""
    cards = ", ".join(f"•{one.key} {one.fields['expires']} ({one.fields['status']})" for one in held("card"))
    due = [one for one in held("bill") if one.fields["state"] == "open"]
    owed = sum(_cents(one, "amount_cents") for one in due)
    short = [one.key for one in held("device") if _cents(one, "paper") < _LITTLE_PAPER]
    plans = ", ".join(f"{one.key}: {one.fields['instalments']}" for one in held("plan"))
    told = {
        "access": ", ".join("locked" for one in held("access") if one.fields["state"] == "locked"),
        "twice": ", ".join(
            f"{one.figures['merchant']}, {_euros(one.figures['amount_cents'])} ({one.figures['first']}, {one.about})"
            for one in _charged_twice(held("payment"))
        ),
        "higher": ", ".join(
            f"{one.about}: {_euros(one.figures['previous_cents'])} → {_euros(one.figures['amount_cents'])}"
            for one in _higher(due)
        ),
        "accounts": str(len(held("account"))),
        "cards": cards or "–",
        "due": f"{len(due)}: {_euros(owed)}" if due else "–",
        "plan": plans,
        "paper": ", ".join(short),
    }
    return [CoreFact(label=_WORDS[name], value=value) for name, value in told.items() if value]


def _higher(bills: Sequence[Thing]) -> Iterator[Signal]:
    for bill in bills:
        if is_higher(bill):
            figures = {name: bill.fields[name] for name in ("issuer", "amount_cents", "previous_cents", "due")}
            yield Signal(kind="bill_higher", about=bill.key, figures=figures)


def _minimum(bills: Sequence[Thing], accounts: Sequence[Thing], *, today: date) -> Iterator[Signal]:
    """Yield the bank's own bills that are due within a week and that the accounts do not cover."""
    there = sum(_cents(account, "balance_cents") for account in accounts if account.fields["kind"] == "current")
    for bill in bills:
        amount, due = _cents(bill, "amount_cents"), str(bill.fields["due"])
        near = today <= date.fromisoformat(due) <= today + _SOON
        if near and bill.fields["issuer"] == _OURS and there < amount:
            least = min(amount, max(_LEAST_MINIMUM, round(amount * _MINIMUM_SHARE)))
            figures: dict[str, Scalar] = {"amount_cents": amount, "minimum_cents": least, "due": due}
            yield Signal(kind="minimum_payment", about=bill.key, figures=figures)


def _could_be_paid_in_parts(bills: Sequence[Thing], plans: Sequence[Thing]) -> Iterator[Signal]:
    planned = {plan.key for plan in plans}
    for bill in bills:
        amount = _cents(bill, "amount_cents")
        if amount >= SMALLEST_PLAN and bill.key not in planned:
            figures: dict[str, Scalar] = {"amount_cents": amount, "due": bill.fields["due"], "most_instalments": 6}
            yield Signal(kind="plan_possible", about=bill.key, figures=figures)


def _charged_twice(payments: Sequence[Thing]) -> Iterator[Signal]:
    """Yield the later of two equal charges of one merchant to one card within two days."""
    before: dict[tuple[Scalar, ...], Thing] = {}
    for payment in sorted(payments, key=lambda one: (str(one.fields["day"]), one.key)):
        if payment.fields["state"] not in ("booked", "pending"):
            continue
        same = tuple(payment.fields[name] for name in ("card", "merchant", "amount_cents"))
        first = before.get(same)
        before[same] = payment
        if first is None or _day(payment) - _day(first) > _APART:
            continue
        figures = {name: payment.fields[name] for name in ("merchant", "amount_cents", "day", "card")}
        yield Signal(kind="duplicate_charge", about=payment.key, figures={**figures, "first": first.key})


def _expiring(cards: Sequence[Thing], *, today: date) -> Iterator[Signal]:
    for card in cards:
        month, year = (int(part) for part in str(card.fields["expires"]).split("/"))
        last = date(2000 + year, month, monthrange(2000 + year, month)[1])
        if card.fields["status"] in ("active", "frozen") and today <= last <= today + _EXPIRES_SOON:
            figures: dict[str, Scalar] = {"expires": last.isoformat(), "days": (last - today).days}
            yield Signal(kind="card_expiring", about=card.key, figures=figures)


def _idle(accounts: Sequence[Thing]) -> Iterator[Signal]:
    open_ones = [one for one in accounts if one.fields["state"] == "open"]
    balance = sum(_cents(one, "balance_cents") for one in open_ones if one.fields["kind"] == "current")
    if balance >= _IDLE and not any(one.fields["kind"] == "savings" for one in open_ones):
        yield Signal(kind="money_idle", figures={"balance_cents": balance})


def _day(payment: Thing) -> date:
    return date.fromisoformat(str(payment.fields["day"]))


def _cents(thing: Thing, field: str) -> int:
    value = thing.fields[field]
    return value if isinstance(value, int) else 0


def _euros(cents: Scalar) -> str:
    return f"{cents / 100:.2f} EUR" if isinstance(cents, int) else "–"
