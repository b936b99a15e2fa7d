"""Plugins that break, for the scratch house alone: their errors carry what customers wrote, as careless ones do."""
