"""The workspace: pieces are kept as they were written, editors do not overwrite each other, owners keep theirs."""

from typing import Any

import msgspec
import pytest

from doorward import workspace
from doorward.kit.tx import Transactions
from doorward.vocabulary.errors import Conflict, Malformed, NotFound, Outdated
from doorward.vocabulary.scope import Scope
from doorward.workspace import Attribute, CannedReply, Label, Macro, MacroStep, PieceName, SavedView, Status
from tests.support.transactions import OTHER_SCOPE, SCOPE

PIECES = (
    Label(name="Refund", colour="teal", description="Money goes back"),
    Attribute(name="Order", holds="choice", choices=("online", "shop")),
    Status(name="With the supplier", pauses=True),
    CannedReply(name="Hello", shortcut="hello", texts={"en": "Hello {customer}", "de": "Guten Tag {customer}"}),
    Macro(name="Refund", steps=(MacroStep(verb="label", value="refund"), MacroStep(verb="resolve"))),
    SavedView(name="Refunds", query="label:refund state:human", order="unanswered"),
)


def put(transactions: Transactions, piece: Any, *, key: str = "one", owner: str = "", **words: Any) -> Any:
    """Write a piece."""
    name, scope = PieceName(key, owner), words.pop("scope", SCOPE)
    return transactions.write(scope, lambda tx: workspace.put_piece(tx, scope, name, piece, **words))


def names(transactions: Transactions, kind: Any, *, owner: str = "", scope: Scope = SCOPE) -> list[str]:
    """Return the keys of the pieces of a kind that somebody has."""
    found = transactions.read(lambda tx: workspace.list_pieces(tx, scope, kind, owner=owner))
    return [one.key for one in found]


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: type(piece).__name__)
def test_a_piece_is_kept_as_it_was_written(transactions: Transactions, piece: Any) -> None:
    """Every kind comes back equal, under its own kind, for its own tenant."""
    written = put(transactions, piece)
    kind = written.kind
    assert transactions.read(lambda tx: workspace.find_piece(tx, SCOPE, kind, "one")) == written
    assert written.piece == piece
    assert names(transactions, kind, scope=OTHER_SCOPE) == []
    with pytest.raises(NotFound):
        transactions.read(lambda tx: workspace.find_piece(tx, OTHER_SCOPE, kind, "one"))


def test_two_editors_do_not_overwrite_each_other(transactions: Transactions) -> None:
    """Who rests on an older revision is refused and changes nothing; who says "new" is refused what is there."""
    first = put(transactions, Label(name="A"), revision=0)
    assert put(transactions, Label(name="B"), revision=first.revision).revision == 2
    for stale in (0, first.revision):
        with pytest.raises(Outdated):
            put(transactions, Label(name="C"), revision=stale)
    kept = transactions.read(lambda tx: workspace.find_piece(tx, SCOPE, "label", "one"))
    assert kept.piece.name == "B"


def test_what_is_mine_is_listed_for_me_alone_and_stays_mine(transactions: Transactions) -> None:
    """Everybody's pieces and one's own are listed; nobody writes over or removes what is somebody else's."""
    put(transactions, SavedView(name="All", query=""), key="all")
    put(transactions, SavedView(name="Mine", query=""), key="mine", owner="mira")
    assert names(transactions, "view", owner="mira") == ["all", "mine"]
    assert names(transactions, "view", owner="jonas") == ["all"]
    with pytest.raises(Conflict):
        put(transactions, SavedView(name="Taken", query=""), key="mine", owner="jonas")
    with pytest.raises(Conflict):
        transactions.write(SCOPE, lambda tx: workspace.remove_piece(tx, SCOPE, "view", PieceName("mine", "jonas")))
    assert names(transactions, "view", owner="mira") == ["all", "mine"]


def test_a_removed_piece_is_gone_and_removing_again_is_nothing_new(transactions: Transactions) -> None:
    """The second time says that nothing was there."""
    put(transactions, Label(name="A"))

    def remove() -> bool:
        return transactions.write(SCOPE, lambda tx: workspace.remove_piece(tx, SCOPE, "label", PieceName("one")))

    assert (remove(), remove()) == (True, False)
    assert names(transactions, "label") == []


@pytest.mark.parametrize("key", ["", "Upper", "with space", "-dash", "ключ", "a" * 61, "a/b", "a\n"])
def test_keys_that_are_none_are_refused(transactions: Transactions, key: str) -> None:
    """Keys stand in addresses and filters: small letters, digits, - and _."""
    with pytest.raises(Malformed):
        put(transactions, Label(name="A"), key=key)


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"label","name":""}',
        b'{"type":"label","name":"A","colour":"#ff0000"}',
        b'{"type":"reply","name":"A","shortcut":"a b","texts":{"en":"x"}}',
        b'{"type":"reply","name":"A","shortcut":"a","texts":{}}',
        b'{"type":"macro","name":"A","steps":[]}',
        b'{"type":"macro","name":"A","steps":[{"verb":"run","value":"rm"}]}',
        b'{"type":"wish","name":"A"}',
    ],
)
def test_pieces_that_are_none_cannot_be_read(body: bytes) -> None:
    """What comes from outside is read by type: an unknown verb, colour or kind never becomes a piece."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=workspace.Piece)


def test_missing_pieces_are_named(transactions: Transactions) -> None:
    """Whoever asks for labels that the company does not have hears which."""
    put(transactions, Label(name="A"), key="there")
    transactions.read(lambda tx: workspace.require_pieces(tx, SCOPE, "label", ("there",)))
    with pytest.raises(NotFound, match="gone"):
        transactions.read(lambda tx: workspace.require_pieces(tx, SCOPE, "label", ("there", "gone")))
