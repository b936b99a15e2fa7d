"""What a customer probably wants before they say a word: from what is known of them, by rates that are learnt."""

from doorward.understanding.expecting.keeping import (
    BandFigures,
    Expectation,
    bands,
    expectation_of,
    expectations_of,
    forget_expectations,
    judge,
    judged_counts,
    keep_expectation,
    sweep_expectations,
)
from doorward.understanding.expecting.loading import ExpectationsInvalid, read_expectations
from doorward.understanding.expecting.reckoning import Band, Counts, Expected, RateBook, band_of, expected

__all__ = [
    "Band",
    "BandFigures",
    "Counts",
    "Expectation",
    "ExpectationsInvalid",
    "Expected",
    "RateBook",
    "band_of",
    "bands",
    "expectation_of",
    "expectations_of",
    "expected",
    "forget_expectations",
    "judge",
    "judged_counts",
    "keep_expectation",
    "read_expectations",
    "sweep_expectations",
]
