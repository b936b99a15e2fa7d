"""Turkish: sentences, words and case rules."""
