"""The doors: parse, call one verb or read one view, render."""
