"""Identity's verbs, by what they are about."""
