import subprocess
import sys

import pytest

from tests.architecture.code import ROOT
from tools.fuzzing.seeds import seeds_for
from tools.fuzzing.targets import TARGETS


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_target_stands_its_seeds(target: str) -> None:
    """What fuzzing begins with breaks nothing, and neither do pieces of it."""
    for seed in seeds_for(target)[:12]:
        TARGETS[target](seed)
        TARGETS[target](seed[: len(seed) // 2])
        TARGETS[target](seed[::-1])


@pytest.mark.slow
def test_fuzzing_runs_for_a_bounded_time() -> None:
    """A short run of the cheapest target finds nothing and ends."""
    pytest.importorskip("atheris")
    words = [sys.executable, "-m", "tools.fuzzing", "--target", "view", "--seconds", "2"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "ok" in done.stdout
