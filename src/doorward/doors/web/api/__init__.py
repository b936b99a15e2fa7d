"""The JSON API: one file a capability. Every answer is JSON; every error is a problem document."""
