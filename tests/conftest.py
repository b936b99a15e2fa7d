"""Fixtures that every test may ask for."""

from tests.support.databases import database, database_address, postgres, sqlite_template
from tests.support.packs import packs_read_once
from tests.support.searching import findable
from tests.support.transactions import bus, clock, transactions

__all__ = [
    "bus",
    "clock",
    "database",
    "database_address",
    "findable",
    "packs_read_once",
    "postgres",
    "sqlite_template",
    "transactions",
]
