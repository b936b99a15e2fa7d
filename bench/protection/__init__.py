"""The guards beside their peers: speed, latency, memory and start, in one run on the same texts."""
