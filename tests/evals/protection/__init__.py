"""How well sensitive data is found: messages in five languages, written apart from the detectors that they judge."""
