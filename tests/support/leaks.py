"""Looking for canaries everywhere: tables, raw bytes of files, logs, answers and streams, in many spellings."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import inspect, text

from doorward.bootstrap import House

CARD = "5105105105105100"
IBAN = "DE75512108001245126199"
EMAIL = "canary.zq7@leaktest.example"
PASSWORD = "Zq7canaryKite!x"
URL_SECRET = "zq7canarytoken99"
CODE = "739184205"

CANARIES = (CARD, IBAN, EMAIL, PASSWORD, URL_SECRET, CODE)

MESSAGES = (
    f"My card {CARD} was declined",
    "my card is 5105 1051 0510 5100, why was it declined?",
    "karte: 5105-1051-0510-5100 geht nicht",
    "kartım ５１０５ １０５１ ０５１０ ５１００ çalışmıyor",
    "karta 5105\u200b1051\u200b0510\u200b5100 не работает",
    f"Bitte überweisen Sie auf {IBAN}",
    "IBAN saya DE75 5121 0800 1245 1261 99 ya",
    f"write to me at {EMAIL} please",
    f"my password is {PASSWORD}",
    f"i got this link https://pay.example.net/x?token={URL_SECRET} is it yours?",
    f"the verification code is {CODE}",
)
"""What a customer types, plain and evaded, in several languages."""


def spellings(value: str) -> Iterator[tuple[str, bytes]]:
    """Yield a canary in the ways in which it could lie somewhere: plain, grouped, hex, base 64, UTF-16."""
    forms = {value}
    if value.isdigit():
        forms |= {" ".join(value[at : at + 4] for at in range(0, len(value), 4))}
        forms |= {"-".join(value[at : at + 4] for at in range(0, len(value), 4))}
    for form in sorted(forms):
        raw = form.encode()
        yield "plain", raw
        yield "utf-16", form.encode("utf-16-le")
        yield "hex", raw.hex().encode()
        yield "HEX", raw.hex().upper().encode()
        for shift in range(3):
            # The middle of the encoded text is the same whatever stands before it.
            encoded = base64.b64encode(b"\0" * shift + raw)
            yield "base64", encoded[4 if shift else 0 : len(encoded) - 4]


def find_leaks(places: Mapping[str, bytes], canaries: Iterable[str] = CANARIES) -> list[str]:
    """Return `place: which canary, in which spelling` for everything that is readable where nothing should be."""
    return [
        f"{place}: canary {number} as {spelling}"
        for number, canary in enumerate(canaries)
        for spelling, needle in spellings(canary)
        for place, content in places.items()
        if needle in content
    ]


def tables(house: House) -> dict[str, bytes]:
    """Return the content of every table of the database, shadow tables included, by name."""
    found: dict[str, bytes] = {}
    with house.database.reader.connect() as connection:
        for name in inspect(connection).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).all()  # noqa: S608 - a name of our own
            cells = (cell for row in rows for cell in row)
            parts = (bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in cells)
            found[f"table {name}"] = b"\n".join(parts)
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Return the raw bytes of every file below a folder, by name."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[f"file {path.relative_to(folder)}"] = path.read_bytes()
    return found
