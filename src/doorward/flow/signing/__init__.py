"""Machine customers that sign or carry tokens: who they are, and where the keys come from."""

from doorward.flow.signing.devices import SignedDevices
from doorward.flow.signing.directories import Directories
from doorward.flow.signing.issuer_keys import IssuerKeys
from doorward.flow.signing.recognising import REMEMBERED, Recognises, SignedRequests, SignedRooms
from doorward.flow.signing.resources import resource_of
from doorward.flow.signing.skills import SignedSkills
from doorward.flow.signing.tokens import AccessTokens, Bearer, TokenRooms

__all__ = [
    "REMEMBERED",
    "AccessTokens",
    "Bearer",
    "Directories",
    "IssuerKeys",
    "Recognises",
    "SignedDevices",
    "SignedRequests",
    "SignedRooms",
    "SignedSkills",
    "TokenRooms",
    "resource_of",
]
