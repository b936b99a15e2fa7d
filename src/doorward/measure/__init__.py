"""Measures: what the figures are and how they are computed from conversation cards."""

from doorward.measure.figures import Contact, Figures, figures_of, quantile

__all__ = ["Contact", "Figures", "figures_of", "quantile"]
