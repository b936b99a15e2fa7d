"""What is costly to build and belongs to no tenant."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from doorward.bootstrap.plugins import Plugins, load_plugins, make_screener
from doorward.identity import (
    Passwords,
)
from doorward.kit.clock import Clock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Settings
from doorward.protection import Screener
from doorward.risk import Assessor
from doorward.understanding import Encoder, Feelings, Reader, Understander, read_head
from doorward.vocabulary.errors import DoorwardError, Misconfigured


class Engines(msgspec.Struct, frozen=True, kw_only=True):
    """What is costly to build and belongs to no tenant: several houses of one process may share it."""

    plugins: Plugins
    translator: Translator
    screener: Screener
    encoder: Encoder
    reader: Reader
    assessor: Assessor
    understander: Understander
    passwords: Passwords

    def close(self) -> None:
        """Stop the threads that hash passwords."""
        self.passwords.close()


def make_engines(
    settings: Settings,
    *,
    clock: Clock,
    cache_folder: Path | None = None,
    encoder_failed: Callable[[DoorwardError], None] | None = None,
) -> Engines:
    """Find the plugins and build the engines. Raises `PluginBroken`, `Misconfigured`."""
    plugins = load_plugins(settings, clock=clock)
    packs = tuple(plugins.packs.values())
    encoder = _chosen_encoder(plugins, settings)
    return Engines(
        plugins=plugins,
        translator=Translator(plugins.packs),
        screener=make_screener(plugins, settings, cache_folder=cache_folder),
        encoder=encoder,
        reader=Reader(packs, encoder, on_failure=encoder_failed),
        assessor=Assessor(packs),
        understander=Understander(packs, feelings=Feelings(packs, head=read_head(), encoder_id=encoder.id)),
        passwords=Passwords(),
    )


def make_reader(settings: Settings, *, clock: Clock) -> Reader:
    """Return what reads messages, alone: all installed languages and the chosen encoder.

    Raises `PluginBroken`, `Misconfigured`.
    """
    plugins = load_plugins(settings, clock=clock, kinds=("language", "model"))
    return Reader(tuple(plugins.packs.values()), _chosen_encoder(plugins, settings))


def _chosen_encoder(plugins: Plugins, settings: Settings) -> Encoder:
    encoder: Encoder | None = plugins.models.get(settings.models.encoder)
    if encoder is None:
        raise Misconfigured(f"models.encoder: there is no model plugin '{settings.models.encoder}'")
    return encoder
