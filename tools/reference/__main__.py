"""`python3 run.py docs`: write docs/reference/*.md anew."""

import sys

from tools.reference.pages import FOLDER, pages
from tools.terminal import ROOT, say


def main() -> int:
    """Write every page that is not as it should be; the exit code. Pages written by hand are left alone."""
    wanted = pages()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in wanted.items():
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            say("docs", f"wrote {file.relative_to(ROOT)}")
    say("docs", f"{len(wanted)} pages are as the code is")
    return 0


if __name__ == "__main__":
    sys.exit(main())
