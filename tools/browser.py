"""A Chromium for the browser journeys."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

from tools.environment import PYTHON
from tools.terminal import ROOT, Stop, answer_of, run, say, timed

SHELLS: Final = ("chromium-headless-shell", "chrome-headless-shell")
"""Chromium without the windows that nobody sees here: the same engine, and a page costs it a third of the time."""


def ensure_chromium() -> str | None:
    """The path of a Chromium for the browser journeys: found, else installed the way this machine allows.

    None when there is none and this is not CI; under CI=true raises Stop instead, since a skipped journey proves
    nothing.
    """
    chromium = find_chromium()
    if chromium and not could_be_leaner(chromium):
        return chromium
    with contextlib.suppress(Stop), timed("browser", "installing Chromium"):
        chromium = install_chromium() or chromium
    if chromium:
        return chromium
    sentence = f"No Chromium was found and none could be installed. Run: {chromium_command()}"
    if is_ci():
        raise Stop(sentence)
    say("browser", f"{sentence}\n{'':<12} THE BROWSER JOURNEYS ARE NOT RUN.")
    return None


def is_ci() -> bool:
    """Whether nobody watches: CI=true."""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def may_install() -> bool:
    """Whether the system's packages are ours to install."""
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def could_be_leaner(chromium: str) -> bool:
    """Whether this is CI with a Chromium that has windows, where one without could be installed.

    A person's machine is left as it is, and so is a browser that was named outright.
    """
    named = bool(os.environ.get("DOORWARD_CHROMIUM"))
    return is_ci() and may_install() and not named and Path(chromium).name not in SHELLS


def find_chromium() -> str | None:
    """A Chromium or Chrome on this machine; DOORWARD_CHROMIUM names one outright."""
    named = os.environ.get("DOORWARD_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise Stop(f"DOORWARD_CHROMIUM names {named}, which is not a file.")
        return named
    for name in (*SHELLS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    application = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return str(application) if application.is_file() else playwright_chromium()


def playwright_chromium() -> str | None:
    """The Chromium that Playwright keeps for itself, when it has fetched one."""
    script = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    found = answer_of([PYTHON, "-c", script])
    return found if found and Path(found).is_file() else None


def install_chromium() -> str | None:
    """Install Chromium with the system's packages when allowed to, else with Playwright."""
    if may_install():
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        with contextlib.suppress(Stop):
            # One wait is for another installation that holds the package database, one for a mirror that is silent.
            waits = ("DPkg::Lock::Timeout=300", "Acquire::http::Timeout=20", "Acquire::Retries=1")
            wait = ["-q", *(word for one in waits for word in ("-o", one))]
            run(["apt-get", *wait, "update"], environment=quiet)
            with contextlib.suppress(Stop):  # not every release has it
                run(["apt-get", *wait, "install", "-y", SHELLS[0]], environment=quiet)
                return find_chromium()
            run(["apt-get", *wait, "install", "-y", "chromium"], environment=quiet)
            return find_chromium()
    run([PYTHON, "-m", "playwright", "install", "chromium"])
    return playwright_chromium()


def chromium_command() -> str:
    """The exact command with which a person installs Chromium here."""
    if shutil.which("apt-get"):
        return "sudo apt-get update && sudo apt-get install -y chromium"
    for manager, words in (("dnf", "sudo dnf install -y chromium"), ("apk", "sudo apk add chromium")):
        if shutil.which(manager):
            return words
    return f"{PYTHON.relative_to(ROOT)} -m playwright install chromium"
