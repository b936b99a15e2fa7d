"""The page of what was offered unasked."""
