"""English: sentences, words and case rules."""
