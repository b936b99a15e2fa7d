"""Canned replies: everybody's and one's own."""
