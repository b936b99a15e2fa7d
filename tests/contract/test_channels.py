"""What every channel plugin promises, whichever it is."""

import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.settings import Limits, Settings
from doorward.vocabulary.channel import ChannelInput, ChannelRequest, ChannelRoute, Operation
from doorward.vocabulary.errors import DoorwardError, TooLarge
from doorward.vocabulary.text import WildText
from tests.support.channels import Case, a_channel, all_cases, cases_of, channel_names, folder_of, manifest_of, read

CHANNELS = channel_names()
ROUTES = [(name, route) for name in CHANNELS for route in a_channel(name).routes()]
each_channel = pytest.mark.parametrize("name", CHANNELS)
each_route = pytest.mark.parametrize(
    ("name", "route"), ROUTES, ids=[f"{name} {route.method} {route.path}" for name, route in ROUTES]
)
each_case = pytest.mark.parametrize(
    ("name", "case"), list(all_cases()), ids=[f"{name}: {case.name}" for name, case in all_cases()]
)

SECRETS = ("4111111111111111", "hunter2", "\ud800")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text() | st.sampled_from(SECRETS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
field_names = st.sampled_from(
    [
        "id",
        "text",
        "language",
        "customer",
        "conversation",
        "widget_key",
        "resume",
        "user_token",
        "email",
        "code",
        "name",
        "type",
        "data",
        "helpful",
        "comment",
        "contact",
        "x\ud800",
    ]
)


def test_web_chat_and_api_are_found() -> None:
    """Discovery sees the web chat and the plain API."""
    assert {"api", "webchat"} <= set(CHANNELS)


@each_channel
def test_id_folder_and_manifest_agree(name: str) -> None:
    """A channel is called the same everywhere, and its manifest says that it is a channel."""
    manifest = manifest_of(name)
    assert (a_channel(name).id, manifest["id"], manifest["kind"]) == (name, name, "channel")
    assert (folder_of(name) / "README.md").read_text(encoding="utf-8").startswith("# ")


@each_channel
def test_routes_are_addresses_of_their_own(name: str) -> None:
    """No two routes of a channel share an address, and every operation is one that doors know."""
    routes = a_channel(name).routes()
    assert len({(route.method, route.path) for route in routes}) == len(routes) > 0
    assert all(route.path.startswith("/") and route.operation in get_args(Operation) for route in routes)


@each_channel
def test_every_route_has_a_case_that_passes_and_one_that_is_refused(name: str) -> None:
    """The cases of a channel cover all of its addresses, both ways."""
    routes = {(route.method, route.path) for route in a_channel(name).routes()}
    cases = cases_of(name)
    assert {(case.method, case.path) for case in cases if case.accepted is not None} == routes
    assert any(case.refused for case in cases)


@each_case
def test_a_case_ends_as_written(name: str, case: Case) -> None:
    """A request of the cases is read into the fields given there, or refused with the code given there."""
    channel = a_channel(name)
    if case.refused is not None:
        with pytest.raises(DoorwardError) as refusal:
            read(channel, case.request)
        assert refusal.value.code == case.refused
        return
    assert case.accepted is not None
    parsed = read(channel, case.request)
    assert {field: _seen(getattr(parsed, field)) for field in case.accepted} == case.accepted


@each_route
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/plain", "", "\x00"]))
def test_any_bytes_are_read_or_refused(name: str, route: ChannelRoute, body: bytes, kind: str) -> None:
    """Whatever bytes come in, a parser returns a typed request or raises a refusal, never anything else."""
    _read_or_refuse(route, body, {"content-type": kind, "authorization": "Bearer abc"})


@each_route
@given(body=st.dictionaries(field_names, json_values, max_size=5))
def test_any_json_is_read_or_refused_without_quoting_it(name: str, route: ChannelRoute, body: dict[str, Any]) -> None:
    """Whatever JSON comes in, a refusal says nothing of its content."""
    raw = json.dumps(body).encode()
    detail = _read_or_refuse(route, raw, {"content-type": "application/json", "authorization": "Bearer abc"})
    assert detail.isascii()
    assert not any(secret in detail for secret in SECRETS)


@each_route
@given(
    query=st.dictionaries(st.sampled_from(["after", "x"]), st.text(max_size=20), max_size=2),
    headers=st.dictionaries(
        st.sampled_from(["authorization", "last-event-id", "idempotency-key", "content-type"]), st.text(max_size=30)
    ),
)
def test_any_query_and_headers_are_read_or_refused(
    name: str, route: ChannelRoute, query: dict[str, str], headers: dict[str, str]
) -> None:
    """Whatever stands in query and headers, a parser returns a typed request or raises a refusal."""
    _read_or_refuse(route, b'{"id":"a","text":"b"}', headers, query)


@each_route
@pytest.mark.parametrize("opening", [b"[", b'{"id":', b'{"text":['])
def test_deep_nesting_is_refused(name: str, route: ChannelRoute, opening: bytes) -> None:
    """Sixty thousand brackets are refused like any other nonsense, and do not exhaust the stack."""
    _read_or_refuse(
        route, opening * (60_000 // len(opening)), {"content-type": "application/json", "authorization": "Bearer abc"}
    )


@each_route
def test_a_body_over_the_limit_is_too_large(name: str, route: ChannelRoute) -> None:
    """A body one byte over the installation's limit is refused before it is read."""
    if route.method == "GET":
        return
    limit = route.limit or 1024
    small = a_channel(name, Settings(limits=Limits(request_bytes=1024)))
    request = ChannelRequest(
        method=route.method,
        path=route.path,
        headers={"content-type": "application/json", "authorization": "Bearer abc"},
        body=b'"' + b"a" * limit,
    )
    with pytest.raises(TooLarge) as refusal:
        read(small, request)
    assert refusal.value.facts == {"limit": limit}


@each_case
def test_what_was_read_shows_nothing_of_itself(name: str, case: Case) -> None:
    """The repr of a request, and of what it was read into, holds no value that came from outside."""
    if case.accepted is None:
        return
    parsed = read(a_channel(name), case.request)
    assert repr(parsed) == f"<{type(parsed).__name__}>"
    assert repr(case.request) == "<ChannelRequest>"


def _seen(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return len(value) if isinstance(value, WildText) else value


def _read_or_refuse(
    route: ChannelRoute, body: bytes, headers: dict[str, str], query: dict[str, str] | None = None
) -> str:
    request = ChannelRequest(method=route.method, path=route.path, headers=headers, query=query or {}, body=body)
    try:
        parsed = route.parse(request)
    except DoorwardError as refusal:
        return refusal.detail
    assert isinstance(parsed, get_args(ChannelInput))
    assert isinstance(parsed, msgspec.Struct)
    return ""
