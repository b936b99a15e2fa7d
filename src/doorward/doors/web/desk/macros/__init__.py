"""Macros: everybody's and one's own, each of steps that are put in order."""
