"""Machine customers: the platforms and keys that a company lets speak."""
