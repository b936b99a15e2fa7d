"""Questions that are not the company's to answer."""

from doorward.answering.questions.asked import Asked
from doorward.answering.questions.dismissing import (
    count_dismissed,
    dismiss_questions,
    dismissed_questions,
    forget_dismissed,
    restore_questions,
)

__all__ = [
    "Asked",
    "count_dismissed",
    "dismiss_questions",
    "dismissed_questions",
    "forget_dismissed",
    "restore_questions",
]
