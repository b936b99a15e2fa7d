"""A small learned judge of what may be a secret, beside the rules: decision record 0021."""
