"""What flood control costs, what it notices and whom it serves, in virtual time."""
