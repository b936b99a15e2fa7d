"""For which address tokens must be issued."""

import pytest

from doorward.flow.signing import resource_of
from doorward.vocabulary.errors import AccessTokenInvalid

PATH = "/c/mcp/rpc"


def _of(came_to: str, *, own: bool = False, public: str = "", company: str | None = None) -> str:
    return resource_of(came_to, is_own_host=own, public_url=public, path=PATH, company=company)


def test_a_companys_own_host_is_the_resource() -> None:
    """In lower case, without the port that goes without saying, however the request spelt it."""
    assert _of("https://Support.Halden.example:443", own=True) == f"https://support.halden.example{PATH}"
    public = "https://desk.example"
    assert _of("http://support.halden.example:9999", own=True, public=public) == f"https://support.halden.example{PATH}"


def test_elsewhere_the_public_address_is_whatever_the_request_says() -> None:
    """Anybody writes a `Host`: a token for their own host must not open ours."""
    public = "https://desk.example:8443"
    assert _of("https://evil.example", public=public, company="wk_1") == f"{public}{PATH}?company=wk_1"
    with pytest.raises(AccessTokenInvalid, match="public_url"):
        _of("https://evil.example", company="wk_1")


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_on_loopback_it_is_as_it_came(host: str) -> None:
    """A rebound name is none of these."""
    assert _of(f"http://{host}") == f"http://{host}{PATH}"


@pytest.mark.parametrize("host", ["a:b", "[::1", "a:99999999", ""])
def test_what_is_no_host_is_refused(host: str) -> None:
    """By a sentence, not by a crash."""
    with pytest.raises(AccessTokenInvalid):
        _of(f"http://{host}")
