"""What asks for care is found, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

from doorward.answering import Edition, Standing, Stewardship
from doorward.answering.care import Finding, findings, links_of
from doorward.vocabulary.company import ArticleSection
from doorward.vocabulary.ids import ArticleId

NOW = datetime(2027, 5, 1, 12, 0, tzinfo=UTC)


def standing(slug: str, *, body: str = "Words.", state: Literal["draft", "published"] | None = "published") -> Standing:
    """Return an article in English, written a day ago, with a section `how`."""
    latest = Edition(
        article_id=ArticleId(slug),
        number=1,
        kind="published",
        at=NOW - timedelta(days=1),
        actor_kind="staff",
        actor_id="mira",
        slug=slug,
        language="en",
        title=slug.title(),
        summary="",
        keywords=(),
        sections=(ArticleSection(heading="Lead", body="Lead."), ArticleSection(heading="How", body=body, id="how")),
    )
    return Standing(latest=latest, state=state)


def of(*standings: Standing, steward: Stewardship | None = None, days: int = 30) -> tuple[Finding, ...]:
    """Return what asks for care among these, in a company that answers in English alone."""
    stewards = {steward.slug: steward} if steward else {}
    return findings(standings, stewards, languages=("en",), now=NOW, untouched=timedelta(days=days))


def test_what_is_well_kept_asks_for_nothing() -> None:
    """Links to articles and sections that there are, and to the web, are no concern."""
    body = "See [cards](article:cards#how), [all](article:cards) and [us](https://bank.example)."
    assert of(standing("cards"), standing("keys", body=body)) == ()


def test_a_link_that_leads_nowhere_is_told_with_its_place() -> None:
    """An article or a section that there is not; code and escaped brackets are no links."""
    body = "[a](article:gone) [b](article:cards#gone) `[c](article:code)` \\[d](article:text)"
    found = of(standing("cards"), standing("keys", body=body))
    assert [(one.concern, one.slug, one.section, one.detail) for one in found] == [
        ("broken_link", "keys", 1, "article:gone"),
        ("broken_link", "keys", 1, "article:cards#gone"),
    ]
    assert links_of(body) == ("article:gone", "article:cards#gone")


def test_a_day_that_is_past_and_a_long_silence_are_told() -> None:
    """Overdue from the day after; untouched only where customers are answered."""
    steward = Stewardship(slug="cards", owner_id="mira", review_by=date(2027, 4, 30))
    assert [(one.concern, one.detail) for one in of(standing("cards"), steward=steward)] == [("overdue", "2027-04-30")]
    today = msgspec.structs.replace(steward, review_by=date(2027, 5, 1))
    assert of(standing("cards"), steward=today) == ()
    assert [one.concern for one in of(standing("cards"), days=1)] == ["untouched"]
    assert of(standing("cards", state="draft"), days=1) == ()


def test_a_language_is_missing_where_others_are_published() -> None:
    """A draft in it does not answer; an article that answers nobody misses none."""
    found = findings([standing("cards")], {}, languages=("en", "de"), now=NOW, untouched=timedelta(days=30))
    assert [(one.concern, one.detail) for one in found] == [("missing_language", "de")]
    draft = standing("cards", state=None)
    assert findings([draft], {}, languages=("en", "de"), now=NOW, untouched=timedelta(days=30)) == ()
