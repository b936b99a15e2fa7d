"""German: `messages/` and `lexicon/` beside this file."""

from pathlib import Path

from doorward.kit.i18n import read_pack_folder
from doorward.vocabulary.language import LanguagePack


def build(_kit: object) -> LanguagePack:
    """Return the pack. Raises `PackUnreadable` when its files are damaged."""
    folder = read_pack_folder(Path(__file__).parent)
    return LanguagePack(
        code="de",
        name="Deutsch",
        messages=folder.messages,
        lexicon=folder.lexicon,
        values=folder.values,
        stemmer="german",
    )
