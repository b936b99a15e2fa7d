"""Protection: finds what must not be shown, masks it, seals it, and reports what threatens.

The only room that opens wild text. `Screener` is pure; `ProtectionService` keeps the sealed originals.
"""
