"""All tables of the house, wherever they are written down."""

import pkgutil
from importlib import import_module
from types import ModuleType

from sqlalchemy import MetaData

import doorward
from doorward.kit.db import metadata
from doorward.record.search.tables import ONE_SIDED

_KIT = ("doorward.kit.jobs",)
_NOT_ROOMS = frozenset({"doors", "kit", "migrations", "plugins", "vocabulary"})


def table_modules() -> tuple[str, ...]:
    """Return the names of the modules that define tables: kit's own, and `tables` of rooms and of their parts."""
    rooms = (name for name in _packages(doorward) if name.rpartition(".")[2] not in _NOT_ROOMS)
    places = [place for room in rooms for place in (room, *_packages(import_module(room)))]
    found = (f"{place}.tables" for place in places if _has_tables(import_module(place)))
    return (*_KIT, *sorted(found))


def _packages(parent: ModuleType) -> tuple[str, ...]:
    found = pkgutil.iter_modules(parent.__path__)
    return tuple(f"{parent.__name__}.{module.name}" for module in found if module.ispkg)


def _has_tables(package: ModuleType) -> bool:
    return any(part.name == "tables" for part in pkgutil.iter_modules(package.__path__))


def all_tables() -> MetaData:
    """Import every module that defines tables and return the metadata that then knows them all."""
    for name in table_modules():
        import_module(name)
    return metadata


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether a table or index of a database is one that the code's tables can tell (Alembic's `include_name`).

    What only one of the databases has, such as SQLite's full-text table and the hidden tables behind it, is not.
    """
    return not (kind in {"table", "index"} and name is not None and name.startswith(ONE_SIDED))
