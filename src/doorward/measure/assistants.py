"""What a first message looks like: a person's, or that of an assistant which speaks for somebody and signs nothing.

For measuring how many there are, with how sure that is, and for nothing else: no look at one message is sure, people
write like assistants and assistants like people, and nobody is served differently for it. Pure.
"""

import re
from typing import Final, Literal

Look = Literal["plain", "weak", "strong", "told", "signed"]
"""`told`: it says itself what it is · `strong`, `weak`: several signs of how assistants write, or one · `plain`: none ·
`signed`: a machine that signed what it sent, about which nothing has to be guessed."""

LOOKS: Final[tuple[Look, ...]] = ("plain", "weak", "strong", "told")
"""What is not signed can look like."""
_READ: Final = 4000
"""Characters that are looked at."""

_ASSISTANTS: Final = re.compile(
    r"\b(?:chatgpt-user|claude-user|perplexity-user|mistralai-user|google-agent|gemini-deep-research|operator)\b"
)
_PROGRAMS: Final = re.compile(
    r"\A(?:python-|curl/|wget/|go-http-client|okhttp|node|axios|java/|apache-httpclient|libwww|aiohttp)"
)
_SELF: Final = (
    # English
    r"\bi(?:['\u2019]m| am) (?:an?|the) (?:ai|automated|virtual|digital|artificial)\b",
    r"\bas (?:an?|the) (?:ai|automated|virtual|digital)(?: \w+)? ?(?:assistant|agent)",
    r"\b(?:ai|automated|virtual|digital) (?:assistant|agent) (?:acting|calling|contacting|speaking|writing)",
    r"\bthis is (?:an?|the) (?:ai|automated|virtual|digital)\b",
    r"\bmy (?:user|principal)\b",
    r"\[automated (?:request|message)\]",
    # German
    r"\bich bin ein(?:e)? (?:ki\b|automatisch|virtuell|digital|künstlich)",
    r"\bals (?:ki|automatische|virtuelle|digitale)\w*[- ](?:assistent|agent)",
    r"\bhier (?:schreibt|spricht) ein(?:e)? (?:ki\b|automatisch|virtuell|digital)",
    r"\bmein(?:e[smn])? (?:nutzer|auftraggeber)",
    r"\[automatische (?:anfrage|nachricht)\]",
    # Turkish
    r"\byapay zek[aâ] (?:asistanıyım|temsilcisiyim|ajanıyım)",
    r"\b(?:otomatik|sanal|dijital)(?: bir)? asistan(?:ım|ıyım| olarak)",
    r"\bkullanıcım(?:ın)? (?:adına|beni|için)|\bkullanıcı beni\b",
    r"\[otomatik (?:talep|mesaj)\]",
    # Indonesian
    r"\bsaya (?:adalah )?(?:asisten|agen) (?:ai|otomatis|virtual|digital)",
    r"\bsebagai (?:asisten|agen) (?:ai|otomatis|virtual|digital)",
    r"\bpengguna saya\b",
    r"\[(?:permintaan|pesan) otomatis\]",
    # Russian
    r"\bя (?:ии\b|автоматический|виртуальный|цифровой)",
    r"\bкак (?:ии\b|автоматический|виртуальный|цифровой)",
    r"\bмо(?:й|его|ему|им) (?:пользовател|доверител)",
    r"\[автоматический (?:запрос|обращение)\]",
)
_TOLD: Final = re.compile("|".join(_SELF))
_FORMULAS: Final = (
    r"\bhope this (?:message|email) finds you|\breaching out (?:regarding|to)|\bwriting to (?:inquire|request)"
    r"|\bich hoffe, diese nachricht|\bumarım bu mesaj|\bsemoga pesan ini|надеюсь, это (?:сообщение|письмо)"
)
"""With which such letters begin."""
_ASKING: Final = (
    r"\bplease (?:provide|share) (?:the|me)|\bcould you (?:please |kindly )?provide"
    r"|\bbitte (?:teilen sie (?:mir )?folgendes|nennen sie:)|\blütfen (?:şunları )?belirtin"
    r"|\bmohon (?:sebutkan|berikan|informasikan)|пожалуйста, (?:укажите|предоставьте)"
)
"""With which they ask."""
_SIGNS: Final = tuple(
    map(
        re.compile,
        (
            r"(?m)(?:^\s{0,3}(?:[-*\u2022]|\d{1,2}[.)])\s.*(?:\n|\Z)){2}",  # a list, line by line
            r"(?m)(?:^\W{0,4}[^\W\d][^\n:.!?]{2,30}:.*(?:\n|\Z)){2}",  # named fields, line by line
            r"(?s)\b1[.)] .{2,200}\b2[.)] ",  # a list within a line
            r"\*\*[^*\n]{2,60}\*\*|(?m:^#{1,4} \w)",  # marks of Markdown
            _FORMULAS,
            _ASKING,
        ),
    )
)
_MANY: Final = 2


def look_of(text: str, *, user_agent: str = "") -> Look:
    """Return what a masked first message looks like; `user_agent` is what the program said of itself that sent it."""
    agent, plain = user_agent[:400].casefold(), text[:_READ].casefold()
    if _ASSISTANTS.search(agent) or _TOLD.search(plain):
        return "told"
    signs = sum(one.search(plain) is not None for one in _SIGNS)
    if signs >= _MANY or _PROGRAMS.match(agent):
        return "strong"
    return "weak" if signs else "plain"
