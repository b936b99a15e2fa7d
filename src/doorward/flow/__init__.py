"""The walk of a contact and the journeys that need several rooms."""
