"""Thousands of odd requests, made up from the interface's own description: none of them may break anything."""

import contextlib
from collections.abc import Iterator
from typing import Any

import httpx
import hypothesis
import msgspec
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.kit.settings import Limits, Settings
from tests.support.house import open_test_house
from tests.support.server import Guests

EXAMPLES = 4
"""Requests to one operation, in one mode, on one database. Those on the other are others: what is sent is refused or
taken by the same code, so that eight different requests find more than four asked twice."""

SEEDS = {True: 1, False: 2}
"""Where the examples come from, by whether the database is SQLite."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = "/c/webchat/stream"
"""A stream that is let in never ends; here it is asked for by strangers alone, and elsewhere by those who may."""


@pytest.fixture
def house(house_settings: Settings) -> Iterator[House]:
    """A house that does not mind how often it is asked."""
    often = "1000000/second"
    limits = msgspec.convert({name: often for name in Limits.__struct_fields__ if "_per_" in name}, Limits)
    opened = open_test_house(msgspec.structs.replace(house_settings, limits=limits))
    opened.start()
    yield opened
    opened.close()


LONGEST_ADDRESS = 65_535
"""Bytes of an address that the HTTP server's parser can count, in 16 bits. It refuses a longer one by itself, in plain
words, before the house hears of anybody."""


class Asker:
    """Sends made-up requests as somebody who may do everything, and as nobody."""

    def __init__(self, guests: Guests, tenant: Tenant, *, seed: int) -> None:
        """Sign in, open a chat, and learn ids that exist; `seed` decides what is made up."""
        self.url = guests.url
        self.seed = seed
        self.admin = guests.member("admin")
        self.visitor = guests.visitor(tenant)
        self.visitor.say("Hello, I need help with my card")
        self.article_id = str(self.admin.get("/api/v1/articles").json()["items"][0]["id"])
        self.ids = {"conversation_id": self.visitor.conversation_id, "article_id": self.article_id, "number": 1}

    def identity(self, path: str) -> dict[str, Any]:
        """Return the headers and cookies of somebody who may call `path`."""
        if path == ENDLESS:
            return {"headers": {"authorization": "Bearer none"}}
        if path.startswith("/c/webchat") or "visitor" in path:
            return {"headers": {"authorization": self.visitor.client.headers["authorization"]}}
        cookies = dict(self.admin.cookies)
        return {
            "headers": {"origin": self.url, "x-csrf-token": self.admin.headers["x-csrf-token"]},
            "cookies": cookies,
        }


def judge(operation: Any, asker: Asker, mode: schemathesis.GenerationMode) -> None:
    """Send made-up requests to one operation and hold the answers against the description."""

    @hypothesis.seed(asker.seed)
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), database=None
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), real=hypothesis.strategies.booleans())
    def send(case: schemathesis.Case[Any], real: bool) -> None:  # noqa: FBT001 - drawn by name
        if real and case.path_parameters:
            case.path_parameters = {name: asker.ids.get(name, value) for name, value in case.path_parameters.items()}
        answer = case.call(base_url=asker.url, timeout=30, **asker.identity(case.path))
        hypothesis.assume(len(answer.request.path_url) <= LONGEST_ADDRESS)
        case.validate_response(answer, checks=CHECKS)

    send()


@pytest.mark.slow
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_no_request_breaks_the_house(
    guests: Guests, house: House, halden: Tenant, mode: schemathesis.GenerationMode
) -> None:
    """Whatever is sent, the answer is none of the 5xx, and one that the description foresees in form and content."""
    asker = Asker(guests, halden, seed=SEEDS[house.database.is_sqlite])
    document = httpx.get(f"{guests.url}/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    judged = 0
    for result in schema.get_all_operations():
        # An operation without parameters cannot be asked wrongly.
        with contextlib.suppress(hypothesis.errors.Unsatisfiable):
            judge(_known(result), asker, mode)
        judged += 1
    assert judged == sum(len(path) for path in document["paths"].values())
    assert asker.admin.get("/health").json()["state"] == "ok"


def _known(result: Any) -> Any:
    """Return the operation of a description that can be read."""
    return result.ok()
