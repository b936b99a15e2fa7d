"""How prepared a company is: what it has, and how it is played."""
