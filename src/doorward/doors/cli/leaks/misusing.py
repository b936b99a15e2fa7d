"""Canaries where none is expected: in broken bodies, unknown fields, addresses, sign-ins, headers. All are refused."""

from collections.abc import Iterable, Sequence
from typing import Final

from doorward.doors.cli.leaks.calling import Answer, Caller
from doorward.doors.cli.leaks.canaries import Canary
from doorward.doors.cli.leaks.visiting import Visitor, Visits, must

_OVERLONG: Final = 6000
"""Characters: more than a message may have."""
_SIGN_INS: Final = 16
"""More than the scratch house takes in a minute."""


def misuse(visits: Visits, canaries: Sequence[Canary]) -> None:
    """Send what is refused. Raises `Stop` where something of it is taken after all."""
    visitor, stranger = Visitor(visits), visits.stranger()
    for canary in canaries:
        for answer in (*_at_chat(visitor, canary.value), *_elsewhere(visits, stranger, canary.value)):
            must(answer, *range(400, 500), 303)
    for canary in canaries[:2]:
        _address_of_nobody(visitor, canary)
    visitor.leave()
    stranger.leave()


def wear_out(visits: Visits, canaries: Sequence[Canary]) -> int:
    """Sign in wrongly until that is refused; return how often it was."""
    stranger, refused = Caller(visits.url, visits.ear, headers={"origin": visits.url}), 0
    for number in range(_SIGN_INS):
        value = canaries[number % len(canaries)].value
        form = {"company": visits.founded.slug, "username": value, "password": value}
        # The form shows a user name again to whoever typed it: that answer alone is not kept.
        refused += stranger.send("/desk/sign-in", form, sink="").status == 429
    stranger.leave()
    return refused


def _at_chat(visitor: Visitor, value: str) -> Iterable[Answer]:
    path = "/c/webchat/messages"
    yield visitor.post(path, f'{{"id": "b1", "text": "{value}"'.encode())
    yield visitor.post(path, {"id": "b2", "text": "hi", value[:60]: value})
    yield visitor.post(path, {"id": f"{value} {value}", "text": value, "language": value})
    yield visitor.post(path, {"id": "b3", "text": value * (_OVERLONG // len(value))})
    yield visitor.post("/c/webchat/attachments", {"id": "b4", "name": value, "type": value, "data": value})
    yield visitor.get("/c/webchat/entries", query={"after": f"v{value}"})
    yield visitor.get("/c/webchat/entries", query={value: value})
    yield visitor.get("/c/webchat/source", query={"slug": value, "language": value})


def _elsewhere(visits: Visits, stranger: Caller, value: str) -> Iterable[Answer]:
    key, signed = visits.founded.widget_key, {"authorization": f"Bearer {value}"}
    yield stranger.post("/c/webchat/visits", {"widget_key": value})
    yield stranger.post("/c/webchat/visits", {"widget_key": key, "user_token": value})
    yield stranger.get("/api/v1/me", headers=signed)
    yield stranger.get("/api/v1/audit", headers={"authorization": f"Bearer {visits.founded.token}", "cookie": value},
                       query={"object_id": value})  # fmt: skip
    yield stranger.get(f"/nowhere/{_safe(value)}")
    # A page names its own address, for the way back, to whoever asked for it: that is not kept.
    yield stranger.get(f"/my/{_safe(value)}/sign-in", sink="")
    yield stranger.get(f"/appeals/{_safe(value)}", sink="")
    yield stranger.ask("POST", f"/c/webchat/{_safe(value)}")


def _address_of_nobody(visitor: Visitor, canary: Canary) -> None:
    """Ask for a code to an address that no customer has, and hand in codes that nobody mailed."""
    visitor.post("/c/webchat/verification", {"email": f"{_safe(canary.value)[:40]}@example.org"})
    visitor.post("/c/webchat/verification/confirm", {"code": "000000"})


def _safe(value: str) -> str:
    return "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in value)
