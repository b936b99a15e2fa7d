"""What was heard in a message that may be an answer: everything that any question could have asked for, found once."""

import msgspec

LAST = -1
"""The ordinal of 'the last one'."""


class Number(msgspec.Struct, frozen=True):
    """A number that was said: in hundredths, so that '12.50' is 1250 and 'three' is 300."""

    hundredths: int

    @property
    def whole(self) -> int | None:
        """Return it as a whole number, None if it is none."""
        return self.hundredths // 100 if self.hundredths % 100 == 0 else None


class Masked(msgspec.Struct, frozen=True, kw_only=True):
    """A masked place of the message: its kind, where the original lies, and how it is shown (`[PHONE·89]`)."""

    kind: str
    span_id: str
    shown: str


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A message as an answer, said in the conversation `conversation_id`. Everything in it comes from masked text.

    `agrees` is True for a yes, False for a no, None for neither. `unable`: cannot sign in, has no way to their mail or
    telephone; `corrects`: says that something is meant instead; `other`: the other one; `every`: all of them;
    `one_more`: the same for another one besides;
    `cancels`: wants none of it any more; `asks`: a question; `wonders`: one that wants to know something ('what',
    'how'); `belated`: a yes, but to what was asked before; `supposes`: speaks of something without asking for it as it
    stands ('how do I …', 'if it happens again, …'). `ordinals` count from 1, `LAST` is the last. `digits` are runs of
    digits as written, those of tails among them, `words` the words as written in lower case, `denied` those of them
    that are denied ('not the first'), `codes` the codes of the procedure whose names were said. What is denied is among
    no digits, ordinals and codes. `dates` are ISO 8601. `unwanted` are the keys of the procedure's questions for a yes
    whose own words are denied ('block it, I want no new card').
    """

    message_id: str = ""
    conversation_id: str = ""
    language: str = ""
    text: str = ""
    words: tuple[str, ...] = ()
    agrees: bool | None = None
    cancels: bool = False
    unable: bool = False
    corrects: bool = False
    other: bool = False
    every: bool = False
    one_more: bool = False
    asks: bool = False
    wonders: bool = False
    belated: bool = False
    supposes: bool = False
    ordinals: tuple[int, ...] = ()
    digits: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    dates: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    masked: tuple[Masked, ...] = ()
    unwanted: tuple[str, ...] = ()
    today: str = ""
