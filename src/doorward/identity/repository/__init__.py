"""Identity's SQL, by what it is about. Whatever has no scope says why."""
