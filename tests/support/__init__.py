"""What tests share: databases, a house, plugins, a running server."""
