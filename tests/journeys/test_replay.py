"""Replaying messages through the whole flow, on both databases."""

from collections.abc import Iterator

from doorward.bootstrap import House
from doorward.doors.cli.trial import _rooms
from doorward.flow.replay import WINDOW, Replay, Replayed, ReplayMessage, Unreadable
from doorward.identity import Tenant
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import WildText

CARD = "4111 1111 1111 1111"


def replay_of(house: House, tenant: Tenant) -> Replay:
    """A replay into a tenant."""
    return Replay(_rooms(house), system_scope(tenant.id, "replay"), threads=4)


def test_a_replay_keeps_the_order_of_a_conversation(house: House, halden: Tenant) -> None:
    """Messages of one customer are one conversation, walked in their order beside all others; results come in order."""
    lines = ["I lost my card", f"its number is {CARD}", "I want to talk to a person", "hello?"]
    messages = [
        ReplayMessage(id=f"{customer}-{number}", text=WildText(line), customer=customer)
        for number, line in enumerate(lines)
        for customer in ("one", "two")
    ]
    results = list(replay_of(house, halden).replay(messages))
    assert [one.id for one in results] == [one.id for one in messages]
    walked = [one for one in results if isinstance(one, Replayed)]
    assert len(walked) == len(messages)
    assert [one.decision.action for one in walked[4:]] == ["hand_over", "hand_over", "relay", "relay"]
    assert [one.masked for one in walked[2:4]] == ["its number is [CARD·1111]"] * 2


def test_a_second_replay_begins_anew(house: House, halden: Tenant) -> None:
    """What was replayed before does not count: the same messages have the same results again."""
    messages = [
        ReplayMessage(id=1, text=WildText("I want to talk to a person"), customer="one"),
        ReplayMessage(id=2, text=WildText("When will my card arrive?"), customer="one"),
    ]
    first = list(replay_of(house, halden).replay(messages))
    assert list(replay_of(house, halden).replay(messages)) == first


def test_a_replay_reads_no_further_than_it_must(house: House, halden: Tenant) -> None:
    """The input is read a window at a time, so that its length costs no memory."""
    read = 0

    def endless() -> Iterator[Unreadable]:
        nonlocal read
        while True:
            read += 1
            yield Unreadable(id=read, error="bad")

    results = replay_of(house, halden).replay(endless())
    assert [next(results).id for _ in range(3)] == [1, 2, 3]
    assert read == WINDOW
    results.close()  # type: ignore[attr-defined]  # because it is a generator
