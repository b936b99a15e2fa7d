"""A translator for tests: what it makes of a text shows the languages, and it can be told to fail in every way."""

from collections.abc import Callable

from doorward.bootstrap import House
from doorward.flow.desk import DeskRooms
from doorward.vocabulary.errors import Unavailable


class FakeTranslator:
    """Says `Bonjour -> de` before the text that it was given, with what is masked as it came, unless told otherwise."""

    id = "fake/1"

    def __init__(self, change: Callable[[str], str] = lambda text: text) -> None:
        """`change` is what becomes of an answer before it goes back."""
        self.change = change
        self.asked: list[str] = []

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Note what was asked, and answer."""
        self.asked.append(text)
        return self.change(f"({source} > {target}) {text}")


class SilentTranslator(FakeTranslator):
    """Has no translation now."""

    def translate(self, text: str, *, source: str, target: str) -> str:
        """Refuse."""
        self.asked.append(text)
        raise Unavailable(f"no translation from {source} to {target}")


def give_translator(house: House, translator: FakeTranslator) -> None:
    """Let a house that is already built translate by `translator`."""
    translating = house.desk.translating
    rooms: DeskRooms = translating._rooms
    translating._rooms = rooms._replace(text_translator=translator)
