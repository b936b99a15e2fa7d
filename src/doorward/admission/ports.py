"""The port that every channel plugin fits."""

from collections.abc import Sequence
from typing import Protocol

from doorward.vocabulary.channel import ChannelCapabilities, ChannelRoute


class Channel(Protocol):
    """A way for contacts to come in. `build(kit)` of a `channels/<name>` plugin returns one.

    A channel only reads: its routes turn requests into typed ones or refuse them. Doors serve the routes below
    `/c/<id>/`, and what follows is the same walk for every channel.
    """

    @property
    def id(self) -> str:
        """Return the channel's id, which is also its folder and its place below `/c/`."""

    @property
    def capabilities(self) -> ChannelCapabilities:
        """Return what the channel can do."""

    def routes(self) -> Sequence[ChannelRoute]:
        """Return the channel's addresses, the same ones every time."""
