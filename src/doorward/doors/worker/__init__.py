"""The worker: walks messages and runs jobs without a web server, for several processes on PostgreSQL."""

from doorward.doors.worker.work import work

__all__ = ["work"]
