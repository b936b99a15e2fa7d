"""The web door: JSON API, desk, demo pages, and the addresses of every channel."""
