"""Conditions beside another compiler of the same language; docs/decisions/0033-expressions.md."""
