"""What an agent's messages ask for, and how acts are told as tasks."""

import json
from typing import Any

import pytest

from doorward.plugins.channels.a2a.card import card_of
from doorward.vocabulary.channel import CalledRequest, ChannelRequest, ChannelTold, SignedActRequest, SignedLookRequest
from tests.support.channels import a_channel, route_of

ROUTE = route_of(a_channel("a2a"), "POST", "/rpc")
DONE = {"state": "done", "disclosure": "A machine.", "act_id": "a", "conversation_id": "c", "text": "It is on its way."}


def _request(method: str, params: Any, *, version: str = "1.0") -> ChannelRequest:
    body = json.dumps({"jsonrpc": "2.0", "id": "r1", "method": method, "params": params}).encode()
    headers = {"content-type": "application/json", "authorization": "Bearer a.b.c", "a2a-version": version}
    return ChannelRequest(method="POST", path="/rpc", headers=headers, body=body)


def _parsed(method: str, params: Any, **more: str) -> CalledRequest:
    parsed = ROUTE.parse(_request(method, params, **more))
    assert isinstance(parsed, CalledRequest)
    return parsed


def _answer(method: str, params: Any, told: ChannelTold, **more: str) -> tuple[int, dict[str, Any]]:
    assert ROUTE.render is not None
    answer = ROUTE.render(_request(method, params, **more), _parsed(method, params, **more), told)
    return answer.status, json.loads(answer.body)


def _message(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"message": {"messageId": "m-1", "role": "ROLE_USER", "parts": list(parts), **more}}


def _error(method: str, params: Any, **more: str) -> int:
    greeted = ChannelTold(status=200, body={"company": "Halden", "disclosure": "A machine.", "for_owner": False})
    status, body = _answer(method, params, greeted, **more)
    assert status == 200
    return int(body["error"]["code"])


def test_a_message_asks_for_what_its_data_names_and_says_what_its_texts_do() -> None:
    """Words alone are a question; data names a capability with its fields; the message's id is the request's."""
    said = _parsed("SendMessage", _message({"text": "Where is it?"}, {"text": "It is late."})).wanted
    assert isinstance(said, SignedActRequest)
    assert (said.capability, said.key) == ("help", "m-1")
    assert said.text is not None
    assert len(said.text) == len("Where is it?\nIt is late.")
    order = _parsed("SendMessage", _message({"data": {"do": "order.place", "kind": "paper"}}, {"text": "please"}))
    assert isinstance(order.wanted, SignedActRequest)
    assert (order.wanted.kind, order.wanted.text, order.scope) == ("paper", None, "order.place")
    named = _parsed("SendMessage", _message({"text": "hi"}) | {"metadata": {"agent": "printer-7"}}).wanted
    assert isinstance(named, SignedActRequest)
    assert named.agent == "printer-7"


def test_whoever_goes_on_with_a_task_only_asks_how_it_stands() -> None:
    """Words to a task that waits for its owner are no answer of the owner's."""
    again = _parsed("SendMessage", _message({"text": "yes, do it"}, taskId="m-0"))
    assert isinstance(again.wanted, SignedLookRequest)
    assert (again.wanted.key, again.scope) == ("m-0", "")


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("SendMessage", {}, -32602),
        ("SendMessage", _message(), -32602),
        ("SendMessage", _message({"text": 7}), -32602),
        ("SendMessage", _message({"text": " "}), -32602),
        ("SendMessage", _message({"data": []}), -32602),
        ("SendMessage", _message({"data": {"do": "rm"}}), -32602),
        ("SendMessage", _message({"data": {"do": ["help"]}}), -32602),
        ("SendMessage", _message({"data": {"id": "m-2"}}, {"text": "hi"}), -32602),
        ("SendMessage", _message({"data": {"do": "order.place"}}), -32602),
        ("SendMessage", _message({"data": {}}, {"data": {}}), -32602),
        ("SendMessage", _message({"text": "hi"}, role="ROLE_AGENT"), -32602),
        ("SendMessage", _message({"text": "hi"}, messageId="m 1"), -32602),
        ("SendMessage", _message({"text": "hi"}, parts=[{"text": "hi"}] * 21), -32602),
        ("SendMessage", _message({"raw": "aGk=", "mediaType": "image/png"}), -32005),
        ("SendMessage", _message({"url": "http://169.254.169.254/"}), -32005),
        ("GetTask", {"id": "../1"}, -32602),
        ("SendStreamingMessage", {}, -32004),
        ("ListTasks", {}, -32004),
        ("CreateTaskPushNotificationConfig", {}, -32003),
        ("GetExtendedAgentCard", {}, -32007),
        ("tasks/get", {}, -32601),
    ],
)
def test_what_cannot_be_answered_has_its_code(method: str, params: Any, code: int) -> None:
    """Mistakes, methods that are not here, and content that nobody fetches."""
    assert _error(method, params) == code


def test_another_version_is_told_so() -> None:
    """Its messages have another form, and are not guessed at."""
    assert _error("SendMessage", _message({"text": "hi"}), version="0.3") == -32009


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("done", "COMPLETED"),
        ("working", "WORKING"),
        ("input-required", "INPUT_REQUIRED"),
        ("declined", "FAILED"),
        ("refused", "REJECTED"),
        ("unknown", "WORKING"),
    ],
)
def test_an_act_is_told_as_a_task(state: str, shown: str) -> None:
    """With what was said, by whom it is answered, and the result where there is one."""
    told = ChannelTold(status=200, body={**DONE, "state": state})
    _, sent = _answer("SendMessage", _message({"text": "hi"}), told)
    task = sent["result"]["task"]
    assert (task["id"], task["contextId"], task["status"]["state"]) == ("m-1", "c", f"TASK_STATE_{shown}")
    words = [part["text"] for part in task["status"]["message"]["parts"]]
    assert words[-2:] == ["It is on its way.", "A machine."]
    assert any("Nothing that you answer" in one for one in words) == (state == "input-required")
    assert ("artifacts" in task) == (state == "done")
    _, got = _answer("GetTask", {"id": "m-1"}, told)
    assert got["result"]["id"] == "m-1"
    _, ended = _answer("CancelTask", {"id": "m-1"}, told)
    assert ended["error"]["code"] == -32002


def test_what_is_not_this_agents_is_not_there() -> None:
    """A task of somebody else's, and one that never was, are told alike."""
    gone = ChannelTold(status=404, body={"code": "not_found", "detail": "No."}, refused=True)
    status, body = _answer("GetTask", {"id": "m-9"}, gone)
    assert (status, body["error"]["code"]) == (200, -32001)


def test_a_card_holds_nothing_that_readers_leave_out() -> None:
    """An empty value is left out by some and spelt by others: the signature would hold for one of them."""

    def empty(value: Any) -> bool:
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return not value or any(empty(one) for one in inner)
        return value in {None, ""}

    assert not empty(card_of("https://support.halden.example/c/a2a/rpc", "Halden Bank"))
