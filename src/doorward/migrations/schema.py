"""All tables of the house, wherever they are written down."""

import pkgutil
from importlib import import_module

from sqlalchemy import MetaData

import doorward
from doorward.kit.db import metadata

_KIT = ("doorward.kit.jobs",)
_NOT_ROOMS = frozenset({"doors", "kit", "migrations", "plugins", "vocabulary"})


def table_modules() -> tuple[str, ...]:
    """Return the names of the modules that define tables: kit's own, and `tables` of every room and of the flow."""
    packages = (module.name for module in pkgutil.iter_modules(doorward.__path__) if module.ispkg)
    rooms = (import_module(f"doorward.{name}") for name in packages if name not in _NOT_ROOMS)
    found = (
        f"{room.__name__}.tables"
        for room in rooms
        if any(part.name == "tables" for part in pkgutil.iter_modules(room.__path__))
    )
    return (*_KIT, *sorted(found))


def all_tables() -> MetaData:
    """Import every module that defines tables and return the metadata that then knows them all."""
    for name in table_modules():
        import_module(name)
    return metadata
