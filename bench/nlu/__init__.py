"""What understanding costs: processor time of a message, memory, training, beside its peers."""
