"""The command line of `python3 run.py screens`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.browser import ensure_chromium
from tools.screens.camera import WIDTHS, Wishes, take_pictures
from tools.screens.demonstration import Demonstration, demonstration, fill
from tools.terminal import ROOT, Stop, say, timed

QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read what was asked for."""
    parser = argparse.ArgumentParser(prog="run.py screens", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "screens", help="where pictures go")
    parser.add_argument("--language", default="en", help="a language's code, such as tr")
    parser.add_argument("--only", default="", metavar="TEXT", help="only pages whose address holds this")
    parser.add_argument("--widths", type=int, nargs="+", default=list(WIDTHS), metavar="PIXELS")
    parser.add_argument("--url", default="", help="a running demonstration; DOORWARD_DEMO_PASSWORD is its password")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Take the pictures; the exit code."""
    arguments = parse(words)
    chromium = ensure_chromium()
    if chromium is None:
        raise Stop("Pictures need Chromium (see above).")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for old in arguments.folder.glob("*--*.png"):
        old.unlink()
    wishes = Wishes(language=arguments.language, widths=tuple(arguments.widths), only=arguments.only)
    if arguments.url:
        place = Demonstration(url=arguments.url.rstrip("/"), password=os.environ.get("DOORWARD_DEMO_PASSWORD", ""))
        return _take(chromium, place, arguments.folder, wishes)
    with timed("screens", "starting a demonstration"), demonstration() as place:
        fill(place.url)
        return _take(chromium, place, arguments.folder, wishes)


def _take(chromium: str, place: Demonstration, folder: Path, wishes: Wishes) -> int:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        pages = take_pictures(browser, place, folder, wishes=wishes)
        browser.close()
    say("screens", f"{pages} pages in {folder}; open {folder / 'index.html'}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as trouble:
        sys.exit(f"run.py screens: {trouble}\n{trouble.output}".rstrip())
