"""Writing the next migration from the difference between the tables in the code and those of the history."""
