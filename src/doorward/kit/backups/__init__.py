"""Backups: one sealed file with everything that a database holds, or with all keys; read before it is believed."""

from doorward.kit.backups.contents import Opening, Part
from doorward.kit.backups.database import Checked, Origin, Restored, check_backup, restore_database, write_database
from doorward.kit.backups.keys import check_keys, restore_keys, write_keys
from doorward.kit.backups.locks import BackupKey, Passphrase, Recipient, Secret, new_backup_key
from doorward.kit.backups.stream import kind_of, lock_of
from doorward.kit.backups.unusable import BackupUnusable

__all__ = [
    "BackupKey",
    "BackupUnusable",
    "Checked",
    "Opening",
    "Origin",
    "Part",
    "Passphrase",
    "Recipient",
    "Restored",
    "Secret",
    "check_backup",
    "check_keys",
    "kind_of",
    "lock_of",
    "new_backup_key",
    "restore_database",
    "restore_keys",
    "write_database",
    "write_keys",
]
