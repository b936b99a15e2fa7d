"""Webhooks: whom the company tells, and what became of what was told."""
