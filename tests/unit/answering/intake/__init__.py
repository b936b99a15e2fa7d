"""Tests of bringing articles in."""
