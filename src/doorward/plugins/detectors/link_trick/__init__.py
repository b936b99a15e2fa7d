"""The detector plugin `link_trick`."""
