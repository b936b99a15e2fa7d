"""Flood control over a test's database."""

import pytest

from doorward.admission.together import QuotasTogether
from doorward.flow.flood import FloodControl, FloodWatch, Levers
from doorward.kit.clock import FixedClock
from doorward.kit.i18n import Translator
from doorward.kit.settings import Flood
from doorward.kit.tenant_settings import TenantSettings
from doorward.kit.tx import Transactions
from doorward.vocabulary.text import MaskedText
from tests.support.words import packs

SECRET = b"f" * 32


def control_of(transactions: Transactions, clock: FixedClock) -> FloodControl:
    """Flood control as a process of its own would have it."""
    quotas = QuotasTogether.alone(clock, secret=SECRET)
    return FloodControl(transactions, clock=clock, quotas=quotas, settings=Flood())


def watch_of(transactions: Transactions, control: FloodControl) -> FloodWatch:
    """The watch of that process."""
    return FloodWatch(transactions, control, settings_of=lambda _tenant_id: TenantSettings())


@pytest.fixture
def control(transactions: Transactions, clock: FixedClock) -> FloodControl:
    """Flood control of a process."""
    return control_of(transactions, clock)


@pytest.fixture
def watch(transactions: Transactions, control: FloodControl) -> FloodWatch:
    """The watch of the same process."""
    return watch_of(transactions, control)


@pytest.fixture
def levers(transactions: Transactions, control: FloodControl, watch: FloodWatch) -> Levers:
    """What people do about it."""
    return Levers(
        transactions,
        control=control,
        watch=watch,
        translator=Translator(packs()),
        masks=lambda *_: MaskedText("[masked]"),
    )
