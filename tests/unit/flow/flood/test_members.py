"""Where messages of many stand: ids alone, a bounded number of them, each tenant's apart."""

from doorward.flow.flood import members as module
from doorward.flow.flood.members import Members
from doorward.vocabulary.ids import ConversationId, MessageId, TenantId

BANK, SHOP = TenantId("bank"), TenantId("shop")


def test_a_message_is_found_where_it_was_said_and_only_by_its_company() -> None:
    """So is the crowd that its conversation is of; who says more in it is in it once."""
    known = Members()
    for number in ("1", "2", "1"):
        known.note(BANK, MessageId(f"m{number}"), ConversationId(f"c{number}"), campaign="crowd")
    known.note(BANK, MessageId("m3"), ConversationId("c3"), campaign="")
    assert known.place_of(BANK, MessageId("m3")) == "c3"
    assert known.of(BANK, "crowd") == ("c2", "c1")
    assert known.place_of(SHOP, MessageId("m3")) is None
    assert known.of(SHOP, "crowd") == ()


def test_memory_is_bounded_however_many_come() -> None:
    """The latest are remembered: messages of all tenants together, conversations of a crowd, and crowds."""
    known = Members()
    for number in range(module.MOST_MESSAGES + 100):
        here = ConversationId(f"c{number}")
        known.note(BANK, MessageId(f"m{number}"), here, campaign=f"g{number // 1000}")
    for number in range(module.MOST_GROUPS - 1):
        known.note(SHOP, MessageId("m"), ConversationId("c"), campaign=f"g{number}")
    assert known.place_of(BANK, MessageId("m0")) is None
    assert known.place_of(BANK, MessageId(f"m{module.MOST_MESSAGES + 99}")) is not None
    assert known.of(BANK, "g0") == ()
    assert len(known.of(BANK, "g4")) == 196
    assert len(known.of(SHOP, "g0")) == 1
