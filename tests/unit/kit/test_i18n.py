from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from doorward.kit.i18n import PackUnreadable, Translator, fill, places, read_messages, read_pack_folder, read_words

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@dataclass(frozen=True)
class Sentences:
    """The smallest thing that a translator takes for a pack."""

    messages: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def translator() -> Translator:
    """Return a translator with three small packs, one of them with Russian's four plural categories."""
    return Translator(
        {
            "en": Sentences(
                {"hello": "Hello {name}", "only.en": "Only here", "n|one": "{count} day", "n|other": "{count} days"}
            ),
            "de": Sentences({"hello": "Guten Tag, {name}"}),
            "ru": Sentences(
                {"n|one": "{count} день", "n|few": "{count} дня", "n|many": "{count} дней", "n|other": "{count} дня"}
            ),
        }
    )


@pytest.fixture
def catalogue(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes entries below a proper header into a PO file."""

    def write(entries: str) -> Path:
        path = tmp_path / "messages" / "desk.po"
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEADER + entries, encoding="utf-8")
        return path

    return write


def test_a_sentence_is_said_in_the_language_asked_for(translator: Translator) -> None:
    """Each language says its own sentence with the places filled."""
    assert translator.say("de", "hello", name="Ada") == "Guten Tag, Ada"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("de-AT", "de"),
        ("de_CH", "de"),
        ("DE", "de"),
        ("ru-Cyrl-RU", "ru"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
        ("-", "en"),
    ],
)
def test_a_language_falls_back_to_its_base_and_then_to_english(
    translator: Translator, asked: str | None, spoken: str
) -> None:
    """A regional variant is served by its base, an unknown language by English."""
    assert translator.resolve(asked) == spoken


def test_a_sentence_that_a_pack_lacks_is_said_in_english_and_reported_once(translator: Translator) -> None:
    """The customer reads a sentence, the operator one event, without the text."""
    with capture_logs() as events:
        said = [translator.say("de", "only.en") for _ in range(3)]
    assert said == ["Only here"] * 3
    assert [(e["event"], e["language"], e["key"]) for e in events] == [("i18n.key.missing", "de", "only.en")]


def test_a_key_that_nobody_has_comes_back_in_brackets(translator: Translator) -> None:
    """A missing sentence is seen and logged, never raised."""
    with capture_logs() as events:
        assert translator.say("de", "no.such") == "[no.such]"
    assert {e["event"] for e in events} == {"i18n.key.missing"}


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 день"), (3, "3 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день"), (0, "0 дней")]
)
def test_a_number_chooses_the_plural_of_the_language(translator: Translator, count: int, said: str) -> None:
    """Russian's categories one, few and many follow CLDR."""
    assert translator.say("ru", "n", count=count) == said


def test_a_plural_that_a_language_lacks_is_said_in_english(translator: Translator) -> None:
    """The fallback counts by English rules."""
    assert [translator.say("de", "n", count=n) for n in (1, 2)] == ["1 day", "2 days"]


def test_a_place_without_a_value_leaves_the_sentence_readable(translator: Translator) -> None:
    """An ellipsis stands where nothing is known."""
    assert translator.say("en", "hello") == "Hello …"


@pytest.mark.parametrize(
    "hostile", ["{name.__class__}", "{0}", "{name!r}", "{name[0]}", "{name:>9999999}", "{}", "{Name}"]
)
def test_only_simple_names_are_places(hostile: str) -> None:
    """A translator's slip or trick cannot reach attributes, indexes or format specifications."""
    assert fill(hostile, {"name": "secret"}) == hostile
    assert places(hostile) == frozenset()


@given(value=st.text())
def test_a_value_is_plain_text(value: str) -> None:
    """Whatever stands in a value, braces included, is inserted once and not looked at again."""
    assert fill("<{name}>", {"name": value, "other": "leak"}) == f"<{value}>"


def test_the_strings_of_the_widget_are_complete(translator: Translator) -> None:
    """A prefix gives all sentences, English where the language has none, and never both plural sets of a key."""
    found = translator.strings("ru", "")
    assert found["only.en"] == "Only here"
    assert sorted(key for key in found if key.startswith("n|")) == ["n|few", "n|many", "n|one", "n|other"]
    assert translator.strings("de", "hel") == {"hello": "Guten Tag, {name}"}


def test_english_must_be_there() -> None:
    """Without the reference there is nothing to fall back to, so the house does not start."""
    with pytest.raises(PackUnreadable, match="'en'"):
        Translator({"de": Sentences()})


def test_a_code_that_cldr_does_not_know_is_refused() -> None:
    """A pack whose plurals nobody knows stops the start."""
    with pytest.raises(PackUnreadable, match="'qx'"):
        Translator({"en": Sentences(), "qx": Sentences()})


def test_a_catalogue_is_read_in_order(catalogue: Callable[[str], Path]) -> None:
    """Keys and sentences come out as written, line breaks included, obsolete entries left out."""
    path = catalogue(
        'msgid "b"\nmsgstr "one\\ntwo"\n\nmsgid "a"\nmsgstr ""\n"long "\n"line"\n\n#~ msgid "c"\n#~ msgstr "x"\n'
    )
    assert list(read_messages(path).items()) == [("b", "one\ntwo"), ("a", "long line")]


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ('msgid "a"\nmsgstr ""\n', "has no sentence"),
        ('#, fuzzy\nmsgid "a"\nmsgstr "x"\n', "fuzzy"),
        ('msgid "a"\nmsgstr "x"\n\nmsgid "a"\nmsgstr "y"\n', "different keys"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgstr[1] "y"\n', "key|category"),
        ('msgid "a"\nmsgstr "x"\nrubbish\n', "not a PO file"),
    ],
)
def test_a_damaged_catalogue_is_refused(catalogue: Callable[[str], Path], entries: str, complaint: str) -> None:
    """What would silently lose or doubt a sentence stops the start and names the file."""
    with pytest.raises(PackUnreadable, match=complaint.replace("|", r"\|")) as refused:
        read_messages(catalogue(entries))
    assert "desk.po" in str(refused.value)


def test_a_key_stands_in_one_catalogue_of_a_pack(tmp_path: Path) -> None:
    """All catalogues of a pack are read together; the same key in two of them would make one of them a lie."""
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "desk.po").write_text(HEADER + 'msgid "desk.a"\nmsgstr "A"\n', encoding="utf-8")
    (folder / "widget.po").write_text(HEADER + 'msgid "widget.b"\nmsgstr "B"\n', encoding="utf-8")
    assert read_pack_folder(tmp_path).messages == {"desk.a": "A", "widget.b": "B"}
    (folder / "widget.po").write_text(HEADER + 'msgid "desk.a"\nmsgstr "B"\n', encoding="utf-8")
    with pytest.raises(PackUnreadable, match=r"desk\.a"):
        read_pack_folder(tmp_path)


def test_words_are_read_as_written(tmp_path: Path) -> None:
    """Comments and blank lines are left out, letters are composed (NFC), order is kept."""
    path = tmp_path / "greeting.txt"
    path.write_text("# hint\nGuten Tag\n\n  Grüezi  \n", encoding="utf-8")
    assert tuple(read_words(path)) == ("Guten Tag", "Grüezi")


def test_a_word_stands_once(tmp_path: Path) -> None:
    """The same phrase twice is a slip, whatever its case."""
    path = tmp_path / "greeting.txt"
    path.write_text("Hallo\nhallo\n", encoding="utf-8")
    with pytest.raises(PackUnreadable, match="twice"):
        read_words(path)


def test_a_folder_gives_sentences_and_words(tmp_path: Path, catalogue: Callable[[str], Path]) -> None:
    """Both halves of a pack are found by their place in its folder."""
    catalogue('msgid "a"\nmsgstr "x"\n')
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "yes.txt").write_text("ja\n", encoding="utf-8")
    folder = read_pack_folder(tmp_path)
    assert (folder.messages, folder.lexicon) == ({"a": "x"}, {"yes": ("ja",)})
