"""The check sums of crypto addresses.

Base58Check as in Bitcoin's technical background of version 1 addresses (four bytes of a double SHA-256), Bech32 as in
BIP-173, Bech32m as in BIP-350.
"""

import hashlib
from typing import Final

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUM, _BECH32M_SUM = 1, 0x2BC830A3
_PAYLOAD, _SUM = 21, 4  # bytes: a version and 20 bytes of a hash, then the check sum

VERSIONS: Final = frozenset({0x00, 0x05, 0x1E, 0x16, 0x30, 0x32, 0x3A, 0x41, 0x4C, 0x10, 0x6F, 0xC4})
"""First bytes in use: Bitcoin 00 05, Dogecoin 1e 16, Litecoin 30 32, Tron 41, Dash 4c 10, tests 3a 6f c4."""


def passes_base58check(value: str) -> bool:
    """Return whether `value` is an address in Base58 of a known version with a right check sum."""
    number = 0
    for character in value:
        digit = _BASE58.find(character)
        if digit < 0:
            return False
        number = number * 58 + digit
    if number.bit_length() > 8 * (_PAYLOAD + _SUM):
        return False
    decoded = number.to_bytes(_PAYLOAD + _SUM, "big")
    payload, check = decoded[:_PAYLOAD], decoded[_PAYLOAD:]
    # Each leading zero byte is written as one '1'.
    zeros = len(decoded) - len(decoded.lstrip(b"\0"))
    right = hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:_SUM] == check
    return right and payload[0] in VERSIONS and zeros == len(value) - len(value.lstrip("1"))


def passes_bech32(value: str) -> bool:
    """Return whether `value`, in small letters, ends with a right check sum of Bech32 or Bech32m."""
    prefix, _, data = value.rpartition("1")
    numbers = [_BECH32.find(character) for character in data]
    if not prefix or len(numbers) < 6 or -1 in numbers:
        return False
    expanded = [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]
    return _polymod(expanded + numbers) in {_BECH32_SUM, _BECH32M_SUM}


def _polymod(values: list[int]) -> int:
    """Return the remainder of the BCH code over 5-bit values (BIP-173)."""
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            if top >> place & 1:
                remainder ^= generator
    return remainder
