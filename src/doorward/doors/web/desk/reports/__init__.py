"""Reports, and when they are told of by mail."""
