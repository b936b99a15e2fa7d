"""German: sentences, words and case rules."""
