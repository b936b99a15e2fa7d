"""What makes the small heads over embeddings have in common."""
