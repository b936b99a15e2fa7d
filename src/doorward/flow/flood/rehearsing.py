"""What reads the messages of a drill: the reader and the recogniser of campaigns that the walk has, and no other."""

from collections.abc import Callable, Sequence
from typing import Final

from doorward.admission.campaigns import Recogniser
from doorward.admission.drill import Message
from doorward.flow.flood.likeness import kept_of
from doorward.understanding import Reader
from doorward.vocabulary.ids import MessageId
from doorward.vocabulary.reading import Reading

_SECRET: Final = bytes(32)
"""Nobody attacks a drill: a fixed one makes it the same each time."""

_TOGETHER: Final = 256
"""Texts that are read between two words about how far it is."""

Text = tuple[str, str]
"""The language that it is known to be in, and the text."""


class CampaignDetector:
    """Flags messages as the walk would (`LooksAtTexts`): it is given moments, languages and texts, and nothing else.

    Each crowd meets a recogniser that knows what is usual and has seen nobody yet. A text that comes again is read
    once; what was read is kept for the next crowd. Not thread-safe.
    """

    def __init__(
        self, reader: Reader, usual: Sequence[Text], *, tell: Callable[[int, int], None] = lambda _done, _of: None
    ) -> None:
        """Take the reader, and what is usual at the company: 64 texts, or nothing is ever flagged.

        `tell` hears how many texts of how many have been read.
        """
        self._reader, self._usual, self._tell = reader, tuple(usual), tell
        self._read: dict[Text, Reading] = {}

    def look(self, messages: Sequence[Message]) -> list[bool]:
        """Return for each message whether it is taken for one of a campaign, knowing those before it.

        Raises `Unavailable` or `Misconfigured` without an encoder.
        """
        said = [(message.language, message.text) for message in messages]
        self._read_all([*self._usual, *said])
        usual = [self._read[one] for one in self._usual]
        recogniser = Recogniser(usual, secret=_SECRET, encoder_id=self._reader.encoder_id)
        return [
            kept_of(recogniser.look(self._read[one], message_id=MessageId(str(number)), at=message.at)).flagged
            for number, (one, message) in enumerate(zip(said, messages, strict=True))
        ]

    def _read_all(self, texts: Sequence[Text]) -> None:
        unread = [one for one in dict.fromkeys(texts) if one not in self._read]
        for begin in range(0, len(unread), _TOGETHER):
            self._tell(begin, len(unread))
            some = unread[begin : begin + _TOGETHER]
            readings = self._reader.read_all(
                [text for _, text in some],
                languages=self._reader.languages,
                hints=[language for language, _ in some],
            )
            self._read.update(zip(some, readings, strict=True))
