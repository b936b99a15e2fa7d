"""The report about a screened archive: one page, nothing in it from elsewhere, no raw value."""

from doorward.doors.cli.archive_report.page import Reporter

__all__ = ["Reporter"]
