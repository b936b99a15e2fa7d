"""This process as the system sees it."""

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from doorward.kit import process

resource = pytest.importorskip("resource")


@pytest.mark.parametrize("library", [None, object()])
def test_where_the_c_library_gives_nothing_back_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, library: object
) -> None:
    """A library without that function, or none by its name: loading goes on as it would."""

    def opened(_name: None) -> object:
        if library is None:
            raise OSError("no such library")
        return library

    monkeypatch.setattr("ctypes.CDLL", opened)
    process.return_memory()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library returns memory by itself, or never")
def test_what_was_let_go_is_given_back() -> None:
    """Holes between what is kept stay with the process until it says so, and then go to the system."""
    left, returned = json.loads(subprocess.check_output([sys.executable, "-c", _HOLES]))
    assert returned < left / 4


_HOLES = """
import ctypes, json
from pathlib import Path
from doorward.kit.process import return_memory
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])
first = resident()
blocks = [bytes(50_000) for _ in range(4000)]
kept = blocks[::20]
del blocks
left = resident() - first
return_memory()
print(json.dumps([left, resident() - first]))
"""

_DIE = """
import os, signal
from doorward.kit.process import leave_no_core
leave_no_core()
os.kill(os.getpid(), signal.SIGABRT)
"""


def test_a_process_that_dies_by_a_fault_leaves_no_image_of_its_memory(tmp_path: Path) -> None:
    """Whatever the system allowed before, no core file is written into the working folder."""
    unlimited = resource.getrlimit(resource.RLIMIT_CORE)[1]
    died = subprocess.run(
        [sys.executable, "-c", _DIE],
        cwd=tmp_path,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (unlimited, unlimited)),
    )
    assert died.returncode < 0
    assert list(tmp_path.iterdir()) == []
