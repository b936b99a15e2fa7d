"""Guests of the house: one folder per channel, detector, policy, language, connector, model or company."""
