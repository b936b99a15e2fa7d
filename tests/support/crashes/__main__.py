"""`python -m tests.support.crashes`: the nursery. It reads lives from its input; see `nursery`."""

from tests.support.crashes.nursery import serve

if __name__ == "__main__":
    serve()
