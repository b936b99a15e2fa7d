"""Addresses: what is this computer alone, and what is a network."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this computer and nothing else."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
