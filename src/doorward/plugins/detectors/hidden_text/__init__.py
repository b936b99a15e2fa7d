"""The detector plugin `hidden_text`."""
