from typing import Any

from doorward.kit.settings import Settings


def over_http(settings: Settings, *, messages: int, seconds: float) -> dict[str, Any]:
    return {}
