"""Questions that are not the company's to answer."""

from doorward.answering.questions.asked import Asked
from doorward.answering.questions.dismissing import dismiss_questions, dismissed_questions, forget_dismissed

__all__ = ["Asked", "dismiss_questions", "dismissed_questions", "forget_dismissed"]
