"""A channel that crashes while it reads."""

from collections.abc import Sequence
from typing import NoReturn

from doorward.admission.ports import Channel
from doorward.vocabulary.channel import ChannelCapabilities, ChannelRequest, ChannelRoute


class CrashingChannel:
    """Takes nothing in: whatever comes is in the error that it raises."""

    id = "crashing_channel"
    capabilities = ChannelCapabilities(credential="visitor_token")

    def routes(self) -> Sequence[ChannelRoute]:
        """See `Channel`."""
        return (ChannelRoute(method="POST", path="/messages", operation="message", parse=_crash),)


def _crash(request: ChannelRequest) -> NoReturn:
    quoted = {"body": request.body.decode("utf-8", "replace"), "query": dict(request.query)}
    raise RuntimeError(f"cannot read {quoted} of {dict(request.headers)}")


def build(_kit: object) -> Channel:
    """Return the channel."""
    return CrashingChannel()
