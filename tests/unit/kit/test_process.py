"""This process as the system sees it."""

import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource")

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
