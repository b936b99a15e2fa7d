"""Links to other sites: whether something is there is looked at when somebody asks."""

from doorward.answering.links.asking import Asking, Looks
from doorward.answering.links.jobs import LinkChecker
from doorward.answering.links.service import Links
from doorward.answering.links.values import LinkCheck, Verdict

__all__ = ["Asking", "LinkCheck", "LinkChecker", "Links", "Looks", "Verdict"]
