"""What machines ask for, and what they hear."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from doorward.identity import Mandate, Use
from doorward.kit.ids import derive_id
from doorward.vocabulary.errors import Malformed
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.machines import Capability, MachineIdentity, MandateRefusal
from doorward.vocabulary.operations import Thing
from doorward.vocabulary.scope import Scope
from doorward.vocabulary.text import WildText

ActState = Literal["done", "working", "input-required", "declined", "refused", "unknown"]
"""`working`: the same request later tells more · `input-required`: the owner was asked · `declined`: it was tried and
came to nothing · `refused`: it was not tried · `unknown`: nobody knows whether it was done."""

ANSWERS: Final[Mapping[str, ActState]] = {
    "begun": "working",
    "done": "done",
    "waiting": "working",
    "unanswered": "unknown",
    "declined": "declined",
    "failed": "declined",
}
_LONGEST: Final = 100


class MachineAct(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `key` is the machine's own: the same key is the same request, however often it comes.

    `text` is what it says for `help`, `product.facts` and `problem.report`; an order has `kind` and perhaps the key of
    the `thing` that it is for; notices have the `kinds` of things that they are about, or `off`.
    """

    capability: Capability
    key: str
    text: WildText | None = None
    kind: str = ""
    thing: str = ""
    off: bool = False
    language: str | None = None

    def parameters(self) -> Mapping[str, str]:
        """Return what an order is about, as it is kept: codes and keys. Raises `Malformed`."""
        for name, value in (("kind", self.kind), ("thing", self.thing)):
            if len(value) > _LONGEST or not value.isprintable():
                raise Malformed(f"{name}: at most {_LONGEST} printable characters")
        return {"kind": self.kind, "thing": self.thing}


class MachineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine hears. `code` says why not, empty where there is nothing to say; `text` is masked, for people.

    `things` are its owner's orders, where it asked for them; `approval_id` is what the owner decides.
    """

    state: ActState
    code: MandateRefusal | Literal["", "owner_asked", "nothing_done"] = ""
    use_id: str = ""
    approval_id: str = ""
    conversation_id: ConversationId | None = None
    text: str = ""
    things: tuple[Thing, ...] = ()


def conversation_of(scope: Scope, use_id: str) -> ConversationId:
    """Return the conversation in which an act is told, whether it exists yet or not."""
    return ConversationId(derive_id("machine", scope.tenant_id, use_id))


def machine_id(tenant_id: TenantId, machine: MachineIdentity) -> str:
    """Return by what a company knows a machine: the same for the same one, and nothing of what it is called."""
    return derive_id("party", tenant_id, "machine", machine.handle)


def by_machine(mandate: Mandate) -> dict[str, Any]:
    """Return what a ledger's line says of the machine that is behind it."""
    platform = "" if mandate.machine is None else mandate.machine.platform
    return {"mandate": mandate.id, "platform": platform, "name": mandate.name}


def answered(use: Use, conversation_id: ConversationId | None = None, *, text: str = "") -> MachineAnswer:
    """Return what is heard of an act as it stands."""
    state = ANSWERS[use.state]
    return MachineAnswer(
        state=state,
        code="nothing_done" if state == "declined" else "",
        use_id=use.id,
        conversation_id=conversation_id,
        text=text,
    )
