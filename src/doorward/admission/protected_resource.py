"""What an address for machines says of the tokens that it takes (RFC 9728), and to whom has none (RFC 6750)."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from doorward.vocabulary.channel import ChannelAnswer, ChannelInput, ChannelRequest, ChannelTold
from doorward.vocabulary.machines import CAPABILITIES

_WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"
_OF_TOKENS: Final = frozenset({"access_token_invalid", "access_token_missing", "scope_missing"})
_COMPANY: Final = re.compile(r"\A[A-Za-z0-9_-]{1,64}\Z")


def metadata_path(resource: str) -> str:
    """Return where a resource with a path is described (RFC 9728, 3.1)."""
    return f"{_WELL_KNOWN}{resource}"


def is_about_tokens(told: ChannelTold) -> bool:
    """Return whether what was refused is a token, whichever protocol it came by."""
    return told.refused and told.body["code"] in _OF_TOKENS


def write_metadata(_request: ChannelRequest, _parsed: ChannelInput | None, told: ChannelTold) -> ChannelAnswer:
    """Write what a client has to know to get a token."""
    if told.refused:
        return write_json(told.status, told.body, headers=wait_of(told))
    return write_json(
        200,
        {
            "resource": told.body["resource"],
            "resource_name": told.body["company"],
            "authorization_servers": told.body["issuers"],
            "scopes_supported": CAPABILITIES,
            "bearer_methods_supported": ["header"],
        },
    )


def challenge(request: ChannelRequest, told: ChannelTold, *, resource: str, scope: str) -> dict[str, str]:
    """Say what is missing, and where it is described (RFC 6750, 3; RFC 9728, 5.1)."""
    parts = [f'resource_metadata="{request.origin}{metadata_path(resource)}{company_query(request)}"']
    if told.body["code"] == "scope_missing":
        parts += ['error="insufficient_scope"', f'scope="{scope}"']
    elif told.body["code"] == "access_token_invalid":
        parts += ['error="invalid_token"']
    return {"www-authenticate": f"Bearer {', '.join(parts)}"}


def company_query(request: ChannelRequest) -> str:
    """Return the part of an address that names the company of a request, empty where its host does."""
    company = request.query.get("company", "")
    return f"?company={company}" if _COMPANY.match(company) else ""


def words_of(told: ChannelTold) -> str:
    """Return a refusal's sentence for programmers, else that for people."""
    return str(told.body.get("reason") or told.body.get("detail") or told.body["code"])


def wait_of(told: ChannelTold) -> dict[str, str]:
    """Return when to come again, as a header field, where that is known."""
    return {} if told.body.get("retry_after") is None else {"retry-after": str(told.body["retry_after"])}


def write_json(status: int, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> ChannelAnswer:
    """Write an answer in JSON."""
    return ChannelAnswer(status=status, body=msgspec.json.encode(body), headers=headers or {})
