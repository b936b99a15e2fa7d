"""The heart of flood control: who goes first, who is counted, what is noticed. Pure, or bounded in memory; no doors."""

from doorward.admission.flood.admitting import Admittance, AdmittedBecause, Further, Way, admit
from doorward.admission.flood.alert import (
    LEVELS,
    Alert,
    AlertChange,
    AlertRules,
    Cause,
    Level,
    Override,
    Signal,
    override_level,
    release_override,
    switch_control,
    watch_signals,
)
from doorward.admission.flood.baseline import SLOT, SLOTS, WeekProfile, flat_profile, learn_week, profile_of, rescale
from doorward.admission.flood.callers import CLASSES, Arriving, Caller, CallerClass, class_of, rank_of
from doorward.admission.flood.capacity import CapacityRules, Occupancy, expect_wait, may_serve, people_for
from doorward.admission.flood.concurrency import WorkLimit, WorkLimitRules, adapt_limit
from doorward.admission.flood.frequent import CountsFrequent, Frequent, FrequentKeys
from doorward.admission.flood.gate import WorkGate
from doorward.admission.flood.nonces import Nonces, NonceSeen
from doorward.admission.flood.quotas import WITHIN, Counted, Quota, Quotas
from doorward.admission.flood.rate import TICK, ArrivalRate, RateRules, RateTest, begin_day, factor_of, observe_tick
from doorward.admission.flood.shares import (
    ShareDrift,
    ShareRules,
    ShareTest,
    learn_shares,
    observe_contact,
    prepare_test,
)
from doorward.admission.flood.signals import Measured, read_signals

__all__ = [
    "CLASSES",
    "LEVELS",
    "SLOT",
    "SLOTS",
    "TICK",
    "WITHIN",
    "Admittance",
    "AdmittedBecause",
    "Alert",
    "AlertChange",
    "AlertRules",
    "ArrivalRate",
    "Arriving",
    "Caller",
    "CallerClass",
    "CapacityRules",
    "Cause",
    "Counted",
    "CountsFrequent",
    "Frequent",
    "FrequentKeys",
    "Further",
    "Level",
    "Measured",
    "NonceSeen",
    "Nonces",
    "Occupancy",
    "Override",
    "Quota",
    "Quotas",
    "RateRules",
    "RateTest",
    "ShareDrift",
    "ShareRules",
    "ShareTest",
    "Signal",
    "Way",
    "WeekProfile",
    "WorkGate",
    "WorkLimit",
    "WorkLimitRules",
    "adapt_limit",
    "admit",
    "begin_day",
    "class_of",
    "expect_wait",
    "factor_of",
    "flat_profile",
    "learn_shares",
    "learn_week",
    "may_serve",
    "observe_contact",
    "observe_tick",
    "override_level",
    "people_for",
    "prepare_test",
    "profile_of",
    "rank_of",
    "read_signals",
    "release_override",
    "rescale",
    "switch_control",
    "watch_signals",
]
