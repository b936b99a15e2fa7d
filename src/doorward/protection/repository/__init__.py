"""Protection's SQL, a module a table."""
