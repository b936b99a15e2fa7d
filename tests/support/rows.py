"""Made-up rows for every table of a database at any step of its history, and all that it holds, for comparing."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    inspect,
    text,
)
from sqlalchemy.types import TypeEngine

from doorward.kit.db import Database
from doorward.kit.db.migrate import upgrade_within
from doorward.kit.db.snapshot import columns_of, rows_of
from doorward.kit.db.types import Json
from doorward.migrations.schema import all_tables

ROWS = 3
Held = dict[str, set[tuple[tuple[str, Any], ...]]]


def value_for(kind: TypeEngine[Any], column: str, number: int, *, is_json: bool) -> Any:
    """A value of a column's type that is another one in every row; words of a full-text index have no order."""
    if column == "terms":
        return f"term{number}"
    if is_json:
        return f'{{"number":{number},"wörd":"ş"}}'
    match kind:
        case Boolean():
            return number % 2 == 0
        case Float() | Numeric():
            return number + 0.25
        case Integer():
            return 1_700_000_000_000_000 + number if column.endswith("at") else number
        case LargeBinary():
            return bytes((number, 0, 255)) + column.encode()
    words = f"{number} ığüş Привет {column}"
    return words[: getattr(kind, "length", None) or len(words)]


def fill_every_table(database: Database) -> int:
    """Put a few rows into every table that there is; return how many."""
    known = all_tables().tables
    count = 0
    with database.writer.connect() as connection, connection.begin():
        for name in columns_of(connection):
            table = Table(name, MetaData(), autoload_with=connection)
            json = (
                {column.name for column in known[name].columns if isinstance(column.type, Json)}
                if name in known
                else set()
            )
            rows = [
                {
                    column.name: value_for(column.type, column.name, number, is_json=column.name in json)
                    for column in table.columns
                }
                for number in range(1, ROWS + 1)
            ]
            connection.execute(table.insert(), rows)
            count += len(rows)
    return count


def make_tables(database: Database, revision: str) -> None:
    """Make the tables of a step of the history in an empty database."""
    with database.writer.connect() as connection, connection.begin():
        upgrade_within(connection, revision)


def everything_in(database: Database) -> Held:
    """Every row of every table, by columns."""
    with database.reader.connect() as connection:
        return {
            name: {tuple(zip(columns, row, strict=True)) for row in rows_of(connection, name, columns)}
            for name, columns in columns_of(connection).items()
        }


def table_names(database: Database) -> list[str]:
    """The names of all tables that there are."""
    with database.reader.connect() as connection:
        return inspect(connection).get_table_names()


def say(database: Database, statement: str) -> None:
    """Change a database by hand."""
    with database.writer.begin() as connection:
        connection.execute(text(statement))
