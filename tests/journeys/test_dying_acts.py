"""A house that is killed with SIGKILL around an act: once it runs again, the act was done once and told once."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from doorward.kit.settings import Settings
from tests.support.dying_acts import POINTS, After

ROOT = Path(__file__).parents[2]


def test_an_act_is_done_once_whenever_the_house_dies(house_settings: Settings) -> None:
    """Before the call, within it, after it, before and after the answer is kept: one order, one answer, one act."""
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    command = [sys.executable, "-m", "tests.support.dying_acts", str(house_settings.folder)]
    done = subprocess.run(
        [*command, house_settings.database_url, *POINTS],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    found = msgspec.json.decode(done.stdout, type=list[After])
    assert [one.point for one in found] == list(POINTS)
    for one in found:
        assert (one.orders, one.acted, one.state) == (1, ("done",), "bot"), one
        (said,) = one.said
        assert said.startswith("Ten paper rolls are ordered for terminal HT-4100-01"), one
