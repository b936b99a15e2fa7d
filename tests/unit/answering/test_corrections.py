"""Which revisions said the same wrong thing."""

import msgspec
import pytest

from doorward.answering import Article, Edition
from doorward.answering.corrections import (
    Corrections,
    NewCorrection,
    Words,
    Wrong,
    changed_sections,
    revisions_of,
    wrong_everywhere,
)
from doorward.answering.editions import EditionKind
from doorward.kit.tx import Tx
from doorward.vocabulary.company import ArticleSection, ArticleSeed
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ArticleId
from tests.support.transactions import NOON, SCOPE

COSTS, BACK = ArticleSection(heading="Costs", body="Two."), ArticleSection(heading="Back", body="To the desk.")
FIRST = ArticleSeed(slug="umbrellas", language="en", title="U", summary="", keywords=(), sections=(COSTS, BACK))
MOVED = msgspec.structs.replace(FIRST, sections=(msgspec.structs.replace(BACK, body="Anywhere."), COSTS))
RIGHT = msgspec.structs.replace(FIRST, sections=(msgspec.structs.replace(COSTS, body="Nine."), BACK))


def edition(number: int, kind: EditionKind, seed: ArticleSeed) -> Edition:
    """Return an edition."""
    return Edition(
        article_id=ArticleId("a" * 26),
        number=number,
        kind=kind,
        at=NOON,
        actor_kind="staff",
        actor_id="s",
        **{name: getattr(seed, name) for name in ArticleSeed.__struct_fields__},
    )


def article(seed: ArticleSeed, revision: int) -> Article:
    """Return what answers."""
    fields = {name: getattr(seed, name) for name in ArticleSeed.__struct_fields__}
    return Article(id=ArticleId("a" * 26), revision=revision, state="published", updated_at=NOON, **fields)


HISTORY = (
    edition(6, "published", RIGHT),
    edition(5, "published", MOVED),
    edition(4, "withdrawn", MOVED),
    edition(3, "published", MOVED),
    edition(2, "saved", MOVED),
    edition(1, "published", FIRST),
)


def test_only_a_change_of_content_is_a_revision() -> None:
    """What was withdrawn and published again as it was, is the same one; drafts are none."""
    found = revisions_of(article(RIGHT, 3), HISTORY)
    assert [(one.number, one.seed) for one in found] == [(3, RIGHT), (2, MOVED), (1, FIRST)]


def test_a_wrong_section_is_followed_through_earlier_revisions() -> None:
    """Wherever in the article it stood; what was right is left out."""
    found = revisions_of(article(RIGHT, 3), HISTORY)
    assert changed_sections(MOVED, RIGHT) == (0, 1)
    assert changed_sections(FIRST, RIGHT) == (0,)
    assert changed_sections(FIRST, None) == (0, 1)
    assert wrong_everywhere(found, 2, [1]) == (Wrong(revision=1, section=0), Wrong(revision=2, section=1))
    assert wrong_everywhere(found, 1, [0]) == (Wrong(revision=1, section=0),)


@pytest.mark.parametrize(
    "new",
    [
        NewCorrection(kind="answer", words={"en": Words(wrong="Two.")}),
        NewCorrection(kind="rules", rules=("a.b@1",), words={}),
        NewCorrection(kind="rules", rules=("a.b@1",), words={"en": Words(wrong=" ")}),
        NewCorrection(kind="rules", rules=("a.b@1",), words={"en": Words(wrong="x" * 3001)}),
    ],
)
def test_what_says_nothing_is_no_correction(new: NewCorrection) -> None:
    """Something must be named that was wrong, and said in words; nothing is kept else."""
    with pytest.raises(Malformed):
        Corrections().begin(Tx.__new__(Tx), SCOPE, new)
