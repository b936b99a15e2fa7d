"""Tests of what helps agents."""
