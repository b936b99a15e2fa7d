"""What customers want: intents, their phrases, what was learnt of them, and what is missing."""
