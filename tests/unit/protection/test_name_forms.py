"""Other forms of listed words, and what the training makes names and addresses of."""

from random import Random

import pytest

from doorward.plugins.detectors.name_address.stems import Stems, endings_of
from tools.naming.cyrillic import in_cyrillic
from tools.naming.elsewhere import address_from_elsewhere

ORDINARY, NAME = 1, 2
WORDS = ("transfer", "transfers", "transferred", "deliver", "delivers", "delivered", "question", "questions", "billed")


def test_endings_are_seen_in_a_list() -> None:
    """Words that begin alike show how a language ends its words; none is an ending too."""
    assert endings_of(WORDS) >= {"", "s", "ed"}


@pytest.mark.parametrize(
    ("word", "like"),
    [("questioned", ORDINARY), ("quest", 0), ("reinbert", 0), ("reinberts", 0), ("que", 0), ("x" * 99, 0)],
)
def test_other_forms_of_a_word_are_like_it(word: str, like: int) -> None:
    """A word is known by another form of it, and not by a few letters in common."""
    alike = {**dict.fromkeys(WORDS, ORDINARY), "jenkins": NAME}
    assert Stems([WORDS], alike, ORDINARY).like(word) == like


def test_a_listed_name_tells_of_its_forms() -> None:
    """What a word is like is told apart."""
    alike = {**dict.fromkeys(WORDS, ORDINARY), "kowalski": NAME}
    assert Stems([(*WORDS, "kowalski")], alike, ORDINARY).like("kowalskis") == NAME


@pytest.mark.parametrize(
    ("name", "written"),
    [("Gülşat", "Гюлшат"), ("Shahnoza", "Шахноза"), ("Əliyev", "Алиев"), ("Yusuf-Ali", "Юсуф-Али")],
)
def test_names_of_neighbours_are_written_in_cyrillic(name: str, written: str) -> None:
    """Letter by letter, capitals kept."""
    assert in_cyrillic(name) == written


@pytest.mark.parametrize("lines", [True, False])
def test_addresses_from_elsewhere_are_the_same_every_time(*, lines: bool) -> None:
    """The same state of chance, the same address; on one line or on several."""

    def made() -> list[str]:
        return [address_from_elsewhere(Random(seed), lines=lines, countries=["Norway"]) for seed in range(20)]

    assert made() == made()
    assert any("\n" in address for address in made()) == lines
