"""The detector plugin `security_answer`."""
