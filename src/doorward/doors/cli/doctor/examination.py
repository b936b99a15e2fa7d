"""The whole examination, in the order in which it is shown."""

from collections.abc import Iterator

from doorward.doors.cli.doctor.diagnosis import Diagnosis, worst_of
from doorward.doors.cli.doctor.network import examine_clocks, examine_mail, examine_tls
from doorward.doors.cli.doctor.parts import examine_plugins, examine_search, examine_tables
from doorward.doors.cli.doctor.places import examine_folders, examine_keys, examine_rest, examine_room
from doorward.kit.clock import Clock
from doorward.kit.db import Database, DatabaseUnusable
from doorward.kit.db.looking import embedded_file
from doorward.kit.db.trouble import database_trouble
from doorward.kit.settings import Settings


def examine(settings: Settings, *, clock: Clock) -> Iterator[Diagnosis]:
    """Yield everything there is to say about an installation; changes nothing, works while it runs."""
    yield from examine_keys(settings)
    yield from examine_folders(settings)
    yield from _with_database(settings, clock=clock)
    yield from examine_room(settings)
    yield from examine_tls(settings, clock=clock)
    yield from examine_mail(settings)
    yield from examine_plugins(settings, clock=clock)
    yield from examine_rest(settings)


def _with_database(settings: Settings, *, clock: Clock) -> Iterator[Diagnosis]:
    file = embedded_file(settings.database_url)
    if file is not None and not file.exists():
        detail = f"there is none at {file}: doorward init makes it"
        yield Diagnosis(subject="database", name="file", state="failed", detail=detail)
        yield from examine_clocks(settings, None, clock=clock)
        return
    database = None
    try:
        database = Database.open(settings.database_url, read_only=True)
        database.ping()
        yield Diagnosis(subject="database", name="connection", state="ok", detail="answers")
        tables = tuple(examine_tables(database))
        yield from tables
        if worst_of(tables) == "ok":
            yield from examine_search(database, clock=clock)
        yield from examine_clocks(settings, database, clock=clock)
    except DatabaseUnusable as error:
        yield Diagnosis(subject="database", name="connection", state="failed", detail=str(error))
    except Exception as error:
        words = database_trouble(error)
        if words is None:
            raise
        yield Diagnosis(subject="database", name="connection", state="failed", detail=words)
    finally:
        if database is not None:
            database.close()
