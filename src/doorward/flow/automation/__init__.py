"""Rules that act: lines of the ledger and the clock give them causes, jobs carry them out, each once."""

from doorward.flow.automation.acting import RuleJob
from doorward.flow.automation.following import Follower
from doorward.flow.automation.timing import Timekeeper
from doorward.flow.automation.work import RuleWork

__all__ = ["Follower", "RuleJob", "RuleWork", "Timekeeper"]
