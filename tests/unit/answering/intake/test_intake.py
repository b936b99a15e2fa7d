"""Bringing articles in: whatever is sent, each is taken or refused with its place, and text stays text."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from doorward.answering import ArticleRepository, KnowledgeService, plain_text
from doorward.answering.intake import Columns, Intake, Read, Refused, open_files, read_files
from doorward.answering.intake import files as files_module
from doorward.answering.intake.pages import DEEPEST, LONGEST, as_markdown
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import Conflict
from tests.support.transactions import OTHER_SCOPE, SCOPE, staff_scope
from tests.unit.answering.test_service import CountingReader

MIRA = staff_scope("mira")
LANGUAGES = ("en", "de", "tr")
PLAIN = "# Umbrellas\n\nTwo coins a day.\n\n## Giving back {#back}\n? where do I return it\n\nAt any branch.\n"
OURS = "---\ntitle: Rain\nsummary: Of rain.\nkeywords: rain, wet\nquestions:\n- does it rain\n---\n\nIt rains.\n"


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def read(*files: tuple[str, bytes], columns: Columns | None = None) -> tuple[tuple[Read, ...], tuple[Refused, ...]]:
    """Return what files come to."""
    return read_files(open_files(files), languages=LANGUAGES, language="en", columns=columns)


def test_both_kinds_of_markdown_are_read_and_names_tell_slug_and_language() -> None:
    """Folder and file, two endings, a language's folder, or nothing at all."""
    found, refused = read(
        (
            "kb.zip",
            zipped({"rain/de.md": OURS.encode(), "umbrellas.tr.md": PLAIN.encode(), "de/Hail.md": b"Ice."}),
        ),
        ("umbrellas.md", PLAIN.encode()),
    )
    assert refused == ()
    assert [(one.seed.slug, one.seed.language) for one in found] == [
        ("rain", "de"),
        ("umbrellas", "tr"),
        ("hail", "de"),
        ("umbrellas", "en"),
    ]
    assert found[0].place == "kb.zip/rain/de.md"
    (lead, back) = found[3].seed.sections
    assert (lead.heading, lead.body) == ("Umbrellas", "Two coins a day.")
    assert (back.heading, back.id, back.questions, back.body) == (
        "Giving back",
        "back",
        ("where do I return it",),
        "At any branch.",
    )
    assert found[2].seed.title == "Hail"


@pytest.mark.parametrize(
    ("name", "content", "trouble", "line"),
    [
        ("a.exe", b"MZ", "unsupported", 0),
        ("a.md", b"\xff\xfa\x00broken", "not_text", 0),
        ("a.md", b"a\x00b", "not_text", 0),
        ("a.md", b"", "no_body", 0),
        ("a.md", b"---\ntitle: T\nsummary:\n---\n", "form", 3),
        ("a.md", b"# " + b"t" * 300 + b"\n\nbody", "too_long", 0),
        ("a.md", b"x" * 1_048_577, "too_large", 0),
        ("???.md", b"words", "no_title", 0),
        ("a.html", b"<p>" + b"x" * (LONGEST + 1), "too_long", 0),
        ("a.csv", b"name,text\na,b\n", "no_column", 1),
        ("a.csv", b"title,body,language\nA,words,xx\n", "form", 2),
        ("a.csv", b'"' + b"a" * 140_000, "form", 1),
        ("a.zip", b"PK\x03\x04 not a zip", "broken_zip", 0),
    ],
)
def test_what_cannot_be_taken_says_where_and_why(name: str, content: bytes, trouble: str, line: int) -> None:
    """One bad file keeps no other from being read, and what stands in it is repeated nowhere."""
    found, refused = read((name, content), ("good.md", b"Good."))
    assert [one.seed.slug for one in found] == ["good"]
    (one,) = refused
    assert (one.place, one.trouble, one.line) == (name, trouble, line)


@pytest.mark.parametrize("bound", [131_072, 50_000_000])
def test_a_cell_that_is_never_closed_is_refused_whoever_raised_the_readers_bound(bound: int) -> None:
    """In the first line and in a later one; reading archives raises that bound for the whole process."""
    before = csv.field_size_limit(bound)
    try:
        bodies = (b'"' + b"a" * 140_000, b'title,body\nA,words\nB,"' + b"b" * 140_000)
        told = [read(("a.csv", content), ("good.md", b"Good."))[1] for content in bodies]
    finally:
        csv.field_size_limit(before)
    assert [[one.trouble for one in refused] for refused in told] == [["form"], ["form"]]


def test_a_bomb_stops_at_the_limit_of_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip may claim what it likes: what counts is what is unpacked, for one file and for all together."""
    bomb = zipped({"a.md": b"0" * 30_000_000, "zips/b.zip": b"PK"})
    assert len(bomb) < 100_000
    _, refused = read(("bomb.zip", bomb))
    assert [(one.place, one.trouble) for one in refused] == [
        ("bomb.zip/a.md", "too_large"),
        ("bomb.zip/zips/b.zip", "unsupported"),
    ]
    monkeypatch.setattr(files_module, "MOST_BYTES", 2_500)
    found, refused = read(("many.zip", zipped({f"{number}.md": b"0" * 1000 for number in range(9)})))
    assert (len(found), [one.trouble for one in refused]) == (2, ["too_many"])


def test_names_that_climb_are_only_names() -> None:
    """Ways up, drives and control signs are gone from what is shown; nothing is written anywhere."""
    found, _ = read(("x.zip", zipped({"../../etc/passwd/en.md": b"Words.", "C:\\win\\de.md": b"Words."})))
    assert [one.place for one in found] == ["x.zip/etc/passwd/en.md", "x.zip/win/de.md"]


def test_a_page_keeps_its_form_and_nothing_that_runs() -> None:
    """Headings, lists and links stay; scripts, styles, frames and odd addresses are gone."""
    page = (
        "<html><head><title>Ignored | Bank</title><style>p{}</style></head><body><h1>Card <b>lost</b></h1>"
        "<p>Call <a href='tel:+49'>us</a> or <a href='javascript:alert(1)'>click</a>.</p><script>alert(2)</script>"
        "<h2>Then</h2><ul><li>Freeze it</li><li>Order <a href='https://bank.example/x'>one</a></li></ul>"
        "<iframe src='https://evil.example'>inner</iframe><p>5 * 3 [x](javascript:alert(3)) # no</p></body></html>"
    )
    (one,), _ = read(("lost.html", page.encode()))
    assert one.seed.title == "Card lost"
    lead, then = one.seed.sections
    assert plain_text(lead.body) == "Call us (+49) or click."
    assert then.heading == "Then"
    assert plain_text(then.body) == (
        "• Freeze it\n• Order one (https://bank.example/x)\n\n5 * 3 [x](javascript:alert(3)) # no"
    )
    assert not any("alert(2)" in section.body or "evil" in section.body for section in one.seed.sections)


@given(st.text(alphabet=st.sampled_from("<>/ab \n!-*_[]()#.1?h2plia=\"'&;"), max_size=200))
def test_every_page_is_text(page: str) -> None:
    """No markup, however broken, raises anything or leaves a link to an address that is none."""
    _, body = as_markdown(page)
    links = [child for token in MarkdownIt().parse(body) for child in token.children or () if child.type == "link_open"]
    assert all(str(link.attrs["href"]).startswith(("http", "mailto:", "tel:")) for link in links)


def test_rows_become_articles_by_the_columns_that_are_named() -> None:
    """Rows of one slug are its sections; formulas and quotes are text like any other."""
    table = b'Frage;Antwort;Name\n"Wie, bitte?";=cmd|calc;lost\nNoch?;"Zwei\nZeilen";lost\nAllein;Ja;\n'
    columns = Columns(title="Frage", body="Antwort", slug="Name")
    found, refused = read(("faq.csv", table), columns=columns)
    assert refused == ()
    assert [(one.seed.slug, len(one.seed.sections)) for one in found] == [("lost", 2), ("allein", 1)]
    assert found[0].seed.sections[0].body == "=cmd|calc"
    assert found[0].seed.sections[1].body == "Zwei\nZeilen"


def test_rows_that_name_no_article_are_one_each() -> None:
    """Also where two are called alike, and where no letter of the title is Latin."""
    table = "title,body\nFees,One.\nFees,Two.\nКак закрыть счёт,Так.\n"
    found, refused = read(("faq.csv", table.encode()))
    assert refused == ()
    assert [one.seed.slug for one in found] == ["fees", "fees-2", "kak-zakryt-schet"]


@pytest.mark.parametrize("page", ["<nav>" * 20_000 + "</p>" * 30_000, "<ul>" * 8_000 + "<li>a" * 6_000])
def test_a_deep_page_costs_no_more_than_a_long_one(page: str) -> None:
    """Lists within lists without end are drawn no deeper than anybody writes."""
    _, body = as_markdown(page)
    assert len(body) < 10 * len(page)


def test_a_page_of_pieces_is_put_together_whole() -> None:
    """As many beginnings of tags as a page can hold, none of which ends, are its text and title."""
    count = LONGEST // 8 - 10
    title, body = as_markdown(f"<title>{'a<a‹' * count}</title><p>{'a<a‹' * count}</p>")
    assert title == "a<a‹" * count
    assert body == "a\\<a‹" * count


def test_links_within_links_are_no_deeper_than_anybody_writes() -> None:
    """What is within too many of them is looked at again for none but those."""
    depth = 5_000
    _, body = as_markdown('<a href="https://x.example/">' * depth + "inside" + "</a>" * depth)
    assert body.count("](https://x.example/)") == DEEPEST
    assert "inside" in body


def test_the_same_article_twice_is_refused_the_second_time() -> None:
    """What came first stands."""
    found, refused = read(("a.md", b"One."), ("b.zip", zipped({"a.md": b"Two."})))
    assert [one.seed.sections[0].body for one in found] == ["One."]
    assert [(one.place, one.trouble) for one in refused] == [("b.zip/a.md", "double")]


def test_a_plan_tells_before_and_taking_twice_is_taking_once(transactions: Transactions) -> None:
    """New, then unchanged, then changed; drafts only; somebody else's work in between is a conflict."""
    service = KnowledgeService(ArticleRepository(), CountingReader())
    intake = Intake(service)
    first, _ = read(("umbrellas.md", PLAIN.encode()), ("rain/de.md", OURS.encode()))

    def plan(of: tuple[Read, ...]) -> list[str]:
        return [one.standing for one in transactions.read(lambda tx: intake.plan(tx, SCOPE, of, ())).articles]

    assert plan(first) == ["new", "new"]
    for _ in range(2):
        transactions.write(MIRA, lambda tx: intake.take(tx, MIRA, first))
    assert plan(first) == ["unchanged", "unchanged"]
    standings = transactions.read(lambda tx: service.standings(tx, SCOPE))
    assert [(one.stage, one.latest.number) for one in standings] == [("draft", 1), ("draft", 1)]
    later, _ = read(("umbrellas.md", PLAIN.replace("Two", "Three").encode()))
    assert plan(later) == ["changed"]
    seen = transactions.read(lambda tx: intake.plan(tx, SCOPE, later, ()))
    other, _ = read(("umbrellas.md", PLAIN.replace("Two", "Four").encode()))
    transactions.write(MIRA, lambda tx: intake.take(tx, MIRA, other))
    with pytest.raises(Conflict):
        transactions.write(MIRA, lambda tx: intake.take(tx, MIRA, later, planned=seen))
    assert transactions.read(lambda tx: service.standings(tx, OTHER_SCOPE)) == ()
