"""How fast a message walks, and where the time goes: `python3 run.py bench walk`."""

from doorward.kit.settings import keep_arithmetic_single_threaded

keep_arithmetic_single_threaded()  # as the product does, before anything imports numpy
