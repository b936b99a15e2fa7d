"""The one history of the tables, for SQLite and PostgreSQL. `kit.db.migrate` walks it; `versions/` holds the steps."""
