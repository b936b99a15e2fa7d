"""A house that was backed up and restored: it serves as before, and has forgotten whom it must forget."""

from pathlib import Path

import pytest
from alembic import command

from doorward.doors.cli.program import run
from doorward.kit.db import Database
from doorward.kit.db.looking import embedded_file
from doorward.kit.db.migrate import alembic_config
from doorward.kit.db.snapshot import columns_of
from doorward.kit.settings import Settings
from tests.journeys.test_shredding import BOB, CARD, a_customer, opened, rows_of, shown
from tests.support.rows import say


def stamp(settings: Settings) -> None:
    """Say that the tables are those of this version: test houses are made without their history."""
    database = Database.open(settings.database_url)
    with database.writer.connect() as connection, connection.begin():
        command.stamp(alembic_config(connection=connection), "head")
    database.close()


def empty(settings: Settings) -> None:
    """Lose the database and the ends of its audits, as a broken disk would; the keys lie elsewhere."""
    file = embedded_file(settings.database_url)
    for head in (settings.folder / "audit").iterdir():
        head.unlink()
    if file is not None:
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink()
        return
    database = Database.open(settings.database_url)
    with database.reader.connect() as connection:
        names = [*columns_of(connection), "alembic_version"]
    for name in names:
        say(database, f'DROP TABLE "{name}"')
    database.close()


def test_a_restored_house_serves_and_has_forgotten_again(
    house_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who was shredded after the backup is gone before anybody is served; what others sealed still opens."""
    stamp(house_settings)
    (tmp_path / "passphrase").write_text("seven lamps of architecture", encoding="utf-8")
    words = ["--passphrase-file", str(tmp_path / "passphrase")]
    words += ["--data", str(house_settings.folder), "--database", house_settings.database_url]
    with opened(house_settings) as (house, scope):
        ada, _span = a_customer(house, scope)
        _bob, his_span = a_customer(house, scope, seed=BOB, conversation="d" * 26)
    assert run(["backup", str(tmp_path / "out"), *words]) == 0
    with opened(house_settings, start=False) as (house, scope):
        house.destruction.shred(scope, ada)
    empty(house_settings)
    capsys.readouterr()
    assert run(["restore", str(tmp_path / "out"), *words]) == 0
    assert "rows" in capsys.readouterr().out
    with opened(house_settings, start=False) as (house, scope):
        assert rows_of(house, scope, ada) == {}
        assert house.transactions.write(scope, lambda tx: shown(house, tx, scope, his_span)) == CARD
    assert run(["audit", "verify", *words[2:]]) == 0
