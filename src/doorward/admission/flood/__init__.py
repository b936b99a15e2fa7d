"""The heart of flood control: who goes first, who is counted, what is noticed. Pure, or bounded in memory; no doors."""
