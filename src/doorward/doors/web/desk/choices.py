"""What a member of staff chose about the desk itself, kept in a cookie of their browser."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request

COOKIE: Final = "doorward_desk"
DENSITIES: Final = ("comfortable", "compact")
_SWITCHES: Final = ("shortcuts", "sound")


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """How close lines stand, whether single keys do something (WCAG 2.1.4), and whether the desk may be heard."""

    density: str = "comfortable"
    shortcuts: bool = True
    sound: bool = False

    @property
    def cookie(self) -> str:
        """Return the cookie's value."""
        return ".".join([self.density, *("on" if getattr(self, name) else "off" for name in _SWITCHES)])


def choices_of(request: Request[Any, Any, Any]) -> Choices:
    """Return what the browser's cookie says; what it does not say, or says badly, is as at the start."""
    parts = request.cookies.get(COOKIE, "").split(".")
    if len(parts) != 1 + len(_SWITCHES) or parts[0] not in DENSITIES:
        return Choices()
    return Choices(density=parts[0], shortcuts=parts[1] == "on", sound=parts[2] == "on")


def changed(choices: Choices, fields: Mapping[str, str]) -> Choices:
    """Return the choices after a form; a form with the field `all` says with a missing switch that it is off."""
    changes: dict[str, Any] = {}
    if fields.get("density") in DENSITIES:
        changes["density"] = fields["density"]
    for name in _SWITCHES:
        if name in fields or "all" in fields:
            changes[name] = fields.get(name) == "yes"
    return msgspec.structs.replace(choices, **changes)
