"""Journeys run through a whole house."""

from tests.support.browsing import chromium, open_context
from tests.support.house import brisa, founded_postgres, founded_sqlite, halden, house, house_settings
from tests.support.opening import opened_once
from tests.support.registration import registered_once
from tests.support.server import guests, url
from tests.support.templates import compiled_templates

__all__ = [
    "brisa",
    "chromium",
    "compiled_templates",
    "founded_postgres",
    "founded_sqlite",
    "guests",
    "halden",
    "house",
    "house_settings",
    "open_context",
    "opened_once",
    "registered_once",
    "url",
]
