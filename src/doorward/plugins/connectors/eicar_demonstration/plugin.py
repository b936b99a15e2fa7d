"""A scanner for demonstrations: it knows one harmless test file."""

from typing import Final

from doorward.protection.ports import AttachmentScanner, Verdict

# The test file of the European Institute for Computer Antivirus Research (eicar.org), in two parts, so that no scanner
# takes this file for it.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class EicarDemonstration:
    """Finds the EICAR test file anywhere in a file, and calls everything else clean. It protects nobody."""

    def scan(self, content: bytes) -> Verdict:
        """See `AttachmentScanner`."""
        if EICAR in content:
            return Verdict(state="infected", finding="EICAR-Test-File", version="demonstration")
        return Verdict(state="clean", version="demonstration")

    def ping(self) -> None:
        """See `AttachmentScanner`: it is always there."""


def build(_kit: object) -> AttachmentScanner:
    """Return the scanner."""
    return EicarDemonstration()
