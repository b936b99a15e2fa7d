"""The composition root: settings and discovered plugins become one House with every service in it."""

from doorward.bootstrap.engines import Engines, make_engines, make_reader
from doorward.bootstrap.founding import found_company, found_tenant, open_house
from doorward.bootstrap.house import House
from doorward.bootstrap.plugins import (
    PluginKit,
    Plugins,
    chosen_language_model,
    chosen_scanner,
    chosen_translator,
    detection_fingerprint,
    load_plugins,
    make_screener,
)

__all__ = [
    "Engines",
    "House",
    "PluginKit",
    "Plugins",
    "chosen_language_model",
    "chosen_scanner",
    "chosen_translator",
    "detection_fingerprint",
    "found_company",
    "found_tenant",
    "load_plugins",
    "make_engines",
    "make_reader",
    "make_screener",
    "open_house",
]
