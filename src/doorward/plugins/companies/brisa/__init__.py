"""Brisa: a small coffee and tea shop, the second company of the demo."""
