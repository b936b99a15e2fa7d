"""What an agent calls, and what an answer has to know of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta

from doorward.admission.asking import ASKS, TOLD, AgentName, Ask, ask_for
from doorward.admission.json_rpc import INVALID_PARAMS, METHOD_NOT_FOUND, RpcCall
from doorward.admission.parsing import ClientId, as_shape
from doorward.vocabulary.channel import MachineRequest, SignedLookRequest
from doorward.vocabulary.errors import Malformed

TASK_NOT_FOUND: Final = -32001
TASK_NOT_CANCELABLE: Final = -32002
PUSH_NOT_SUPPORTED: Final = -32003
UNSUPPORTED: Final = -32004
CONTENT_NOT_SUPPORTED: Final = -32005
NO_EXTENDED_CARD: Final = -32007
VERSION_NOT_SUPPORTED: Final = -32009

_NOT_HERE: Final[Mapping[str, int]] = {
    "SendStreamingMessage": UNSUPPORTED,
    "SubscribeToTask": UNSUPPORTED,
    "ListTasks": UNSUPPORTED,
    "CreateTaskPushNotificationConfig": PUSH_NOT_SUPPORTED,
    "GetTaskPushNotificationConfig": PUSH_NOT_SUPPORTED,
    "ListTaskPushNotificationConfigs": PUSH_NOT_SUPPORTED,
    "DeleteTaskPushNotificationConfig": PUSH_NOT_SUPPORTED,
    "GetExtendedAgentCard": NO_EXTENDED_CARD,
}


class Envelope(NamedTuple):
    """A call without what was said: `task` is the task that it is about, `unfit` why it cannot be answered."""

    id: str | int | None
    method: str
    task: str = ""
    unfit: tuple[int, str] | None = None


class Read(NamedTuple):
    """What a call asks for, None where it cannot be answered, and the scope that it needs."""

    envelope: Envelope
    wanted: MachineRequest | None = None
    scope: str = ""


class _Metadata(msgspec.Struct, frozen=True, kw_only=True):
    agent: AgentName | None = None


class _Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    message_id: ClientId
    role: str
    parts: Annotated[tuple[dict[str, Any], ...], Meta(min_length=1, max_length=20)]
    task_id: ClientId | None = None


class _Sending(msgspec.Struct, frozen=True, kw_only=True):
    message: _Message
    metadata: _Metadata = _Metadata()


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    id: ClientId
    metadata: _Metadata = _Metadata()


def read(call: RpcCall, *, company: str | None) -> Read:
    """Return what a call asks for."""
    envelope = Envelope(call.id, call.method)
    try:
        match call.method:
            case "SendMessage":
                return _sending(envelope, call.params, company)
            case "GetTask" | "CancelTask":
                task = as_shape(dict(call.params), _Task)
                return _look(envelope, task.id, task.metadata, company)
            case _:
                code = _NOT_HERE.get(call.method, METHOD_NOT_FOUND)
                return Read(envelope._replace(unfit=(code, "method: not one that is answered here")))
    except Malformed as mistake:
        return Read(envelope._replace(unfit=(INVALID_PARAMS, mistake.detail)))


def _look(envelope: Envelope, task: str, metadata: _Metadata, company: str | None) -> Read:
    wanted = SignedLookRequest(key=task, agent=metadata.agent or "", company=company)
    return Read(envelope._replace(task=task), wanted)


def _sending(envelope: Envelope, params: Mapping[str, Any], company: str | None) -> Read:
    sending = as_shape(dict(params), _Sending)
    message = sending.message
    if message.role != "ROLE_USER":
        raise Malformed("role: not ROLE_USER")
    if message.task_id is not None:
        # What a task waits for is its owner's word: whatever an agent answers in their place changes nothing.
        return _look(envelope, message.task_id, sending.metadata, company)
    if any({"raw", "url"} & set(part) for part in message.parts):
        return Read(envelope._replace(unfit=(CONTENT_NOT_SUPPORTED, "parts: texts and data alone are read")))
    ask, fields = _asked(message)
    agent = sending.metadata.agent or ""
    wanted = ask_for(ask, fields, agent=agent, company=company)
    if ask in {"pair", "entries"}:
        return Read(envelope, wanted)
    return Read(envelope._replace(task=message.message_id), wanted, ask)


def _asked(message: _Message) -> tuple[Ask, dict[str, Any]]:
    """Return what a message asks for, with its fields: at most one part of data says so, and texts are what is said."""
    data = [part["data"] for part in message.parts if "data" in part]
    texts = [part["text"] for part in message.parts if "text" in part]
    if len(data) > 1 or not all(isinstance(one, dict) for one in data):
        raise Malformed("data: at most one part, an object")
    if not all(isinstance(one, str) for one in texts):
        raise Malformed("text: not a text")
    fields: dict[str, Any] = dict(data[0]) if data else {}
    wished = fields.pop("do", "help")
    ask = next((one for one in ASKS if one == wished), None)
    if ask is None:
        raise Malformed(f"do: one of {', '.join(ASKS)}")
    if "id" in fields:
        raise Malformed("id: messageId is the id")
    known = TOLD[ask].shape.__struct_fields__
    if "id" in known:
        fields["id"] = message.message_id
    if texts and "text" in known and "text" not in fields:
        fields["text"] = "\n".join(texts)
    return ask, fields
