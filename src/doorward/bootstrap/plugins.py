"""The plugins of an installation, found and built, and what is made of them alone."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from doorward.admission import Channel
from doorward.answering.language_model import LanguageModel
from doorward.kit import logging as kit_logging
from doorward.kit.clock import Clock
from doorward.kit.plugins import FoundPlugin, discover
from doorward.kit.settings import Settings
from doorward.protection import AttachmentScanner, Screener
from doorward.understanding import TextTranslator
from doorward.vocabulary.company import Company
from doorward.vocabulary.errors import Misconfigured
from doorward.vocabulary.language import LanguagePack

log = kit_logging.get_logger("bootstrap")

DEMONSTRATED = "eicar_demonstration"
"""The scanner of the demonstration, where no other is chosen."""


class PluginKit(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin's `build(kit)` gets: settings and a clock, nothing of the house."""

    settings: Settings
    clock: Clock


class Plugins(msgspec.Struct, frozen=True, kw_only=True):
    """All plugins of the installation, built."""

    found: tuple[FoundPlugin, ...]
    packs: Mapping[str, LanguagePack]
    detectors: tuple[Any, ...]
    channels: tuple[Channel, ...]
    policies: tuple[Any, ...]
    models: Mapping[str, Any]
    connectors: Mapping[str, Any]
    companies: Mapping[str, Company]


def load_plugins(settings: Settings, *, clock: Clock, kinds: Sequence[str] = ()) -> Plugins:
    """Find and build plugins, of these kinds only if any are named. Raises `PluginBroken`.

    A plugin whose required packages are missing is left out and reported by `doorward plugins`.
    """
    kit = PluginKit(settings=settings, clock=clock)
    found: list[FoundPlugin] = []
    built: dict[str, dict[str, Any]] = {}
    for kind in ("language", "detector", "channel", "policy", "model", "connector", "company"):
        built[kind] = {}
        for plugin in discover(kind) if not kinds or kind in kinds else ():
            found.append(plugin)
            if kind == "model" and plugin.manifest.id not in _chosen_models(settings):
                continue  # a model that nobody chose need not be configured
            if kind == "detector" and plugin.manifest.opt_in and not settings.protection.experimental:
                continue
            if plugin.missing:
                log.warning("bootstrap.plugin.incomplete", plugin_id=plugin.manifest.id)
                continue
            built[kind][plugin.manifest.id] = plugin.build(kit)
    policies = sorted(built["policy"].values(), key=lambda policy: (policy.priority, policy.id))
    return Plugins(
        found=tuple(found),
        packs=built["language"],
        detectors=tuple(built["detector"].values()),
        channels=tuple(built["channel"].values()),
        policies=tuple(policies),
        models=built["model"],
        connectors=built["connector"],
        companies=built["company"],
    )


def _chosen_models(settings: Settings) -> set[str]:
    return {settings.models.encoder, settings.models.translator, settings.models.language_model}


def chosen_scanner(plugins: Plugins, settings: Settings) -> tuple[str, AttachmentScanner] | None:
    """Return the scanner of files that the settings choose, with its id, None where there is none.

    Raises `Misconfigured` for something that is no scanner, and for a demonstration's outside the demonstration.
    """
    name = settings.protection.scanner or (DEMONSTRATED if settings.demo else "")
    if not name:
        return None
    scanner = plugins.connectors.get(name)
    if not isinstance(scanner, AttachmentScanner):
        raise Misconfigured(f"protection.scanner: there is no connector '{name}' that scans files")
    quality = next(plugin.manifest.quality for plugin in plugins.found if plugin.manifest.id == name)
    if quality == "demo" and not settings.demo:
        raise Misconfigured(f"protection.scanner: '{name}' is a demonstration and protects nobody; use clamd")
    return name, scanner


def chosen_translator(plugins: Plugins, settings: Settings) -> TextTranslator | None:
    """Return the model that the settings choose to translate for agents, None where there is none.

    Raises `Misconfigured` for something that translates nothing.
    """
    name = settings.models.translator
    if not name:
        return None
    translator = plugins.models.get(name)
    if not isinstance(translator, TextTranslator):
        raise Misconfigured(f"models.translator: there is no model plugin '{name}' that translates")
    return translator


def chosen_language_model(plugins: Plugins, settings: Settings) -> LanguageModel | None:
    """Return the language model that the settings choose, None where there is none, as by default.

    Raises `Misconfigured` for something that writes nothing.
    """
    name = settings.models.language_model
    if not name:
        return None
    model = plugins.models.get(name)
    if not isinstance(model, LanguageModel):
        raise Misconfigured(f"models.language_model: there is no model plugin '{name}' that writes")
    return model


def make_screener(plugins: Plugins, settings: Settings, *, cache_folder: Path | None = None) -> Screener:
    """Return the screener over all detectors and languages."""
    return Screener(
        plugins.detectors,
        tuple(plugins.packs.values()),
        matcher=settings.protection.matcher,
        cache_folder=cache_folder,
    )


def detection_fingerprint(plugins: Plugins) -> str:
    """Return a hash of everything that decides what is found: detectors, languages' words, and the code that asks them.

    It changes when any file of theirs does, so that results of two kinds are never mixed.
    """
    digest = hashlib.sha256()
    folders = [plugin.folder for plugin in plugins.found if plugin.manifest.kind in {"detector", "language"}]
    house = Path(__file__).parents[1]
    for folder in [*folders, house / "protection", house / "flow" / "archives"]:
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_file() and not {"tests", "cases", "__pycache__"} & set(parts):
                content = path.read_bytes()
                digest.update(f"{folder.name}/{'/'.join(parts)} {len(content)} ".encode() + content)
    return digest.hexdigest()
