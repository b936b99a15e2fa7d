"""Training of the model that finds names and addresses: `python3 run.py naming`."""
