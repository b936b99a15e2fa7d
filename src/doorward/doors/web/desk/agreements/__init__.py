"""The page of what second persons are asked."""
