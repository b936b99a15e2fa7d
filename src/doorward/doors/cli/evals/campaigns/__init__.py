"""How well campaigns are recognised and crowds left alone, by messages played into a stream of ordinary ones."""

from doorward.doors.cli.evals.campaigns.judging import judge_campaigns
from doorward.doors.cli.evals.campaigns.playing import Setting

__all__ = ["Setting", "judge_campaigns"]
