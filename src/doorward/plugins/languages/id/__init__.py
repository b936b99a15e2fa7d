"""Indonesian: sentences, words and case rules."""
