"""Tests of nudges as data."""
