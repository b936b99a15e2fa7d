"""Contacts are counted by day, channel and look, of nobody in particular, once, and for each company apart."""

import threading

import pytest
from sqlalchemy import select

from doorward import measure
from doorward.flow.shares import ContactCount
from doorward.kit.tx import CommitFailed
from doorward.measure.tables import contacts_table
from doorward.vocabulary.text import house_text
from tests.support.identities import Office, office

__all__ = ["office"]


def _counted(office: Office, *, other: bool = False) -> dict[tuple[str, str], int]:
    scope = office.other if other else office.scope
    found = office.read(lambda tx: measure.contacts_by_month(tx, scope, since="2000-01-01", until="2100-01-01"))
    return {(month, str(look)): count for (month, look), count in found.items()}


def test_counts_are_kept_and_added_up(office: Office) -> None:
    """What is kept twice is added; what was kept is not kept again; a company sees its own."""
    count = ContactCount(office.transactions, clock=office.clock)
    month = office.clock.now().date().isoformat()[:7]
    for _ in range(2):
        count.note(office.scope, channel="webchat", text=house_text("where is my card"))
        count.note(office.scope, channel="webchat", text=house_text("I am an AI assistant"))
        count.note_signed(office.scope, channel="machine")
        count.keep()
    count.keep()
    count.note_signed(office.other, channel="machine")
    count.keep()
    assert _counted(office) == {(month, "plain"): 2, (month, "told"): 2, (month, "signed"): 2}
    assert _counted(office, other=True) == {(month, "signed"): 1}
    rows = office.read(lambda tx: tx.execute(select(contacts_table)).all())
    assert {row.day for row in rows} == {office.clock.now().date().isoformat()}


def test_what_cannot_be_written_is_kept_for_the_next_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away costs no count."""
    count = ContactCount(office.transactions, clock=office.clock)
    for scope in (office.scope, office.other):
        count.note_signed(scope, channel="machine")

    def fails(*_arguments: object, **_options: object) -> None:
        raise CommitFailed(full=False)

    with monkeypatch.context() as patched:
        patched.setattr(office.transactions, "write", fails)
        with pytest.raises(CommitFailed):
            count.keep()
    count.keep()
    assert sum(_counted(office).values()) == sum(_counted(office, other=True).values()) == 1


def test_many_threads_lose_no_count(office: Office) -> None:
    """What is noted while others are kept is kept, too."""
    count = ContactCount(office.transactions, clock=office.clock)

    def work() -> None:
        for _ in range(50):
            count.note_signed(office.scope, channel="machine")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    count.keep()
    for thread in threads:
        thread.join()
    count.keep()
    assert sum(_counted(office).values()) == 200
