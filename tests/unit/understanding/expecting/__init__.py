"""Tests of what is expected before the first word."""
