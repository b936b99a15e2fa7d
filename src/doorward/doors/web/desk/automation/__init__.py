"""Rules at the desk: in their order, switched on and off, written, tried on the past, and what they did."""
