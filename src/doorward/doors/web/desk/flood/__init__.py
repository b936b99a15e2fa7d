"""The page of floods: how things stand, who comes, what people may do about it, and who appeals."""
