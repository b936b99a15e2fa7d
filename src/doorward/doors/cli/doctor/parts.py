"""The installation's parts: database tables, plugins, languages."""

from collections.abc import Iterator
from typing import Any

from doorward.bootstrap import Plugins, chosen_language_model, chosen_scanner, load_plugins
from doorward.doors.cli.doctor.diagnosis import Diagnosis
from doorward.kit.clock import Clock
from doorward.kit.db import Database
from doorward.kit.db.migrate import schema_state
from doorward.kit.i18n import REFERENCE
from doorward.kit.plugins import PluginBroken
from doorward.kit.settings import Settings
from doorward.kit.tx import Tx
from doorward.protection import AttachmentScanner
from doorward.record.search import all_progress
from doorward.vocabulary.errors import Misconfigured


def examine_tables(database: Database) -> Iterator[Diagnosis]:
    """Say whether the tables are this version's."""
    state = schema_state(database)
    if state.is_current:
        yield Diagnosis(subject="database", name="tables", state="ok", detail=f"step {state.newest}")
        return
    detail = f"at step {state.current or 'none'}, this version wants {state.newest}: doorward db upgrade"
    yield Diagnosis(subject="database", name="tables", state="failed", detail=detail)


def examine_search(database: Database, *, clock: Clock) -> Iterator[Diagnosis]:
    """Say how much of the conversations can be found by search."""
    with database.reader.connect() as connection:
        found = all_progress(Tx(connection, clock.now()))
    for tenant_id, progress in found.items():
        name = f"tenant {tenant_id[-4:].upper()}"
        if progress.is_done:
            yield Diagnosis(subject="search", name=name, state="ok", detail=f"{progress.lines} lines were read")
            continue
        detail = f"{progress.lines} lines are read; older ones follow while Doorward runs, or by doorward db reindex"
        yield Diagnosis(subject="search", name=name, state="note", detail=detail)


def examine_plugins(settings: Settings, *, clock: Clock) -> Iterator[Diagnosis]:
    """Build every plugin, ask those that can be asked whether they work, and compare the languages."""
    try:
        plugins = load_plugins(settings, clock=clock)
    except (PluginBroken, Misconfigured) as error:
        yield Diagnosis(subject="plugins", name="all", state="failed", detail=str(error))
        return
    for plugin in plugins.found:
        if plugin.missing:
            detail = f"left out: it needs {', '.join(plugin.missing)}"
            yield Diagnosis(subject="plugins", name=plugin.manifest.id, state="warning", detail=detail)
    yield from _pings(plugins, settings)
    yield _scanning(plugins, settings)
    yield _writing(plugins, settings)
    yield from _languages(plugins)


def _pings(plugins: Plugins, settings: Settings) -> Iterator[Diagnosis]:
    used = {f"model {settings.models.encoder}": plugins.models.get(settings.models.encoder)}
    if settings.models.language_model:
        chosen = settings.models.language_model
        used[f"model {chosen}"] = plugins.models.get(chosen)
    asleep = {name for name, part in plugins.connectors.items() if isinstance(part, AttachmentScanner)}
    asleep -= {settings.protection.scanner}
    asleep |= set() if settings.mail.host else {"smtp"}
    used |= {f"connector {name}": part for name, part in plugins.connectors.items() if name not in asleep}
    for name, part in used.items():
        if part is None:
            detail = "the settings name it, but there is no such plugin"
            yield Diagnosis(subject="plugins", name=name, state="failed", detail=detail)
        elif callable(getattr(part, "ping", None)):
            yield _ping(name, part)
    detail = f"{len(plugins.found)} found"
    yield Diagnosis(subject="plugins", name="all", state="ok", detail=detail)


def _scanning(plugins: Plugins, settings: Settings) -> Diagnosis:
    """Say what becomes of the files that customers hand in."""
    try:
        chosen = chosen_scanner(plugins, settings)
    except Misconfigured as error:
        return Diagnosis(subject="files", name="scanner", state="failed", detail=error.detail)
    if chosen is None:
        detail = "none: files that customers hand in stay held and nobody can open them; set protection.scanner"
        return Diagnosis(subject="files", name="scanner", state="note", detail=detail)
    return Diagnosis(subject="files", name="scanner", state="ok", detail=f"{chosen[0]} scans every file")


def _writing(plugins: Plugins, settings: Settings) -> Diagnosis:
    """Say whether a language model proposes wordings."""
    try:
        chosen = chosen_language_model(plugins, settings)
    except Misconfigured as error:
        return Diagnosis(subject="plugins", name="language model", state="failed", detail=error.detail)
    if chosen is None:
        detail = "none: answers are the words of articles, and nothing is sent to a language model"
        return Diagnosis(subject="plugins", name="language model", state="ok", detail=detail)
    detail = f"masked text goes to {chosen.id} for companies that have set language_model"
    return Diagnosis(subject="plugins", name="language model", state="note", detail=detail)


def _ping(name: str, part: Any) -> Diagnosis:
    try:
        part.ping()
    except Exception as error:  # noqa: BLE001 - whatever a ping raises is its answer
        # The type alone: what a foreign server says may name people.
        return Diagnosis(
            subject="plugins", name=name, state="warning", detail=f"does not answer ({type(error).__name__})"
        )
    return Diagnosis(subject="plugins", name=name, state="ok", detail="answers")


def _languages(plugins: Plugins) -> Iterator[Diagnosis]:
    reference = plugins.packs.get(REFERENCE)
    if reference is None:
        detail = "the English pack is missing: sentences that others lack cannot be said"
        yield Diagnosis(subject="languages", name=REFERENCE, state="failed", detail=detail)
        return
    wanted = {key.partition("|")[0] for key in reference.messages}
    for code, pack in plugins.packs.items():
        lacking = sorted(wanted - {key.partition("|")[0] for key in pack.messages})
        if lacking:
            detail = f"{len(lacking)} sentences are missing and said in English, the first is {lacking[0]}"
            yield Diagnosis(subject="languages", name=code, state="warning", detail=detail)
        else:
            yield Diagnosis(subject="languages", name=code, state="ok", detail=f"{len(wanted)} sentences")
