"""How well the company is prepared for floods."""
