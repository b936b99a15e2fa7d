"""Training of the head that hears how somebody feels: `python3 run.py feelings`."""
