"""What can be reported on: reports that are looked at, and those that are told of by mail."""

from typing import Literal

ReportKind = Literal[
    "volume",
    "times",
    "levels",
    "agents",
    "presence",
    "labels",
    "channels",
    "languages",
    "satisfaction",
    "reviews",
    "machines",
]
