"""Training of the head that hears whether a message demands something, and of how signs of campaigns are weighed."""
