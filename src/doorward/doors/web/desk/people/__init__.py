"""People: who is there, why not, and for how long they were."""
