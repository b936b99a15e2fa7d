import subprocess

from tools.frontend import find_node
from tools.terminal import ROOT


def test_the_parts_without_a_page_keep_their_promises() -> None:
    """The widget's own tests pass: reading streams, the outbox, plurals, colours, masked places, waiting."""
    done = subprocess.run(
        [str(find_node().program), "--test", "ui/widget"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "# fail 0" in done.stdout
    assert "# pass 0" not in done.stdout
