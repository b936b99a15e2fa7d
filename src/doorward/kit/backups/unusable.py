"""The one refusal of everything about backups."""


class BackupUnusable(Exception):
    """A backup cannot be made or used as asked; the sentence says why. Nothing was written."""
