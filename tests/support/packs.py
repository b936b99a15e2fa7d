"""Language packs read once a test process: every command that a test runs reads the same files anew."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from doorward.kit.i18n import read_pack_folder
from doorward.plugins import languages

SHIPPED = Path(languages.__path__[0])


@pytest.fixture(scope="session", autouse=True)
def packs_read_once() -> Iterator[None]:
    """Let all that a test process opens share what the shipped packs' files say: nobody changes what was read."""
    read_once = cache(read_pack_folder)
    with pytest.MonkeyPatch.context() as patch:
        for file in sorted(SHIPPED.glob("*/plugin.py")):
            plugin = import_module(f"{languages.__name__}.{file.parent.name}.plugin")
            patch.setattr(plugin, "read_pack_folder", read_once)
        yield
