"""Plugins that break, for the scratch house alone: their errors carry what customers wrote, as careless code's would."""
