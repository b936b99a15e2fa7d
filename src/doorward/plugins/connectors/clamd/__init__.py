"""The connector that has ClamAV's daemon scan files."""
