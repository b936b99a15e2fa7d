"""Keys of issuers are read where the company said, seldom, and never from a place that is not public."""

import json
from datetime import UTC, datetime, timedelta

from doorward.flow.signing import IssuerKeys
from doorward.flow.signing import kept_keys as rules
from doorward.kit.clock import FixedClock
from tests.support.authorization import authorization_server

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


async def test_keys_are_read_once_and_again_for_one_that_is_new() -> None:
    """A key that is not there is looked for once a minute; what cannot be read any more counts for a while."""
    clock = FixedClock(NOW)
    with authorization_server() as issuer:
        keys, where = IssuerKeys("127.0.0.1", clock=clock), f"{issuer.url}/keys"
        assert set(await keys.keys_of(where, "k1")) == {"k1"}
        assert await keys.keys_of(where, "k2") == {}
        assert len(issuer.asked) == 1
        issuer.key_id = "k2"
        clock.advance(rules.PAUSE)
        assert set(await keys.keys_of(where, "k2")) == {"k2"}
        assert await keys.keys_of(where, "k1") == {}
        assert len(issuer.asked) == 2
        clock.advance(rules.FRESH + timedelta(seconds=1))
    assert set(await keys.keys_of(where, "k2")) == {"k2"}
    clock.advance(rules.STALE)
    assert await keys.keys_of(where, "k2") == {}
    keys.close()


async def test_what_is_not_public_or_no_set_gives_no_key() -> None:
    """Without leave for it loopback is never asked; an answer that is no set is none."""
    clock = FixedClock(NOW)
    with authorization_server() as issuer:
        strict = IssuerKeys(clock=clock)
        for where in (f"{issuer.url}/keys", "https://127.0.0.1/keys", "https://169.254.169.254/keys"):
            assert await strict.keys_of(where, "k1") == {}
        assert issuer.asked == []
        lenient = IssuerKeys("127.0.0.1", clock=clock)
        assert await lenient.keys_of(f"{issuer.url}/nothing", "k1") == {}
        assert await lenient.keys_of(f"{issuer.url}/.well-known/oauth-authorization-server", "k1") == {}
        assert json.dumps(issuer.asked).count("/") >= 2
        strict.close()
        lenient.close()
