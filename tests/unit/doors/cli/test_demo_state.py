"""The demo's folder: made once, kept, and removed only where it is the demo's."""

import socket
import stat
from pathlib import Path
from random import Random

import pytest

from doorward.doors.cli.commands.demo import _port
from doorward.doors.cli.demo_state import DemoState, begin, read_state, write_state
from doorward.doors.cli.demo_traffic import Traffic
from doorward.doors.cli.ending import Stop
from doorward.kit.db import Database, StoreLocked
from doorward.kit.settings import Settings, has_screen


def test_a_demo_keeps_its_state(tmp_path: Path) -> None:
    """The second start finds the first one's password and knows that everything was founded."""
    folder = tmp_path / "demo"
    first = begin(folder, fresh=False)
    write_state(folder, DemoState(password=first.password, seeded=True))
    assert begin(folder, fresh=False) == DemoState(password=first.password, seeded=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "demo.json").stat().st_mode) == 0o600


def test_fresh_forgets_the_demo_and_nothing_else(tmp_path: Path) -> None:
    """`--fresh` removes the demo's folder, with everything in it, and not what lies beside."""
    folder, beside = tmp_path / "demo", tmp_path / "mine"
    begin(folder, fresh=False)
    (folder / "doorward.db").touch()
    beside.touch()
    assert begin(folder, fresh=True).seeded is False
    assert sorted(path.name for path in folder.iterdir()) == ["demo.json"]
    assert beside.exists()


@pytest.mark.parametrize("fresh", [True, False])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, fresh: bool) -> None:  # noqa: FBT001 - a parameter
    """A folder that no demo has made is neither used nor removed."""
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(Stop, match="no demo has made"):
        begin(tmp_path, fresh=fresh)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_a_running_demo_is_not_removed(tmp_path: Path) -> None:
    """`--fresh` beside a running demo is refused before anything is gone."""
    folder = tmp_path / "demo"
    begin(folder, fresh=False)
    held = Database.open(f"sqlite:///{folder / 'doorward.db'}")
    try:
        with pytest.raises(StoreLocked):
            begin(folder, fresh=True)
    finally:
        held.close()
    assert read_state(folder) is not None


def test_the_usual_port_is_left_to_whoever_has_it() -> None:
    """Without --port the demo takes the usual one, or any free one when somebody listens there."""
    assert _port(9000) == 9000
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((Settings().server.host, Settings().server.port))
            taken.listen()
        except OSError:
            pass  # another program has it already, which is just as good
        assert _port(None) == 0


def test_a_browser_is_opened_where_there_is_a_screen() -> None:
    """On Linux a display says so; a server has none."""
    assert has_screen(environment={"DISPLAY": ":0"})
    assert has_screen(environment={"WAYLAND_DISPLAY": "wayland-0"})


def test_visitors_leave_when_they_are_sent_home() -> None:
    """Stopping the traffic takes no longer than a moment, wherever its visitors are."""
    traffic = Traffic("http://127.0.0.1:9", [], random=Random(1))
    traffic.start()
    traffic.stop()
    traffic._thread.join(timeout=5)
    assert not traffic._thread.is_alive()
