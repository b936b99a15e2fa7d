"""The learned judge of secrets: the weights are those of their card, sums are exact, hostile texts are bounded."""

import hashlib
import json
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from doorward.plugins.detectors.secret_code.learned.features import BUCKETS, Claimed, joint_places, word_places
from doorward.plugins.detectors.secret_code.learned.judging import suspects
from doorward.plugins.detectors.secret_code.learned.model import LABELS, Model, Thresholds, read_model
from doorward.plugins.detectors.secret_code.learned.words import Vocabulary
from doorward.plugins.detectors.secret_code.plugin import rules_watch
from doorward.protection.ports import Candidate, View
from doorward.vocabulary.errors import Misconfigured
from doorward.vocabulary.text import WildText
from tests.support.screening import MATCHERS, all_packs, generated_texts, screener

SHIPPED = files("doorward.plugins.detectors.secret_code") / "weights"
TEXTS = (
    "it says 4821 but your page wants six",
    "старый пароль был Ромашка77, новый пока не придумал",
    "kartımın arkasındaki üç rakam 731, kodu da 482913",
    "sandi wifi: kopi-hitam 99, pin 4471",
    "Kennwort war Gartenzwerg, dann 0815?",
)


def vocabulary() -> Vocabulary:
    """Return the packs' words, with nothing remembered."""
    return Vocabulary(all_packs())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped weights."""
    for name in ("card.json", "weights.npz"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    return tmp_path


def _candidates(text: str) -> list[Candidate]:
    """Return one candidate of each sort over all of a text: the judge is to look everywhere."""
    return [Candidate(pattern, 0, len(text)) for pattern in ("password", "number")]


def test_weights_that_their_card_does_not_name_are_refused(folder: Path) -> None:
    """A file with one more byte is not read."""
    with (folder / "weights.npz").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(Misconfigured, match="not the file that its card names"):
        read_model(folder)


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    """Weights for other labels, or for a larger table, are no weights of this judge."""
    for places, labels in ((np.array([1], np.uint32), len(LABELS) + 1), (np.array([BUCKETS], np.uint32), len(LABELS))):
        values = np.ones((1, labels), np.int16)
        np.savez_compressed(folder / "weights.npz", places=places, values=values, scale=np.float32(1))
        card = json.loads((SHIPPED / "card.json").read_text())
        card["sha256"] = hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest()
        (folder / "card.json").write_text(json.dumps(card))
        with pytest.raises(Misconfigured, match="shape"):
            read_model(folder)


def test_weights_hold_no_pickle(folder: Path) -> None:
    """An archive with an object in it is refused, whatever its card says."""
    np.savez(folder / "weights.npz", places=np.array([{}], object), values=np.array([]), scale=np.float32(1))
    card = json.loads((SHIPPED / "card.json").read_text())
    card["sha256"] = hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(ValueError, match="allow_pickle"):
        read_model(folder)
    shutil.rmtree(folder)


def test_scores_are_the_sums_of_all_weights_one_by_one() -> None:
    """Packed and remembered sums give for each suspect the best label's weights less nothing's."""
    weights = np.random.default_rng(5).integers(-300, 301, (BUCKETS, len(LABELS))).astype(np.int16)
    model = Model(weights, 0.5)
    own = vocabulary()
    for text in (*TEXTS, *generated_texts(60)):
        view = View(text)
        for around in suspects(own, _candidates(view.text), view):
            places = joint_places(view, around, Claimed(()))
            for words, slots in ((around.before, around.slots[0]), (around.behind, around.slots[1])):
                for known, slot in zip(words, slots, strict=True):
                    places += word_places(known, slot)
            sums = weights[places].astype(np.int64).sum(axis=0)
            sums = sums[1:] - sums[0]
            verdict = model.judge(view, around, Claimed(()))
            assert verdict.margin == 0.5 * sums.max()
            assert sums[LABELS.index(verdict.kind) - 1] == sums.max()


def test_what_rules_claim_is_not_judged_again() -> None:
    """Suspects that overlap a claim are left out; the others stay as they are."""
    view = View("old pin 4711, then 0815 and Rhubarb#24")
    everything = list(suspects(vocabulary(), _candidates(view.text), view))
    others = list(suspects(vocabulary(), _candidates(view.text), view, taken=[(4, 12)]))
    assert [one.suspect for one in others] == [one.suspect for one in everything if one.suspect.start != 8]
    assert len(others) == len(everything) - 1


def test_what_is_known_of_words_holds_no_letters() -> None:
    """The judge remembers keys of words, and shows counts."""
    own = vocabulary()
    (known,) = own.tokens("xylophanes", 0, 10).known
    assert all(type(key) is int for key in (*own._memory, known.word, known.stem, *known.own))
    assert repr(known) == "<Known with 0 purposes>"


@pytest.mark.parametrize("text", TEXTS)
def test_both_matchers_judge_alike(text: str) -> None:
    """What the judge concludes does not depend on who found the candidates."""
    first, second = (screener(matcher).screen(WildText(text)).findings for matcher in MATCHERS)
    assert first == second
    assert first


@pytest.mark.parametrize("part", ["pin 1234 ", "password Aa1!x ", "password: word ", 'şifre "', "pin\n", "kod 1-2 "])
def test_more_suspects_than_a_message_holds_are_refused(part: str) -> None:
    """However a text is made of what the judge looks at, so many are looked at and no more; the rest is withheld."""
    view = View(part * 2_000)
    candidates = [Candidate("password", place, place + 3) for place in range(0, len(view.text) - 3, len(part))]
    bound = 512 + len(view.text) // 16
    seen = 0
    try:
        for _ in suspects(vocabulary(), candidates, view):
            seen += 1
    except OverflowError:
        pass
    assert seen <= bound


def test_the_shipped_card_says_what_it_was_made_of() -> None:
    """The card names messages, sources and thresholds."""
    card = json.loads((SHIPPED / "card.json").read_text())
    assert card["made_by"] == "tools/secrets"
    assert {"en", "de", "tr", "id", "ru"} <= set(card["messages"])
    assert set(Thresholds._fields) <= set(card)


def test_rules_alone_conclude_nothing() -> None:
    """The training reads the rules without the judge."""
    assert rules_watch(all_packs()).conclude is None
