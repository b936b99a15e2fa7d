"""Risk: how risky a contact is, and why."""

from doorward.risk.assessing import Assessor

__all__ = ["Assessor"]
