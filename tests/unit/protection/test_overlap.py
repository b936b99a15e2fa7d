import itertools
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from doorward.protection.overlap import Placed, distinct, resolve, whole
from doorward.protection.ports import Certainty, Claim


def placed(
    start: int, end: int, certainty: Certainty = Certainty.CONTEXT, kind: str = "A", *, part: bool = False
) -> Placed:
    """Return a claim of a place."""
    rule = f"{kind.lower()}.test"
    claim = Claim(kind=kind, start=start, end=end, certainty=certainty, score=0.9, rule=rule, part=part)
    return Placed(start, end, claim, "sensitive")


def places(found: list[Placed]) -> list[tuple[str, int, int]]:
    """Return what is claimed where."""
    return [(one.claim.kind, one.start, one.end) for one in found]


CLAIMS = st.lists(
    st.builds(
        lambda start, size, certainty, kind: placed(start, start + size, certainty, kind),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from(Certainty),
        st.sampled_from(("A", "B", "C")),
    ),
    max_size=12,
)


def test_validated_beats_context_beats_shape() -> None:
    """The better reason wins, even when it is shorter."""
    text = "x" * 20
    found = resolve([placed(0, 10, Certainty.SHAPE), placed(2, 8, Certainty.VALIDATED, "B")], text)
    assert places(found) == [("B", 2, 8)]


def test_the_longer_claim_wins_among_equals() -> None:
    """Of two claims for the same reason the longer one stands alone."""
    assert places(resolve([placed(3, 6, kind="B"), placed(0, 10)], "x" * 10)) == [("A", 0, 10)]


def test_what_a_better_claim_leaves_over_stays_claimed() -> None:
    """Half a password beside a card number is still masked; blanks and signs beside it are not."""
    text = "abc 4111 - xyz"
    found = resolve([placed(0, 14, kind="B"), placed(4, 8, Certainty.VALIDATED)], text)
    assert places(found) == [("B", 0, 4), ("A", 4, 8), ("B", 8, 14)]
    assert places(resolve([placed(2, 8, kind="B"), placed(4, 8, Certainty.VALIDATED)], "ab- 4111")) == [("A", 4, 8)]


def test_what_is_left_of_a_part_among_its_own_stays_claimed() -> None:
    """A postcode that a model took for half a street is masked to its end; not where anything else lies over it."""
    street = placed(0, 11, Certainty.LEARNED, "ADDRESS", part=True)
    postcode = placed(6, 13, Certainty.SHAPE, "ADDRESS", part=True)
    text = "Leeds LS2 9PU"
    found = resolve([street, postcode], text)
    assert places(found) == [("ADDRESS", 0, 11), ("ADDRESS", 11, 13)]
    assert [(one.start, one.end) for one in whole(found, text)] == [(0, 13)]
    assert places(resolve([placed(0, 11, Certainty.LEARNED), postcode], text)) == [("A", 0, 11)]


@given(CLAIMS)
def test_claims_do_not_overlap(claims: list[Placed]) -> None:
    """What is left is in order and nothing of it overlaps."""
    found = resolve(claims, "x" * 50)
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))


@given(CLAIMS)
def test_nothing_that_counts_stays_uncovered(claims: list[Placed]) -> None:
    """Every letter that was claimed by context or validation is covered by some claim in the end."""
    covered = {place for one in resolve(claims, "x" * 50) for place in range(one.start, one.end)}
    wanted = {p for one in claims if one.claim.certainty > Certainty.SHAPE for p in range(one.start, one.end)}
    assert wanted <= covered


@given(CLAIMS, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(claims: list[Placed], random: Random) -> None:
    """Detectors may report in whatever order."""
    shuffled = random.sample(claims, len(claims))
    assert places(resolve(claims, "x" * 50)) == places(resolve(shuffled, "x" * 50))


def test_findings_of_the_same_threat_are_reported_once() -> None:
    """Of overlapping claims of the same kind and subkind the best stands; other kinds stand beside it."""
    found = distinct([placed(0, 5), placed(2, 9), placed(3, 4, kind="B"), placed(20, 25)])
    assert places(found) == [("A", 2, 9), ("B", 3, 4), ("A", 20, 25)]
