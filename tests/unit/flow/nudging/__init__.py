"""Tests of nudges in the walk."""
