"""Scorecards: by what conversations are judged."""
