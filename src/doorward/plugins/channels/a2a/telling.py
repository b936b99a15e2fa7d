"""How answers are written: JSON-RPC, and tasks as the Agent2Agent protocol has them."""

from collections.abc import Mapping
from typing import Any, Final

from doorward.admission.json_rpc import error_of, refusal_of, result_of
from doorward.admission.protected_resource import challenge, is_about_tokens, wait_of, write_json
from doorward.plugins.channels.a2a.calls import TASK_NOT_CANCELABLE, TASK_NOT_FOUND, Envelope
from doorward.vocabulary.channel import CalledRequest, ChannelAnswer, ChannelInput, ChannelRequest, ChannelTold

RESOURCE: Final = "/c/a2a/rpc"

_STATES: Final[Mapping[str, str]] = {
    "done": "TASK_STATE_COMPLETED",
    "working": "TASK_STATE_WORKING",
    "input-required": "TASK_STATE_INPUT_REQUIRED",
    "declined": "TASK_STATE_FAILED",
    "refused": "TASK_STATE_REJECTED",
    # Whether it was done will be known later, or never; an agent that is told "failed" does it again.
    "unknown": "TASK_STATE_WORKING",
}
_ASKED: Final = "The customer was asked, and decides. Nothing that you answer is taken for their word."
_ERROR_INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"
_UNSIGNED: Final = "signature_missing"


def tell(request: ChannelRequest, parsed: ChannelInput | None, told: ChannelTold) -> ChannelAnswer:
    """Write what the house says to a call."""
    called = parsed if isinstance(parsed, CalledRequest) else None
    envelope = called.envelope if called is not None and isinstance(called.envelope, Envelope) else None
    call_id = None if envelope is None else envelope.id
    if is_about_tokens(told) or (told.refused and told.body["code"] == _UNSIGNED):
        headers = challenge(request, told, resource=RESOURCE, scope="" if called is None else called.scope)
        headers = {"www-authenticate": f"{headers['www-authenticate']}, Signature"}
        return write_json(told.status, refusal_of(call_id, told), headers=headers)
    if told.refused and told.status == 404 and envelope is not None and envelope.task:
        return _error(envelope, TASK_NOT_FOUND, "no such task of this agent's", code="not_found")
    if told.refused or envelope is None:
        return write_json(told.status, refusal_of(call_id, told), headers=wait_of(told))
    if envelope.unfit is not None:
        return _error(envelope, *envelope.unfit, code="malformed")
    if envelope.method == "CancelTask":
        return _error(envelope, TASK_NOT_CANCELABLE, "what was asked for is its customer's to end", code="conflict")
    return write_json(200, result_of(envelope.id, _result(envelope, told.body)))


def _error(envelope: Envelope, number: int, words: str, *, code: str) -> ChannelAnswer:
    info = {"@type": _ERROR_INFO, "reason": code.upper(), "domain": "doorward", "metadata": {"code": code}}
    return write_json(200, error_of(envelope.id, number, words, [info]))


def _result(envelope: Envelope, body: Mapping[str, Any]) -> dict[str, Any]:
    if "state" not in body or not envelope.task:
        return {"message": _message(f"answer-{envelope.id}", body, [{"data": body}])}
    task = _task(envelope.task, body)
    return task if envelope.method == "GetTask" else {"task": task}


def _task(task: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Write how an act stands. By whom it is answered is told in each answer, beside what was said."""
    words = [_ASKED] if body["state"] == "input-required" else []
    words += [body["text"]] if body.get("text") else []
    about = _message(f"{task}-status", body, [{"text": one} for one in (*words, body["disclosure"])])
    written: dict[str, Any] = {
        "id": task,
        "contextId": body.get("conversation_id") or task,
        "status": {"state": _STATES[body["state"]], "message": {**about, "taskId": task}},
        "metadata": {"code": body.get("code", ""), "disclosure": body["disclosure"]},
    }
    if body["state"] == "done":
        written["artifacts"] = [{"artifactId": "result", "parts": [{"data": body}]}]
    return written


def _message(message_id: str, body: Mapping[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    here = body.get("conversation_id")
    message = {"messageId": message_id, "role": "ROLE_AGENT", "parts": parts}
    return message if here is None else message | {"contextId": here}


def tell_card(_request: ChannelRequest, _parsed: ChannelInput | None, told: ChannelTold) -> ChannelAnswer:
    """Write the signed card."""
    card = told.body.get("card")
    return write_json(told.status, told.body if told.refused or card is None else card, headers=wait_of(told))


def tell_keys(_request: ChannelRequest, _parsed: ChannelInput | None, told: ChannelTold) -> ChannelAnswer:
    """Write the keys that check cards."""
    body = told.body if told.refused else {"keys": [told.body["key"]]}
    return write_json(told.status, body, headers=wait_of(told))
