"""Measure the pages in a real Chromium and the live stream with many desks; JSON on standard output.

python3 run.py bench pages                     everything
python3 run.py bench pages --parts desks       only the live stream
"""

import argparse
import asyncio
import json
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from bench.pages.browser import pages_in_chromium
from bench.pages.company import PASSWORD, add_staff, reload_settings
from bench.pages.desks import many_desks
from bench.walk.founding import founded, scratch
from bench.walk.outside import START_SECONDS, serve

PARTS = ("pages", "desks")


def main() -> int:
    """Measure what was asked for."""
    options = _read_options()
    figures: dict[str, Any] = {}
    with founded("sqlite") as founded_settings:
        settings = reload_settings(founded_settings)
        tell("adding staff ...")
        names = add_staff(settings, count=options.desks)
        folder = scratch()
        try:
            with serve(settings, folder) as server:
                url = server.wait_for(r"listens on (http://\S+?)\.?\s", seconds=START_SECONDS)[1]
                if "pages" in options.parts:
                    tell("pages ...")
                    figures["pages"] = pages_in_chromium(url, username=names[0], password=PASSWORD)
                if "desks" in options.parts:
                    tell(f"{len(names)} desks ...")
                    figures["desks"] = asyncio.run(many_desks(server, url, names=names, seconds=options.seconds))
                server.end(signal.SIGTERM)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(figures, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", type=lambda words: words.split(","), default=list(PARTS))
    parser.add_argument("--desks", type=int, default=200, help="desks on the live stream")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the desks listen")
    parser.add_argument("--out", type=Path, help="write the JSON there as well")
    return parser.parse_args()


def tell(words: str) -> None:
    """Say how far it is, beside the figures."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
