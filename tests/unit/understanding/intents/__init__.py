"""Tests of how intents are learnt."""
