"""Russian: sentences, words and case rules."""
