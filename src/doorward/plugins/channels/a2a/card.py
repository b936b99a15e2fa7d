"""The card by which other agents find a company's: what it can do, where, and how to prove who one is."""

from typing import Any, Final

from doorward.admission.asking import TOLD
from doorward.vocabulary.machines import CAPABILITIES

VERSION: Final = "1.0"
_MODES: Final = ["application/json", "text/plain"]


def card_of(resource: str, company: str) -> dict[str, Any]:
    """Return the card of a company's agent at an address, before it is signed.

    It holds no empty values: readers that leave those out would find another spelling, and another signature (A2A 1.0,
    8.4).
    """
    return {
        "name": f"{company}: customer service",
        "description": "Answers customers' agents for the company. A machine answers; a person can take over.",
        "version": "1",
        "provider": {"organization": company, "url": resource.partition("/c/")[0]},
        "supportedInterfaces": [{"url": resource, "protocolBinding": "JSONRPC", "protocolVersion": VERSION}],
        "capabilities": {"streaming": False, "pushNotifications": False},
        "defaultInputModes": _MODES,
        "defaultOutputModes": _MODES,
        "securitySchemes": {
            "token": {
                "httpAuthSecurityScheme": {
                    "scheme": "Bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token (RFC 9068) for this address; who issues them stands in its "
                    "protected-resource metadata (RFC 9728).",
                }
            },
            "signature": {
                "httpAuthSecurityScheme": {
                    "scheme": "Signature",
                    "description": "An HTTP message signature (RFC 9421) in the profile of Web Bot Auth.",
                }
            },
        },
        "securityRequirements": [
            {"schemes": {"token": {"list": list(CAPABILITIES)}}},
            {"schemes": {"signature": {"list": ["web-bot-auth"]}}},
        ],
        "skills": [
            {
                "id": ask,
                "name": ask,
                "description": told.words,
                "tags": ["customer service"],
                "inputModes": _MODES,
                "outputModes": _MODES,
            }
            for ask, told in TOLD.items()
        ],
    }
