"""Where a language model is used: for the words of an answer, and for a summary that goes to people."""

from doorward.flow.language_model.leaving import Leaving
from doorward.flow.language_model.paying import Paying
from doorward.flow.language_model.summarising import Summarising
from doorward.flow.language_model.wording import Wording

__all__ = ["Leaving", "Paying", "Summarising", "Wording"]
