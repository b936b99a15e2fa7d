"""Admission: the content-free first look. Who comes, how often, how signed, how large."""

from doorward.admission.limits import MovingWindow, Rate, Rates
from doorward.admission.ports import Channel
from doorward.admission.service import Admission
from doorward.admission.visitors import IssuedToken, Visitor, VisitorTokens

__all__ = ["Admission", "Channel", "IssuedToken", "MovingWindow", "Rate", "Rates", "Visitor", "VisitorTokens"]
