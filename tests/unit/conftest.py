"""Unit tests find the log as a process finds it at its start, whatever ran before them."""

import pytest
import structlog


@pytest.fixture(autouse=True)
def unconfigured_log() -> None:
    """Forget what level and stream an earlier test chose: events below its level would not be seen."""
    structlog.reset_defaults()
