"""The channel by which assistants use the Model Context Protocol."""
