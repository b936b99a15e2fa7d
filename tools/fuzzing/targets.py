"""What is thrown at: each target takes bytes, and raises when something is wrong that must hold for all of them."""

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from doorward.admission.asking import ASKS, ask_for
from doorward.admission.json_rpc import read_call
from doorward.decision import SETTINGS, USUAL, PolicyInvalid, RuleBook, read_rule_file
from doorward.flow.archives import FORMATS, FormatName, Order
from doorward.flow.archives.chunks import chunked, screen_chunk
from doorward.kit.access_tokens import ALGORITHMS, TokenRefused, read_key_set, read_token
from doorward.kit.signatures import (
    DEVICES,
    WINDOW,
    HttpMessage,
    SharedSecret,
    SignatureRefused,
    platform_of,
    read_claim,
    read_directory,
)
from doorward.kit.signatures.directory import MEDIA_TYPE as DIRECTORY_TYPE
from doorward.plugins.channels.a2a.calls import read as read_sent
from doorward.protection import Screener
from doorward.protection.view import View
from doorward.vocabulary.channel import ChannelRequest
from doorward.vocabulary.decision import Facts
from doorward.vocabulary.errors import Refusal
from doorward.vocabulary.text import WildText

Target = Callable[[bytes], None]

_SIGNED_AT: Final = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
_RULE: Final = '[[rule]]\naction = "answer"\nreason = "x"\n'
_FACTS: Final = (Facts(), Facts(risk=float("nan"), margin=float("inf"), misunderstood=10**30, masked_kinds=("CARD",)))


@cache
def screener() -> Screener:
    """Return all detectors, on the matcher that needs no compiling."""
    from tests.support.screening import screener as made  # noqa: PLC0415 - costs seconds, and not every target needs it

    return made("re")


def text_of(data: bytes) -> str:
    """Return bytes as a text of any kind, lone surrogates included."""
    return data.decode("utf-8", "surrogateescape")


def throw_at_view(data: bytes) -> None:
    """Every character in normal form came from somewhere, in order, and inside of the text."""
    text = text_of(data)
    view = View(text)
    last = 0
    for place in range(len(view)):
        start, end = view.origin(place, place + 1)
        if not last <= end <= len(text) or not 0 <= start < end:
            raise AssertionError(f"a place leads to {start}:{end} of {len(text)}")
        last = min(last, start)


def throw_at_screener(data: bytes) -> None:
    """Findings lie in the text; sensitive ones do not overlap; no mask's original stands in a mask."""
    text = text_of(data)
    screened = screener().screen(WildText(text))
    end = 0
    for finding in screened.findings:
        if not 0 <= finding.start <= finding.end <= len(text):
            raise AssertionError(f"a finding at {finding.start}:{finding.end} of {len(text)}")
        if finding.family == "sensitive":
            if finding.start < end:
                raise AssertionError("two sensitive findings overlap")
            end = finding.end


def throw_at_rules(data: bytes) -> None:
    """A text is a rule file that decides whatever the facts are, or is refused; likewise as a rule's condition."""
    text = data.decode("utf-8", "replace")
    condition = json.dumps(text, ensure_ascii=False).replace("\x7f", " ")
    for written in (text, f'{_RULE}name = "a"\nwhen = {condition}\n{_RULE}name = "b"\n'):
        try:
            book = RuleBook([("p", "1", read_rule_file(written, settings=SETTINGS).rules)])
        except PolicyInvalid:
            continue
        for facts in _FACTS:
            book.decide(facts, USUAL)


def thrower(form: FormatName) -> Target:
    """Return what throws bytes at the reader of a format, and all that it reads at the chunk function."""

    def throw(data: bytes) -> None:
        with tempfile.NamedTemporaryFile(suffix=".eml") as file:
            file.write(data)
            file.flush()
            order = Order(format=form, size=len(data) or 1)
            digest = hashlib.sha256()
            records = list(FORMATS[form](Path(file.name), order, digest))
        if form != "eml" and digest.digest() != hashlib.sha256(data).digest():
            raise AssertionError("not every byte was read once")
        for chunk in chunked(records, size=4096):
            done = screen_chunk(chunk, screener(), order)
            if done.tally.records != len(chunk.records):
                raise AssertionError("a record was lost")

    return throw


_DEVICE: Final = "0" * 26


def throw_at_signatures(data: bytes) -> None:
    """A request with any fields is a claim within bounds or refused; a directory gives only keys that signed it."""
    lines = data.decode("latin-1").split("\n")
    names = ("signature-input", "signature", "signature-agent", "content-digest")
    fields = {name: (line,) for name, line in zip(names, lines, strict=False) if line != "-"}
    body = "\n".join(lines[4:]).encode("latin-1")
    message = HttpMessage(method="POST", scheme="https", authority="a.example", target="/m", fields=fields)
    with contextlib.suppress(SignatureRefused):
        claim = read_claim(message, body=body, now=_SIGNED_AT)
        if not _SIGNED_AT - WINDOW <= claim.created <= _SIGNED_AT + WINDOW or (body and not fields["content-digest"]):
            raise AssertionError("a claim that is out of bounds")
        if claim.agent is not None:
            platform_of(claim.agent)
    with contextlib.suppress(SignatureRefused):
        claim = read_claim(message, body=body, now=_SIGNED_AT, profile=DEVICES)
        if len(claim.signature) != DEVICES.signature_bytes or len(claim.key_id) != len(_DEVICE):
            raise AssertionError("a device's claim that is out of bounds")
        with contextlib.suppress(SignatureRefused):
            claim.check(SharedSecret(claim.key_id, _DEVICE.encode()))
    answer = msgspec.structs.replace(
        message, method="GET", status=200, fields={**fields, "content-type": (DIRECTORY_TYPE,)}
    )
    with contextlib.suppress(SignatureRefused):
        for key_id, key in read_directory(answer, body, now=_SIGNED_AT).items():
            if key.key_id != key_id:
                raise AssertionError("a key under another's name")


def throw_at_calls(data: bytes) -> None:
    """A call of JSON-RPC is read within bounds or refused; a token is taken apart or refused, and never holds."""
    request = ChannelRequest(method="POST", path="/rpc", headers={"content-type": "application/json"}, body=data)
    with contextlib.suppress(Refusal):
        call = read_call(request, limit=65_536)
        if len(str(call.id)) > 128 or len(call.method) > 100:
            raise AssertionError("a call that is out of bounds")
        for ask in ASKS:
            with contextlib.suppress(Refusal):
                ask_for(ask, call.params)
        said = read_sent(call, company=None)
        if (said.wanted is None) != (said.envelope.unfit is not None):
            raise AssertionError("a call that is neither answered nor refused")
    with contextlib.suppress(ValueError):
        read_key_set(data)
    with contextlib.suppress(TokenRefused):
        read_token(data.decode("latin-1")).check({}, algorithms=ALGORITHMS, audience="a", now=_SIGNED_AT)
        raise AssertionError("a token that nobody signed")


TARGETS: Final[dict[str, Target]] = {
    "calls": throw_at_calls,
    "signatures": throw_at_signatures,
    "view": throw_at_view,
    "screener": throw_at_screener,
    "rules": throw_at_rules,
    **{form: thrower(form) for form in FORMATS},
}
