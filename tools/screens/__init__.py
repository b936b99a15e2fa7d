"""`python3 run.py screens`: photographs every page, in both themes and three widths, for somebody to look at."""
