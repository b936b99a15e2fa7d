"""Who acts, and for which tenant: the one value that every repository method asks for."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import msgspec

from doorward.vocabulary.ids import TenantId

ActorKind = Literal["customer", "staff", "machine", "system", "rule"]
Role = Literal["agent", "supervisor", "security", "privacy", "administrator"]


class Actor(msgspec.Struct, frozen=True):
    """Who does something. `id` is a party, staff, token, component or rule id, never a name or an address."""

    kind: ActorKind
    id: str


class Scope(msgspec.Struct, frozen=True):
    """The tenant that a call is about and who makes it.

    A scope is made only from a host name, a widget key, an API token or a staff session (house law 10); code inside
    receives it and never invents one.
    """

    tenant_id: TenantId
    actor: Actor

    def acting_as(self, actor: Actor) -> "Scope":
        """Return the same tenant's scope for another actor."""
        return Scope(tenant_id=self.tenant_id, actor=actor)


def system_scope(tenant_id: TenantId, component: str) -> Scope:
    """Return the scope in which the product itself acts for a tenant: `component` names the part, such as `flow`."""
    return Scope(tenant_id=tenant_id, actor=Actor(kind="system", id=component))


F = TypeVar("F", bound=Callable[..., Any])


def crosses_tenants(reason: str) -> Callable[[F], F]:
    """Mark a repository method that has no scope on purpose, and say why; a test lists them and refuses others."""

    def mark(function: F) -> F:
        function.__crosses_tenants__ = reason  # type: ignore[attr-defined]  # because functions carry attributes
        return function

    return mark
