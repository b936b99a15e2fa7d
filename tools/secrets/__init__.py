"""Training of the judge of secrets: material, variations, examples, weights."""
