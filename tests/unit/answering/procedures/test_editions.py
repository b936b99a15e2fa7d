"""Editions that a company writes itself, on both databases: drafts may be broken, versions are only ever added."""

import pytest

from doorward.answering.procedures import editions
from doorward.answering.procedures.editions import LARGEST, Draft, Edition, NewEdition, Written
from doorward.answering.procedures.loading import load_written
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import Malformed, NotFound, Outdated, ProcedureInvalid
from doorward.vocabulary.scope import Scope
from tests.support.transactions import OTHER_SCOPE, SCOPE, staff_scope
from tests.unit.answering.procedures.examples import FOLDER, KNOWN

MIRA, JONAS = staff_scope("m" * 26), staff_scope("j" * 26)
LANGUAGES = ("en", "de")


def brought(name: str = "block_card") -> Written:
    """Return an example as it is written."""
    folder = FOLDER / name
    return Written(
        procedure=(folder / "procedure.yaml").read_text(encoding="utf-8"),
        texts={one: (folder / f"texts/{one}.yaml").read_text(encoding="utf-8") for one in LANGUAGES},
    )


def save(transactions: Transactions, written: Written, *, expected: int, scope: Scope = MIRA) -> Draft:
    """Save a draft."""
    return transactions.write(
        scope, lambda tx: editions.save_draft(tx, scope, "block_card", written, expected=expected)
    )


def put(transactions: Transactions, written: Written | None, *, version: int, expected: int) -> Edition:
    """Put an edition in force."""
    new = NewEdition(procedure="block_card", version=version, written=written)
    return transactions.write(MIRA, lambda tx: editions.put_in_force(tx, MIRA, new, expected=expected))


def test_a_draft_is_kept_as_it_is_and_by_whom(transactions: Transactions) -> None:
    """Broken ones too; whoever has not read the last is told."""
    broken = Written(procedure="id: [", texts={"en": "a: b"})
    first = save(transactions, broken, expected=0)
    assert (first.revision, first.written, first.writers) == (1, broken, (MIRA.actor.id,))
    for expected in (0, 2):
        with pytest.raises(Outdated):
            save(transactions, brought(), expected=expected)
    second = save(transactions, brought(), expected=1, scope=JONAS)
    assert second.writers == (MIRA.actor.id, JONAS.actor.id)
    assert transactions.read(lambda tx: editions.draft_of(tx, OTHER_SCOPE, "block_card")) is None
    with pytest.raises(Outdated):
        transactions.write(MIRA, lambda tx: editions.drop_draft(tx, MIRA, "block_card", expected=1))
    transactions.write(MIRA, lambda tx: editions.drop_draft(tx, MIRA, "block_card", expected=2))
    assert transactions.read(lambda tx: editions.draft_of(tx, MIRA, "block_card")) is None


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[2J", "x" * (LARGEST + 1), "\ud800"])
def test_what_no_database_should_hold_is_not_kept(transactions: Transactions, text: str) -> None:
    """Control characters, halves of characters, and files beyond what is read."""
    with pytest.raises(Malformed):
        save(transactions, Written(procedure=text), expected=0)
    with pytest.raises(Malformed):
        save(transactions, Written(texts={"en": text}), expected=0)


def test_versions_are_added_and_the_newest_is_in_force(transactions: Transactions) -> None:
    """Of two who put one in force at once the second is told; each company has its own."""
    one = put(transactions, brought(), version=2, expected=0)
    assert (one.number, one.version, one.written) == (1, 2, brought())
    for expected in (0, 2):
        with pytest.raises(Outdated):
            put(transactions, brought(), version=3, expected=expected)
    back = put(transactions, None, version=1, expected=1)
    assert back.written is None
    assert [each.number for each in transactions.read(lambda tx: editions.editions_of(tx, SCOPE, "block_card"))] == [
        2,
        1,
    ]
    assert transactions.read(lambda tx: editions.edition_numbers(tx, SCOPE)) == {"block_card": 2}
    assert transactions.read(lambda tx: editions.edition_numbers(tx, OTHER_SCOPE)) == {}
    assert [each.number for each in transactions.read(lambda tx: editions.latest_editions(tx, SCOPE))] == [2, 1]
    assert transactions.read(lambda tx: editions.edition_at(tx, SCOPE, "block_card", 1)) == one
    with pytest.raises(NotFound):
        transactions.read(lambda tx: editions.edition_at(tx, OTHER_SCOPE, "block_card", 1))


def refused(files: dict[str, str], *, others: dict[str, str] | None = None) -> str:
    """Return why files are refused."""
    with pytest.raises(ProcedureInvalid) as error:
        load_written("block_card", files, languages=LANGUAGES, known=KNOWN, others=others or {})
    return str(error.value)


def test_what_is_written_is_checked_as_at_load() -> None:
    """The same procedure comes of it, and hostile files are refused with their place."""
    files = brought().files()
    assert load_written("block_card", files, languages=LANGUAGES, known=KNOWN).id == "block_card"
    bomb = "a: &a [x]\nb: *a\n"
    assert refused(files | {"procedure.yaml": bomb}).startswith("block_card/procedure.yaml: line 1: anchors")
    assert "tags are not taken" in refused(files | {"texts/de.yaml": "a: !!python/object:os.system {}"})
    assert "more than 12 levels deep" in refused(files | {"procedure.yaml": "[" * 40})
    assert "larger than 64 KiB" in refused(files | {"procedure.yaml": "# " + "x" * LARGEST})
    assert "is not the name of its folder" in refused(
        files | {"procedure.yaml": files["procedure.yaml"].replace("id: block_card", "id: other")}
    )
    assert "is of no language of the company" in refused(files | {"texts/xx.yaml": "a: b"})
    missing = {name: text for name, text in files.items() if name != "texts/de.yaml"}
    assert refused(missing).startswith("block_card/texts/de.yaml: there is no such file")
    assert "'lost_card' starts 'order_paper' already" in refused(files, others={"lost_card": "order_paper"})
