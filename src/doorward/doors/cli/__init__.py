"""The command line: parse, call one verb or view, print."""

import sys
from collections.abc import Sequence

from doorward.kit.settings import keep_arithmetic_single_threaded


def main(words: Sequence[str] | None = None) -> None:
    """Run `doorward` with the words of the command line (or `words`) and leave with its exit code."""
    keep_arithmetic_single_threaded()
    # Only now: numpy, which the house imports, reads those variables when it is imported.
    from doorward.doors.cli.program import run  # noqa: PLC0415

    sys.exit(run(words))
