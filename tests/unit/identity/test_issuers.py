"""Whose tokens a company takes."""

from typing import Any

import pytest

from doorward.identity import IssuerWish
from doorward.identity.service import issuers as rules
from doorward.vocabulary.errors import Conflict, Malformed, NotFound
from tests.support.identities import Office

URL = "https://login.example/realm"


def _trust(office: Office, name: str = "login", **changes: Any) -> None:
    values: dict[str, Any] = {"issuer": URL, "jwks_uri": f"{URL}/keys?v=1", "algorithms": ("ES256",)}
    wish = IssuerWish(**(values | changes))
    office.write(lambda tx: office.identity.issuers.trust(tx, office.scope, name, wish=wish))


def test_an_issuer_is_trusted_by_one_company_until_it_forgets_it(office: Office) -> None:
    """It is found by its very spelling, for this company alone, changed under its name, and forgotten at once."""
    issuers = office.identity.issuers
    _trust(office)
    _trust(office, algorithms=("RS256", "Ed25519"))
    found = office.read(lambda tx: issuers.find(tx, office.scope, URL))
    assert found is not None
    assert (found.name, found.algorithms) == ("login", ("Ed25519", "RS256"))
    for spelling in (URL + "/", URL.upper(), "x" * 500, "\x00"):
        assert office.read(lambda tx, one=spelling: issuers.find(tx, office.scope, one)) is None  # type: ignore[misc]
    assert office.read(lambda tx: issuers.find(tx, office.other, URL)) is None
    assert office.read(lambda tx: issuers.issuers(tx, office.other)) == ()
    office.write(lambda tx: issuers.forget(tx, office.scope, "login"))
    assert office.read(lambda tx: issuers.issuers(tx, office.scope)) == ()
    with pytest.raises(NotFound):
        office.write(lambda tx: issuers.forget(tx, office.scope, "login"))
    assert office.actions()[-3:] == ["token_issuer.trusted", "token_issuer.trusted", "token_issuer.forgotten"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Login"},
        {"name": ""},
        {"algorithms": ()},
        {"algorithms": ("HS256",)},
        {"algorithms": ("ES256", "ES256")},
        {"issuer": "http://login.example"},
        {"issuer": "https://"},
        {"issuer": f"{URL}?a=b"},
        {"issuer": "https://user@login.example"},
        {"issuer": "https://login.example/#x"},
        {"jwks_uri": "ftp://login.example/keys"},
        {"jwks_uri": "https://login.example/ke ys"},
        {"jwks_uri": "https://[::1"},
        {"jwks_uri": "https://login.example/" + "k" * 200},
    ],
)
def test_what_no_issuer_can_be_is_refused(office: Office, changes: dict[str, Any]) -> None:
    """No algorithm with a shared secret, no address without TLS, nothing that reads differently to others."""
    with pytest.raises(Malformed):
        _trust(office, **changes)


def test_there_is_one_of_each_and_not_too_many(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same issuer under two names would be two sets of keys for one token."""
    monkeypatch.setattr(rules, "MOST_ISSUERS", 2)
    _trust(office)
    with pytest.raises(Conflict):
        _trust(office, "second")
    _trust(office, "second", issuer="http://127.0.0.1:9")
    with pytest.raises(Conflict):
        _trust(office, "third", issuer="https://third.example")
    _trust(office, "second", issuer="https://third.example")
