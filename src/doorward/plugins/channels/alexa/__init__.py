"""The channel of Alexa skills."""
