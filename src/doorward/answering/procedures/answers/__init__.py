"""Understanding what a customer answers: what was said, and whether it can be taken."""
