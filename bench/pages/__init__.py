"""How quick the pages are: the first load, an action to its paint, and two hundred desks on the live stream.

`python3 run.py bench pages` prints JSON; see `docs/reference/benchmarks.md`.
"""
