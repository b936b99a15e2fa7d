"""`python3 run.py migration "Add the queue's priority."`: write the next step; `--first` writes 0001 anew.

Read what it writes: Alembic sees added and removed columns, tables and indexes, but not what a rename means or what old
rows should hold. A test compares the result with the tables on both databases.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.types import TypeDecorator

from doorward.kit.db import Database
from doorward.kit.db.migrate import alembic_config, migrate
from doorward.migrations.schema import all_tables, is_compared
from tools.environment import PROGRAMS

FIRST = ("0001", "Make the first tables.")


def write_step(sentence: str, *, first: bool) -> Path | None:
    """Write the next step's file and return it, or None when the history already leads to the tables of the code."""
    all_tables()
    directory = ScriptDirectory.from_config(alembic_config())
    if first:
        for old in Path(directory.versions).glob(f"{FIRST[0]}_*.py"):
            old.unlink()
        directory = ScriptDirectory.from_config(alembic_config())
    head = directory.get_current_head()
    number = f"{int(head or 0) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/empty.db")
        if head is not None:
            migrate(database)
        written = compare_and_write(database, number, sentence)
        database.close()
    if written is not None:
        tidy(written)
    return written


def compare_and_write(database: Database, number: str, sentence: str) -> Path | None:
    """Have Alembic compare and write; an empty difference leaves no file."""
    with database.writer.connect() as connection:
        config = alembic_config(connection=connection)
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.attributes["render_item"] = plain_type
        config.attributes["include_name"] = is_compared
        config.attributes["process_revision_directives"] = drop_if_empty
        found = command.revision(config, sentence, autogenerate=True, rev_id=number)
    if found is None or isinstance(found, list):
        return None
    return Path(found.path)


def tidy(written: Path) -> None:
    """Take Alembic's remarks out and bring the file into our form."""
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    written.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    for words in (["format"], ["check", "--fix"], ["format"]):
        subprocess.run([PROGRAMS / "ruff", *words, "--quiet", written], check=True)


def plain_type(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as what the database sees, so that old steps outlive changes of our code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def drop_if_empty(_context: object, _revision: object, directives: list[object]) -> None:
    """Write no file when there is no difference."""
    if directives and directives[0].upgrade_ops.is_empty():  # type: ignore[attr-defined]  # Alembic types it as object
        directives.clear()


def main(words: list[str]) -> int:
    """Read the command line and write the step; the exit code."""
    parser = argparse.ArgumentParser(prog="run.py migration", description=__doc__)
    parser.add_argument("sentence", nargs="?", default="", help="what the step does, as a sentence")
    parser.add_argument("--first", action="store_true", help="before the first release: write 0001 anew")
    arguments = parser.parse_args(words)
    sentence = FIRST[1] if arguments.first else arguments.sentence
    if not re.fullmatch(r"[A-Z].{5,60}\.", sentence):
        parser.error('say what the step does, as in: python3 run.py migration "Add the priority of the queue."')
    written = write_step(sentence, first=arguments.first)
    print(f"wrote {written}" if written else "nothing to write: the history leads to the tables of the code")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
