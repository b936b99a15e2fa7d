"""The procedures about cards and their payments: what is asked, said and done, and how it ends."""

from pathlib import Path
from typing import Any

import pytest

from doorward.answering.procedures.run import Chose, Said
from doorward.plugins.companies.halden.tests.walking import (
    NO,
    YES,
    Answers,
    Walk,
    Walked,
    cards,
    case,
    changed,
    euros,
    hear,
    loaded,
    replacement,
)

FREEZE, BLOCK = (Chose(key="freeze"),), (Chose(key="block"),)
BOOKED = {"reference": "P1001", "merchant": "Kettle & Crumb", "amount_cents": 1_990, "day": -2}

WALKS: dict[str, tuple[str, dict[str, Any], Answers, Walked]] = {
    "a lost card is blocked and replaced": (
        "block_card",
        cards(c4471="active"),
        {"reason": BLOCK, "confirm": (YES, YES)},
        Walked(
            ("blocked", "replaced"),
            ("freeze_or_block", "sure", "offer"),
            "resolved",
            [changed("card", "4471", status="blocked"), replacement("4471")],
        ),
    ),
    "a lost card is blocked and no new one wanted": (
        "block_card",
        cards(c4471="active", c9012="frozen"),
        {"card": (Chose(key="9012"),), "reason": BLOCK, "confirm": (YES, NO)},
        Walked(
            ("blocked", "no_new_card"),
            ("which_card", "freeze_or_block", "sure", "offer"),
            "resolved",
            [changed("card", "9012", status="blocked")],
        ),
    ),
    "a mislaid card is frozen without a question more": (
        "block_card",
        cards(c4471="active", c1234="blocked"),
        {"reason": FREEZE},
        Walked(("frozen",), ("freeze_or_block",), "resolved", [changed("card", "4471", status="frozen")]),
    ),
    "a frozen card stays frozen": (
        "block_card",
        cards(c4471="frozen"),
        {"reason": FREEZE},
        Walked(("frozen_before",), ("freeze_or_block",), "resolved", []),
    ),
    "a card in the post cannot be frozen, but blocked": (
        "block_card",
        cards(c5555="ordered"),
        {"reason": FREEZE, "confirm": (NO,)},
        Walked(("ordered", "kept"), ("freeze_or_block", "sure"), "declined", []),
    ),
    "a virtual card is blocked, and a new one made in the app": (
        "block_card",
        {"card": [{"last4": "4471", "kind": "virtual"}]},
        {"reason": BLOCK, "confirm": (YES,)},
        Walked(
            ("blocked", "virtual"), ("freeze_or_block", "sure"), "resolved", [changed("card", "4471", status="blocked")]
        ),
    ),
    "blocked cards only": (
        "block_card",
        cards(c1234="blocked"),
        {},
        Walked(("all_blocked",), (), "resolved", []),
    ),
    "no card at all": ("block_card", {}, {}, Walked(("no_card",), (), "no_card_to_block", [])),
    "the frozen one of several is unfrozen": (
        "unblock_card",
        cards(c4471="active", c9012="frozen", c1234="blocked"),
        {"confirm": (YES,)},
        Walked(("unfrozen",), ("sure_unfreeze",), "resolved", [changed("card", "9012", status="active")]),
    ),
    "a blocked card is not unblocked but replaced": (
        "unblock_card",
        cards(c4471="active", c1234="blocked"),
        {"confirm": (YES,)},
        Walked(("blocked_only", "replaced"), ("sure",), "resolved", [replacement("1234")]),
    ),
    "nothing to unfreeze": (
        "unblock_card",
        cards(c4471="active"),
        {},
        Walked(("other_active",), (), "resolved", []),
    ),
    "a worn card is replaced": (
        "replace_card",
        cards(c4471="active"),
        {"confirm": (YES,)},
        Walked(("replaced",), ("sure",), "resolved", [changed("card", "4471", status="blocked"), replacement("4471")]),
    ),
    "a replacement is under way": (
        "replace_card",
        cards(c4471="blocked")
        | {"order": [{"reference": "O500001", "state": "sent", "placed": -4, "detail": "card ending in 4471"}]},
        {},
        Walked(("under_way",), (), "resolved", []),
    ),
    "a replacement never came": (
        "replace_card",
        cards(c4471="blocked")
        | {"order": [{"reference": "O500001", "state": "sent", "placed": -20, "detail": "card ending in 4471"}]},
        {"confirm": (YES,)},
        Walked(("replaced",), ("another",), "resolved", [replacement("4471", "O500002")]),
    ),
    "the new card is activated": (
        "activate_card",
        cards(c4471="blocked", c5555="ordered"),
        {"confirm": (YES,)},
        Walked(("activated",), ("sure",), "resolved", [changed("card", "5555", status="active")]),
    ),
    "no card waits to be activated": (
        "activate_card",
        cards(c4471="active"),
        {},
        Walked(("none_waits",), (), "resolved", []),
    ),
    "the card is in the post": (
        "card_delivery",
        cards(c5555="ordered") | {"order": [{"reference": "O500001", "state": "sent", "placed": -3}]},
        {},
        Walked(("card_sent",), (), "resolved", []),
    ),
    "the card should be there": (
        "card_delivery",
        cards(c5555="ordered") | {"order": [{"reference": "O500001", "state": "sent", "placed": -18}]},
        {},
        Walked(("card_late",), (), "resolved", []),
    ),
    "the replacement is not posted yet": (
        "card_delivery",
        cards(c4471="blocked")
        | {"order": [{"reference": "O500001", "state": "placed", "placed": -1, "detail": "card ending in 4471"}]},
        {},
        Walked(("order_placed",), (), "resolved", []),
    ),
    "no card is on its way": ("card_delivery", cards(c4471="active"), {}, Walked(("nothing",), (), "resolved", [])),
    "a payment failed because the card is frozen": (
        "card_declined",
        cards(c4471="frozen") | {"payment": [BOOKED | {"state": "declined", "decline_reason": "frozen"}]},
        {},
        Walked(("frozen",), (), "resolved", []),
    ),
    "one of two declined payments": (
        "card_declined",
        {
            "payment": [
                BOOKED | {"state": "declined", "decline_reason": "funds"},
                BOOKED | {"reference": "P1002", "state": "declined", "decline_reason": "limit"},
            ]
        },
        {"payment": (Chose(key="P1002"),)},
        Walked(("limit",), ("which_payment",), "resolved", []),
    ),
    "no payment was declined": (
        "card_declined",
        {"payment": [BOOKED]},
        {},
        Walked(("nothing_declined",), (), "resolved", []),
    ),
    "a payment is disputed": (
        "dispute_payment",
        {"payment": [BOOKED]},
        {"confirm": (YES,)},
        Walked(
            ("disputed",),
            ("sure",),
            "resolved",
            [changed("payment", "P1001", state="disputed"), case("dispute", "P1001")],
        ),
    ),
    "a payment of ten weeks ago is only disputed if it was never authorised": (
        "dispute_payment",
        {"payment": [BOOKED | {"day": -70}]},
        {"confirm": (NO,)},
        Walked(("kept",), ("sure_old",), "declined", []),
    ),
    "a payment of two years ago is too old": (
        "dispute_payment",
        {"payment": [BOOKED | {"day": -700}]},
        {},
        Walked(("too_old",), (), "declined", []),
    ),
    "a payment was disputed before": (
        "dispute_payment",
        {"payment": [BOOKED | {"state": "disputed"}]},
        {},
        Walked(("other_disputed",), (), "resolved", []),
    ),
    "fraud with a card": (
        "report_fraud",
        cards(c4471="active"),
        {"about": (Chose(key="card"),), "confirm": (YES,)},
        Walked(
            ("told_frozen",),
            ("card_or_other", "sure_card"),
            "resolved",
            [changed("card", "4471", status="frozen"), case("fraud", "4471")],
        ),
    ),
    "fraud without a card": (
        "report_fraud",
        cards(c4471="active"),
        {"about": (Chose(key="other"),), "confirm": (YES,)},
        Walked(("told",), ("card_or_other", "sure"), "resolved", [case("fraud", "")]),
    ),
    "no fraud after all": (
        "report_fraud",
        cards(c4471="active"),
        {"about": (Chose(key="card"),), "confirm": (NO,)},
        Walked(("kept",), ("card_or_other", "sure_card"), "declined", []),
    ),
    "a limit is set": (
        "set_limit",
        cards(c4471="active"),
        {"limit": (euros(2_500),), "confirm": (YES,)},
        Walked(("set",), ("how_much", "sure"), "resolved", [changed("card", "4471", daily_limit_cents=250_000)]),
    ),
    "a limit is as it should be": (
        "set_limit",
        cards(c4471="active"),
        {"limit": (euros(1_000),)},
        Walked(("same",), ("how_much",), "resolved", []),
    ),
    "a refund is expected": (
        "refund_status",
        {"refund": [{"reference": "R1001", "day": 2}]},
        {},
        Walked(("expected",), (), "resolved", []),
    ),
    "a refund is late": (
        "refund_status",
        {"refund": [{"reference": "R1001", "day": -2}]},
        {},
        Walked(("late",), (), "resolved", []),
    ),
    "a refund is there": (
        "refund_status",
        {"refund": [{"reference": "R1001", "day": -2, "state": "booked"}]},
        {},
        Walked(("booked",), (), "resolved", []),
    ),
}


@pytest.mark.parametrize("name", WALKS)
def test_a_walk(name: str, tmp_path: Path) -> None:
    """What is asked, said and changed, and how it ends."""
    procedure, world, answers, expected = WALKS[name]
    walked = Walk(tmp_path, procedure, world).take(answers)
    assert walked == expected


CARD_ONLY = cards(c4471="active", c5555="ordered", c9012="frozen") | {"payment": [BOOKED]}
HARM = {"block_card": "card_in_danger", "report_fraud": "fraud"}


@pytest.mark.parametrize(
    "procedure",
    [
        "activate_card",
        "block_card",
        "card_declined",
        "card_delivery",
        "dispute_payment",
        "refund_status",
        "replace_card",
        "report_fraud",
        "set_limit",
        "unblock_card",
    ],
)
def test_who_cannot_be_known_is_told_what_to_do_instead(procedure: str, tmp_path: Path) -> None:
    """It ends without a change, and with a person only where harm may be going on."""
    walked = Walk(tmp_path, procedure, CARD_ONLY).take({}, level=0, reached=0)
    assert walked == Walked(("not_known",), (), HARM.get(procedure, "declined"), [])


@pytest.mark.parametrize(
    ("procedure", "answers", "asked"),
    [
        ("activate_card", {"confirm": (YES,)}, ("sure",)),
        ("dispute_payment", {"confirm": (YES,)}, ("sure",)),
        ("replace_card", {"card": (Chose(key="4471"),), "confirm": (YES,)}, ("which_card", "sure")),
        (
            "set_limit",
            {"card": (Chose(key="4471"),), "limit": (euros(50),), "confirm": (YES,)},
            ("which_card", "how_much", "sure"),
        ),
        ("unblock_card", {"confirm": (YES,)}, ("sure_unfreeze",)),
    ],
)
def test_without_the_code_nothing_is_done(
    procedure: str, answers: Answers, asked: tuple[str, ...], tmp_path: Path
) -> None:
    """Who is known, but cannot confirm just now, keeps everything as it is."""
    walked = Walk(tmp_path, procedure, CARD_ONLY).take(answers, reached=1)
    assert walked == Walked(("not_certain",), asked, "declined", [])


@pytest.mark.parametrize(
    ("procedure", "first", "said"),
    [
        ("block_card", "block my card 1234", "blocked_before"),
        ("unblock_card", "unblock 1234", "blocked"),
        ("unblock_card", "unfreeze the card ending in 4471", "active"),
        ("activate_card", "activate 4471 please", "active"),
        ("set_limit", "raise the limit of card 1234", "blocked"),
    ],
)
def test_a_named_card_in_the_wrong_state_is_not_hidden(procedure: str, first: str, said: str, tmp_path: Path) -> None:
    """Whoever names one that cannot be meant is told what it is with that one."""
    world = cards(c4471="active", c9012="frozen", c5555="ordered", c1234="blocked")
    assert Walk(tmp_path, procedure, world).take({}, first=first) == Walked((said,), (), "resolved", [])


@pytest.mark.parametrize(
    ("first", "answers", "asked", "limit"),
    [
        ("set my limit to 2000 euros", {}, (), 200_000),
        ("raise the limit of 4471 to €2500", {}, (), 250_000),
        ("raise the limit for card 4471", {"limit": (euros(700),)}, ("how_much",), 70_000),
        ("set my limit to 2000", {"limit": (euros(2_000),)}, ("how_much",), 200_000),
        (
            "set the limit of card 3321 to 2000 euros",
            {"card": (Chose(key="4471"),)},
            ("which_card",),
            200_000,
        ),
        (
            "raise the limit of card 3321 to 2000",
            {"card": (Chose(key="4471"),), "limit": (euros(2_000),)},
            ("which_card", "how_much"),
            200_000,
        ),
    ],
)
def test_the_end_of_a_card_is_no_limit(
    first: str, answers: Answers, asked: tuple[str, ...], limit: int, tmp_path: Path
) -> None:
    """A limit that is said for certain is not asked for; one that may be the end of a card is."""
    walked = Walk(tmp_path, "set_limit", cards(c4471="active")).take({**answers, "confirm": (YES,)}, first=first)
    assert walked == Walked(("set",), (*asked, "sure"), "resolved", [changed("card", "4471", daily_limit_cents=limit)])


@pytest.mark.parametrize("text", ["sorry, wrong card, I meant 9012", "the other card, 9012", "no, the other one"])
def test_another_card_is_no_limit(text: str, tmp_path: Path) -> None:
    """Whoever corrects the card while the limit is asked for has said no limit."""
    walking = Walk(tmp_path, "set_limit", cards(c4471="active", c9012="active"))
    answers: Answers = {
        "card": (Chose(key="4471"),),
        "limit": (Said(heard=hear(walking.procedure, text)), euros(1_500)),
        "confirm": (YES,),
    }
    walked = walking.take(answers)
    assert walked.asked == ("which_card", "how_much", "how_much", "sure")
    assert walked.changed == [changed("card", "9012", daily_limit_cents=150_000)]


@pytest.mark.parametrize(
    ("procedure", "language", "text", "code"),
    [
        ("block_card", "en", "my wallet was stolen", "block"),
        ("block_card", "en", "just freeze it for now", "freeze"),
        ("block_card", "en", "please block my card", ""),
        ("block_card", "de", "Karte verloren!", "block"),
        ("block_card", "de", "bitte erstmal vorübergehend sperren", "freeze"),
        ("block_card", "de", "Karte sperren", ""),
        ("block_card", "tr", "kartım çalındı", "block"),
        ("block_card", "tr", "kartımı geçici olarak dondurun", "freeze"),
        ("block_card", "tr", "kartımı kapatın", ""),
        ("block_card", "id", "kartu saya hilang", "block"),
        ("block_card", "id", "bekukan dulu sementara", "freeze"),
        ("block_card", "id", "tolong blokir kartu saya", ""),
        ("block_card", "ru", "у меня украли карту", "block"),
        ("block_card", "ru", "заморозьте карту на время", "freeze"),
        ("block_card", "ru", "заблокируйте карту", ""),
        ("report_fraud", "en", "someone is paying with my card", "card"),
        ("report_fraud", "en", "I got a phone call from a fake employee", "other"),
        ("report_fraud", "de", "jemand zahlt mit meiner Karte", "card"),
        ("report_fraud", "de", "ich habe einen Link in einer SMS geöffnet", "other"),
        ("report_fraud", "tr", "kartımla alışveriş yapılmış", "card"),
        ("report_fraud", "tr", "beni arayıp giriş kodu istediler", "other"),
        ("report_fraud", "id", "ada belanja aneh di kartu saya", "card"),
        ("report_fraud", "id", "saya dapat sms berisi tautan", "other"),
        ("report_fraud", "ru", "кто-то платит моей картой", "card"),
        ("report_fraud", "ru", "мне позвонили из службы безопасности", "other"),
    ],
)
def test_what_the_first_message_says_is_not_asked(procedure: str, language: str, text: str, code: str) -> None:
    """A choice that was made in passing is heard; one that was not made is not."""
    one = loaded().procedures[procedure]
    options = {option for slot in one.slots.values() for option in slot.options}
    heard = [said for said in hear(one, text, language).codes if said in options]
    assert heard == ([code] if code else [])
