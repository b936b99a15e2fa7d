"""Measurements, run by hand: `python3 run.py bench NAME`. Nothing here asserts a time."""
