"""A new address, of mail or another, is put right wherever somebody notices that it is the wrong one."""

import pytest

from doorward.answering.procedures.heard import Heard
from doorward.answering.procedures.machine import advance, begin_run
from doorward.answering.procedures.run import Act, Confirm, End, Found, Said, Sealed, Started, Turn, Verified, Verify
from doorward.plugins.companies.halden.tests.walking import NO, YES, hear, loaded, sealed
from doorward.vocabulary.operations import Thing

OLD, NEW = sealed("EMAIL", "old@example.org"), sealed("EMAIL", "new@example.org")


def asked() -> Turn:
    """Return the turn that asks whether the first address shall be put on file."""
    own = loaded().procedures["change_email"]
    turn = advance(own, begin_run(own, "R1"), Started(level=1, today="2031-03-05"))
    return go_on(turn, OLD)


def go_on(turn: Turn, *events: Said | Verified) -> Turn:
    """Return what comes of some events."""
    for event in events:
        turn = advance(loaded().procedures["change_email"], turn.run, event)
    return turn


def written(turn: Turn) -> str:
    """Return which address is about to be put on file."""
    assert isinstance(turn.want, Act)
    address = turn.want.call.arguments["email"]
    assert isinstance(address, Sealed)
    return address.span_id


def test_it_is_asked_before_it_is_changed() -> None:
    """The address of the first message may be the old one."""
    assert isinstance(asked().want, Confirm)


def test_the_right_one_in_place_of_a_yes_is_asked_about_anew() -> None:
    """Whoever sends another address has not agreed to anything."""
    turn = go_on(asked(), NEW)
    assert isinstance(turn.want, Confirm)
    proven = advance(loaded().procedures["change_email"], turn.run, YES)
    assert written(go_on(proven, Verified(level=2))) == "new@example.org"


def test_a_yes_that_writes_it_out_takes_what_it_writes() -> None:
    """Nobody can see whether it is the same: it is what the customer says last."""
    yes = Said(heard=Heard(agrees=True, masked=NEW.heard.masked, text="yes, [EMAIL]"))
    turn = go_on(asked(), yes)
    assert isinstance(turn.want, Verify)
    assert written(go_on(turn, Verified(level=2))) == "new@example.org"


def test_another_one_while_the_code_is_waited_for_is_no_wrong_code() -> None:
    """It is taken, and nothing is done before it is agreed to."""
    waiting = advance(loaded().procedures["change_email"], asked().run, YES)
    assert isinstance(waiting.want, Verify)
    turn = go_on(waiting, NEW)
    assert isinstance(turn.want, Confirm)
    assert turn.run.failures == 0


def test_a_no_changes_nothing() -> None:
    """It stays as it was."""
    turn = advance(loaded().procedures["change_email"], asked().run, NO)
    assert turn.want == End(how="declined")
    assert [say.text for say in turn.says] == ["kept"]


@pytest.mark.parametrize("text", ["sorry, I meant 1500", "make it 1500", "1500, not 2000"])
def test_a_limit_is_corrected_while_the_code_is_waited_for(text: str) -> None:
    """An amount counts as a correction there only where the message says that it is one."""
    own = loaded().procedures["set_limit"]
    first = hear(own, "set my limit to 2000 euros")
    card = Thing(kind="card", key="4471", fields={"status": "active", "daily_limit_cents": 100_000})
    turn = advance(own, begin_run(own, "R1"), Started(level=1, today="2031-03-05", heard=first))
    turn = advance(own, turn.run, Found(things=(card,)))
    turn = advance(own, turn.run, YES)
    assert isinstance(turn.want, Verify)
    assert isinstance(advance(own, turn.run, Said(heard=hear(own, "1500"))).want, Verify)
    turn = advance(own, turn.run, Said(heard=hear(own, text)))
    assert isinstance(turn.want, Confirm)
    assert turn.want.calls[0].arguments["limit"] == 150_000


def test_a_yes_to_another_limit_is_asked_about_anew() -> None:
    """Even where the card's own limit is the one that is named."""
    own = loaded().procedures["set_limit"]
    card = Thing(kind="card", key="4471", fields={"status": "active", "daily_limit_cents": 150_000})
    heard = hear(own, "set my limit to 2000 euros")
    turn = advance(own, begin_run(own, "R1"), Started(level=1, today="2031-03-05", heard=heard))
    turn = advance(own, turn.run, Found(things=(card,)))
    assert isinstance(turn.want, Confirm)
    turn = advance(own, turn.run, Said(heard=hear(own, "yes, 1500")))
    assert turn.want == End(how="resolved")
    assert [say.text for say in turn.says] == ["same"]
