"""Expressions: refused with the place when they are read, or else harmless, total and right."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from doorward.kit.expressions import DEEPEST, LONGEST, ExpressionInvalid, compile_expression

NAMES: Mapping[str, Any] = {
    "risk": float,
    "count": int,
    "blank": bool,
    "language": str,
    "state": Literal["bot", "human"],
    "kinds": tuple[str, ...],
    "born": date,
    "seen": datetime,
    "settings": {"high": float},
    "slots": {"amount": Decimal | None, "card": str | None, "sure": bool | None, "times": int | None},
}
VALUES: Mapping[str, Any] = {
    "risk": 0.5,
    "count": 3,
    "blank": False,
    "language": "tr",
    "state": "bot",
    "kinds": ("CARD", "IBAN"),
    "born": date(2000, 1, 2),
    "seen": datetime(2026, 1, 2, tzinfo=UTC),
    "settings": {"high": 0.5},
    "slots": {"amount": Decimal("10.10"), "card": None},
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("risk >= 0.5", True),
        ("0.5 <= risk", True),
        ("1 > risk", True),
        ("risk >= settings.high and not blank", True),
        ("blank or count == 3", True),
        ("blank || count == 3 && risk < 0.5", False),
        ("not blank == true", True),
        ("!blank == false", False),
        ("!blank == true", True),
        ("not not blank", False),
        ("language in ['tr', \"ru\"]", True),
        ("language in ['de']", False),
        ("'CARD' in kinds", True),
        ("'PHONE' in kinds", False),
        ("language in kinds", False),
        ("count in [1, 3.0]", True),
        ("size(kinds) == 2 and size(language) == 2", True),
        ("state == 'bot'", True),
        ("state != 'human'", True),
        ("slots.amount == 10.10", True),
        ("slots.amount in [1, 10.1]", True),
        ("slots.amount > 1 * 10", True),
        ("slots.amount * 2 >= 20.20", True),
        ("slots.card == null and slots.amount != null", True),
        ("slots.card == 'gold' or slots.card != 'gold'", False),
        ("slots.card in ['gold']", False),
        ("slots.times > 0 or slots.times <= 0", False),
        ("slots.times + 1 == null", True),
        ("slots.sure", False),
        ("not slots.sure", True),
        ("count / 2 == 1.5", True),
        ("count / 0 == 1", False),
        ("1 + 2 * 3 - 4 == 3", True),
        ("(1 + 2) * -3 == -9", True),
        ("--2.5 == 2.5", True),
        ("- count < 0", True),
        ("born < born", False),
        ("seen == seen", True),
        ("'it\\'s \\\\ \\n' == \"it's \\\\ \\n\"", True),
        ("risk >= 0.1\n  and\n  count > 1", True),
        ("true", True),
    ],
)
def test_a_condition_comes_to_what_it_says(text: str, wanted: object) -> None:
    """Each line of the language means what its description says, and is really true or false."""
    assert compile_expression(text, NAMES, condition=True).evaluate(VALUES) is wanted


@pytest.mark.parametrize(
    ("text", "sentence", "place"),
    [
        ("", "something is missing at the end", 1),
        ("   ", "something is missing at the end", 4),
        ("risk >", "something is missing at the end", 7),
        ("moon == 1", "there is no 'moon'", 1),
        ("blank and slots.moon", "there is no 'slots.moon'", 11),
        ("risk.real > 1", "there is no 'risk.real'", 1),
        ("slots == 1", "a group of names", 1),
        ("language > 'a'", "needs numbers or times", 10),
        ("language == 1", "cannot take text and a whole number", 10),
        ("risk == true", "cannot take a number and true or false", 6),
        ("born < seen", "cannot take a day and a moment", 6),
        ("slots.amount > risk", "not exact", 14),
        ("slots.amount > 1.01 * 10", "not exact", 14),
        ("risk in [slots.amount]", "a list holds literals", 10),
        ("state == 'humann'", "'state' is never 'humann'", 7),
        ("state in ['bot', 'robot']", "'state' is never 'robot'", 7),
        ("risk == null", "'risk' is never null", 6),
        ("slots.card < null", "cannot take null", 12),
        ("kinds == kinds", "lists are not compared", 7),
        ("1 in kinds", "a whole number is never in a list of text", 3),
        ("language in language", "'in' needs a list", 10),
        ("language in []", "an empty list", 13),
        ("language in ['a', 1]", "things of one kind", 13),
        ("language in ['a' 'b']", "',' is missing", 18),
        ("size(risk) > 1", "size() needs a list or text", 1),
        ("open('x')", "there is no function 'open'", 1),
        ("language.upper()", "there is no function 'language.upper'", 1),
        ("not risk", "'not' needs a condition", 1),
        ("risk and blank", "'and' joins conditions", 1),
        ("language + 'a' == 'b'", "'+' needs numbers", 10),
        ("1 < risk < 2", "two sides", 10),
        ("(blank", "')' is missing", 7),
        ("blank)", "')' is not expected", 6),
        ("blank blank", "'blank' is not expected", 7),
        ("blank and", "something is missing", 10),
        ("language == 'a", "the text is not closed", 13),
        ("blank ? 1 : 2", "'?' cannot be read", 7),
        ("1.5.2 == 1", "'1' cannot be read", 1),
        ("1234567890123456 == count", "cannot be read", 1),
        ("risk", "a condition is wanted", 1),
        ("null", "a condition is wanted", 1),
    ],
)
def test_a_wrong_expression_is_refused_with_sentence_and_place(text: str, sentence: str, place: int) -> None:
    """Each mistake is named where it stands."""
    with pytest.raises(ExpressionInvalid) as caught:
        compile_expression(text, NAMES, condition=True)
    assert sentence in caught.value.sentence
    assert caught.value.place == place
    assert str(caught.value).endswith(f"(at character {place})")


@pytest.mark.parametrize(
    "text",
    [
        "(" * (DEEPEST + 1) + "blank" + ")" * (DEEPEST + 1),
        "not " * 400 + "blank",
        "!" * 1900 + "blank",
        "-" * 1900 + "1 == 1",
        "count in " + "[" * 1900,
        "size(" * 380 + "language" + ")" * 90,
        "1" + "+1" * 900 + " == 1",
        "blank" + " and blank" * 400,
    ],
)
def test_what_is_too_deep_or_too_long_is_refused(text: str) -> None:
    """Neither nesting nor long sums reach the interpreter's stack."""
    with pytest.raises(ExpressionInvalid, match=r"deeper than|longer than"):
        compile_expression(text, NAMES)


def test_the_longest_expression_that_is_allowed_is_read_and_asked() -> None:
    """A chain of conditions costs no depth; its bound is the length alone."""
    text = "blank" + " or blank" * ((LONGEST - 5) // 9)
    assert compile_expression(text, NAMES).evaluate(VALUES) is False
    with pytest.raises(ExpressionInvalid, match="longer than 2000"):
        compile_expression("blank or " * 223 + "blank", NAMES)


def test_an_expression_tells_its_names_kind_and_parts() -> None:
    """What a rule looks at, and what must hold, can be told without asking it."""
    expression = compile_expression("(risk>=.5 and blank)".replace(".5", "0.50") + " && not (2 > count)", NAMES)
    assert expression.names == {"risk", "blank", "count"}
    assert expression.kind == "truth"
    assert [part.text for part in expression.parts] == ["risk >= 0.5", "blank", "not (count < 2)"]
    assert [(part.name, part.operator, part.value) for part in expression.parts] == [
        ("risk", ">=", 0.5),
        ("blank", "==", True),
        ("", "", None),
    ]
    assert compile_expression("1.5 * 2", {}).kind == "number"
    assert compile_expression("'CARD' in kinds", NAMES).parts[0].operator == "has"


def test_a_value_that_is_missing_is_an_error_unless_it_may_be() -> None:
    """Only what is declared as optional may be left out."""
    with pytest.raises(KeyError):
        compile_expression("blank", NAMES).evaluate({})
    expression = compile_expression("slots.times == null", NAMES)
    absent: list[dict[str, Any]] = [{"slots": {}}, {"slots": None}, {}]
    assert [expression.evaluate(values) for values in absent] == [True, True, True]
    with pytest.raises(KeyError):
        compile_expression("risk > settings.high", NAMES).evaluate({"risk": 1.0})


@pytest.mark.parametrize("amount", ["sNaN", "NaN", "Infinity", "1E+999999"])
def test_an_amount_that_is_no_number_is_in_no_list(amount: str) -> None:
    """Signalling NaNs neither compare nor hash; that is nobody's error but answered with no."""
    names = {"amount": Decimal, "amounts": tuple[Decimal, ...]}
    values = {"amount": Decimal(amount), "amounts": (Decimal("sNaN"), Decimal(1))}
    for text in ("amount in [1, 2.5]", "amount in amounts", "amount == 1", "amount * amount == 1"):
        assert compile_expression(text, names, condition=True).evaluate(values) is False


def test_one_expression_serves_many_threads() -> None:
    """It keeps nothing of what it was asked."""
    expression = compile_expression("count >= 500 and 'x' in kinds", NAMES)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: expression.evaluate({"count": n, "kinds": ("x",)}), range(1000)))
    assert found == [n >= 500 for n in range(1000)]
    with pytest.raises(AttributeError):
        expression.text = "true"  # type: ignore[misc]


NUMBERS = st.one_of(st.integers(-(10**40), 10**40), st.floats())
TYPED = st.fixed_dictionaries(
    {
        "risk": NUMBERS,
        "count": st.integers(-(10**40), 10**40),
        "blank": st.booleans(),
        "language": st.text(max_size=5),
        "state": st.sampled_from(["bot", "human"]),
        "kinds": st.lists(st.text(max_size=3)).map(tuple),
        "born": st.dates(),
        "seen": st.datetimes(timezones=st.just(UTC)),
        "settings": st.fixed_dictionaries({"high": NUMBERS}),
        "slots": st.fixed_dictionaries(
            {},
            optional={
                "amount": st.none() | st.decimals(),
                "card": st.none() | st.text(max_size=3),
                "sure": st.none() | st.booleans(),
                "times": st.none() | st.integers(),
            },
        ),
    }
)
LEAVES = st.sampled_from(
    [
        "risk",
        "count",
        "blank",
        "language",
        "state",
        "kinds",
        "born",
        "seen",
        "settings.high",
        "slots.amount",
        "slots.card",
        "slots.sure",
        "slots.times",
        "moon",
        "0",
        "1",
        "2.5",
        "0.1",
        "'a'",
        '"bot"',
        "true",
        "false",
        "null",
        "['a']",
        "[1,2.5]",
        "[]",
        "slots",
        "99999999999999999",
    ]
)
SIGNS = st.sampled_from(
    ["and", "or", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "?", ".", ","]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, SIGNS, inner).map(" ".join),
        st.tuples(st.sampled_from(["not ", "!", "-", "size(", "("]), inner, st.sampled_from(["", ")"])).map("".join),
    )


GRAMMATICAL = st.recursive(LEAVES, _grown, max_leaves=12)


def _well_made(kind: str) -> st.SearchStrategy[str]:
    """Expressions that compile: conditions over numbers, so that evaluation is what is tried."""
    sums = st.recursive(
        st.sampled_from(
            ["risk", "count", "settings.high", "slots.times", "0", "0.0", "3", "1.5", "size(kinds)", "size(language)"]
        ),
        lambda inner: st.tuples(st.just("("), inner, st.sampled_from("+-*/"), inner, st.just(")")).map(" ".join),
        max_leaves=8,
    )
    amounts = st.tuples(
        st.just("slots.amount"),
        st.sampled_from(["+", "-", "*", "/"]),
        st.sampled_from(["0", "0.1", "7", "slots.amount", "count"]),
    ).map(" ".join)
    comparisons = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    atoms = st.one_of(
        st.tuples(sums, comparisons, sums).map(" ".join),
        st.tuples(amounts, comparisons, st.just("slots.amount")).map(" ".join),
        st.sampled_from(
            [
                "blank",
                "slots.sure",
                "slots.card in ['a']",
                "slots.amount in [1, 2.5]",
                "slots.card in kinds",
                "born >= born",
                "seen < seen",
            ]
        ),
    )
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or", "&&", "||"]), inner).map(" ".join),
            inner.map(lambda one: f"not ({one})"),
            inner.map(lambda one: f"!({one})"),
        ),
        max_leaves=6,
    ).map(lambda text: text if kind == "condition" else f"({text})")


@given(st.one_of(st.text(max_size=80), st.text("()[]!-'\"\\ not and.1a<=", max_size=LONGEST + 5), GRAMMATICAL), TYPED)
@example("\x00", {})
@example("'\\", {})
@example("٣ == count", {})
def test_any_text_compiles_or_is_refused(text: str, values: Mapping[str, Any]) -> None:
    """Nothing but `ExpressionInvalid` leaves the reader; what it lets through is answered for every typed value."""
    try:
        expression = compile_expression(text, NAMES)
    except ExpressionInvalid as refused:
        event("refused")
        place = refused.place
    else:
        event("compiled")
        place = 1
        if values:
            found = expression.evaluate(values)
            assert expression.kind != "truth" or found in {True, False, None}
    assert 1 <= place <= len(text) + 1


@given(_well_made("condition"), TYPED)
def test_a_condition_is_true_or_false_for_every_typed_value(text: str, values: Mapping[str, Any]) -> None:
    """Infinities, NaN of both kinds, huge numbers, nulls and divisions by nothing are answered, and raise nothing."""
    expression = compile_expression(text, NAMES, condition=True)
    found = expression.evaluate(values)
    assert found is True or found is False
    assert compile_expression(f"not ({text})", NAMES, condition=True).evaluate(values) is not found
    assert found is all(
        compile_expression(part.text, NAMES, condition=True).evaluate(values) for part in expression.parts
    )


@given(
    risk=st.floats(allow_nan=False),
    high=st.floats(allow_nan=False),
    blank=st.booleans(),
    count=st.integers(-9, 9),
)
def test_python_agrees(*, risk: float, high: float, blank: bool, count: int) -> None:
    """Precedence and comparison are those of Python, an independent reader of the same text."""
    values = {"risk": risk, "high": high, "blank": blank, "count": count}
    names = {"risk": float, "high": float, "blank": bool, "count": int}
    for text in (
        "risk >= high or not blank and count - 2 * count + 3 < 4",
        "not risk < high and (blank or count in [1, 2, 3]) or count == -2",
        "count * 2 - -3 != 5 - count - 1 and not not blank",
    ):
        assert compile_expression(text, names).evaluate(values) is bool(eval(text, {}, dict(values)))  # noqa: S307
