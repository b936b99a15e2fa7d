"""What the assignment of contacts achieves, beside what hindsight could."""
