"""Finding a customer by what they are known by."""
