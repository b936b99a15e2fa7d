"""The portal: what customers see of themselves and decide for themselves, below `/my/`."""
