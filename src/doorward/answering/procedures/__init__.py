"""Procedures: read and checked as data, walked by a pure machine, kept while they wait."""
