"""What is taught and what is asked: nothing is on both sides, in any language."""

from pathlib import Path

import pytest

from doorward.doors.cli.ending import Stop
from doorward.doors.cli.evals.knowledge import article_of, judge_documents, judge_retrieval, middle_sentence, slug_of
from doorward.doors.cli.evals.lab import Lab, Measured
from doorward.doors.cli.evals.own import judge_language, judge_own
from doorward.doors.cli.evals.public import (
    FOLDS,
    fold_of,
    judge_banking77,
    judge_banking77_oos,
    judge_clinc150,
    judge_hwu64,
    judge_xsid,
    without_texts,
)
from doorward.doors.cli.evals.sources import Document, Given, Missing
from doorward.understanding.intents import Phrase
from tests.support.words import reader, understander
from tests.unit.doors.cli.evals.made_up import Watched, labelled, write, write_own, write_phrases, write_public


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """Return all sets."""
    folder = tmp_path_factory.mktemp("sets")
    return Given(
        data=write_public(folder / "public"), own=write_own(folder / "own"), phrases=write_phrases(folder / "phrases")
    )


def by_name(figures: list[Measured]) -> dict[str, float]:
    """Return the values by their names, each of them there once."""
    assert len({one.name for one in figures}) == len(figures)
    assert all(0 <= one.value <= 1 and one.texts for one in figures)
    return {one.name: one.value for one in figures}


def test_banking77_is_asked_what_did_not_teach(given: Given) -> None:
    """Though its official list contains the split that is asked."""
    watched = Watched()
    assert set(by_name(judge_banking77(watched, given))) == {"banking77.full", "banking77.10_shot", "banking77.5_shot"}
    for known, asked in zip(watched.lessons, watched.exams, strict=True):
        assert not {one.text for one in known} & {one.text for one in asked}
        assert len(known) == len(labelled())


def test_strangers_teach_nothing_and_are_asked(given: Given) -> None:
    """Of CLINC150 and BANKING77-OOS."""
    watched = Watched()
    clinc = by_name(judge_clinc150(watched, given))
    oos = by_name(judge_banking77_oos(watched, given))
    assert {"clinc150.accuracy", "clinc150.auroc", "clinc150.strangers_found"} <= set(clinc)
    assert {"banking77_oos.near.accuracy", "banking77_oos.near.auroc", "banking77_oos.far.auroc"} <= set(oos)
    assert "banking77_oos.far.accuracy" not in oos
    assert all(one.intent is not None for known in watched.lessons for one in known)
    assert all(any(one.intent is None for one in asked) for asked in watched.exams)


def test_a_set_without_a_part_is_told(given: Given, tmp_path: Path) -> None:
    """Which one it lacks."""
    write(tmp_path / "clinc150/data_full_without_test.json.gz", b'{"train": [], "val": [], "oos_val": []}')
    with pytest.raises(Stop, match="it has no 'oos_train'"):
        judge_clinc150(Watched(), Given(data=tmp_path))


def test_hwu64_is_judged(given: Given) -> None:
    """By its own dev split."""
    assert {"hwu64.accuracy", "hwu64.in_first_three"} == set(by_name(judge_hwu64(Watched(), given)))


def test_no_id_is_on_both_sides_in_any_language(given: Given) -> None:
    """Texts of one id say the same; taught in English alone, and in all languages."""
    watched = Watched()
    figures = by_name(judge_xsid(watched, given))
    assert {f"xsid.{how}.{code}" for how in ("from_english", "translated") for code in ("en", "de", "tr", "id")} == set(
        figures
    )
    assert len(watched.lessons) == 2 * FOLDS
    for known, asked in zip(watched.lessons, watched.exams, strict=True):
        # A made-up text begins with what its id says in English.
        said = {" ".join(one.text.split()[:3]) for one in known}
        assert not {" ".join(one.text.split()[:3]) for one in asked} & said
    assert {one.language for known in watched.lessons[:FOLDS] for one in known} == {"en"}
    assert {one.language for known in watched.lessons[FOLDS:] for one in known} == {"en", "de", "tr", "id"}


def test_folds_are_of_ids_and_of_a_size() -> None:
    """Of three hundred, each fold has about a fifth."""
    sizes = [sum(fold_of(str(number)) == fold for number in range(1, 301)) for fold in range(FOLDS)]
    assert sum(sizes) == 300
    assert min(sizes) > 40


def test_a_text_is_the_same_in_capitals_and_with_spaces() -> None:
    """So it is left out."""
    some, others = [Phrase("Open  today?", "a"), Phrase("closed", "a")], [Phrase("open today?", "b")]
    assert without_texts(some, others) == [Phrase("closed", "a")]


def test_the_own_needs_are_judged_a_language(given: Given) -> None:
    """By the phrases of a folder; without it, or without needs, the set is missing."""
    figures = by_name(judge_own(Watched(), given))
    assert {"own.en", "own.de", "own.tr", "own.id", "own.ru", "own.auroc", "own.strangers_found"} <= set(figures)
    with pytest.raises(Missing, match="--phrases"):
        judge_own(Watched(), Given(data=given.data, own=given.own))
    with pytest.raises(Missing, match="--own"):
        judge_own(Watched(), Given(data=given.data, phrases=given.phrases))


def test_the_language_is_found_without_help(given: Given, tmp_path: Path) -> None:
    """In public and in own short texts, and in either where the other is not there."""
    watched = Watched()
    assert {"language.xsid.en", "language.own.ru"} <= set(by_name(judge_language(watched, given)))
    assert {one.name[:12] for one in judge_language(Watched(), Given(data=given.data))} == {"language.xsi"}
    assert {one.name[:12] for one in judge_language(Watched(), Given(data=tmp_path, own=given.own))} == {"language.own"}
    with pytest.raises(Missing, match=r"xsid/en\.valid\.conll is not there; --own"):
        judge_language(Watched(), Given(data=tmp_path))


def test_questions_find_their_articles(given: Given) -> None:
    """What no article is about yet is counted apart; near misses are counted when they are answered."""
    figures = by_name(judge_retrieval(Watched(), given))
    assert figures["retrieval.first_source"] == 1
    assert figures["retrieval.questions_with_an_article"] == pytest.approx(2 / 3)
    assert {"retrieval.first_source.en", "retrieval.first_source.de"} <= set(figures)
    assert figures["retrieval.near_misses_answered"] == 0


def test_a_company_without_articles_answers_nothing(given: Given) -> None:
    """The set is left out then."""
    empty = Lab(reader(), understander(), answer_threshold=0.5)
    with pytest.raises(Missing, match="no company"):
        judge_retrieval(empty, given)


def test_documents_are_found_by_title_and_by_sentence(given: Given) -> None:
    """By words alone, by the embedding alone, and by both; what is found first is in the mean too."""
    figures = by_name(judge_documents(Watched(), given))
    for query in ("title", "sentence"):
        for way in ("words", "embedding", "both"):
            first, mean = (figures[f"documents.{query}.{way}.{what}"] for what in ("first", "mrr_10"))
            assert 0 < first <= mean <= 1


def test_a_sentence_that_is_looked_for_is_in_the_document_no_more() -> None:
    """It is neither short nor a list, and stands in the middle."""
    text = (
        "Short one. This first sentence has more words than six. And this is the second of three long ones. "
        "Here is the last one that is long enough."
    )
    middle = middle_sentence(text)
    assert middle == "And this is the second of three long ones."
    assert middle_sentence("Too short. And so on.") is None
    assert middle not in text.replace(middle, " ", 1)


def test_a_document_is_cut_at_its_headings() -> None:
    """Without its title, the lead is called by its first words, and no word of the title is left."""
    document = Document("doc_a_(b)_001", "Opening an account", "You need a passport.\n\n## Fees\n\nNone.\n### Ages\n")
    article = article_of(document)
    assert slug_of(document.id) == article.slug == "doc-a-b-001"
    assert [(one.heading, one.body) for one in article.sections] == [
        ("Opening an account", "You need a passport."),
        ("Fees", "None."),
        ("Ages", "Ages"),
    ]
    bare = article_of(document, title="")
    assert "Opening" not in f"{bare}"
    assert bare.sections[0].heading == "You need a passport. Fees None. Ages"
