"""The desk's keys: each leads to one page, and each name on the map of keys stands there once for its page."""

from collections import Counter

from doorward.doors.web.desk.navigation import DESTINATIONS
from doorward.doors.web.desk.shortcuts import SHORTCUTS


def test_each_key_leads_to_one_page() -> None:
    """Two pages of one key would make one of them out of reach."""
    keys = Counter([("g", "p"), *(one.keys for one in DESTINATIONS if one.keys)])  # the preferences stand in the foot
    assert [key for key, number in keys.items() if number > 1] == []


def test_each_key_does_one_thing_on_a_page() -> None:
    """The map of keys names no key twice for the same kind of page."""
    for group in SHORTCUTS:
        keys = Counter(one.keys for one in group.shortcuts)
        assert [key for key, number in keys.items() if number > 1] == [], group.label
