"""Canaries: made-up secrets, each one of a kind, as customers of five languages type them, plainly and evasively."""

import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Final

import msgspec

ZERO_WIDTH: Final = "\u200b"
LANGUAGES: Final = ("en", "de", "tr", "id", "ru")

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "CARD": {
        "en": "My card number is {}, please check it",
        "de": "Meine Kartennummer ist {}, bitte prüfen",
        "tr": "Kart numaram {}, kontrol eder misiniz",
        "id": "Nomor kartu saya {}, tolong dicek",
        "ru": "Номер моей карты {}, проверьте пожалуйста",
    },
    "IBAN": {
        "en": "Send it to my IBAN {} today",
        "de": "Bitte auf meine IBAN {} überweisen",
        "tr": "IBAN numaram {} olarak kayıtlı",
        "id": "Kirim ke IBAN {} hari ini",
        "ru": "Переведите на IBAN {} сегодня",
    },
    "PHONE": {
        "en": "Call me on {} tomorrow",
        "de": "Rufen Sie mich unter {} an",
        "tr": "Beni {} numarasından arayın",
        "id": "Telepon saya di {} besok",
        "ru": "Позвоните мне по номеру {} завтра",
    },
    "EMAIL": {
        "en": "Write to {} please",
        "de": "Schreiben Sie an {} bitte",
        "tr": "Lütfen {} adresine yazın",
        "id": "Tulis ke {} ya",
        "ru": "Напишите на {} пожалуйста",
    },
    "IP": {
        "en": "Somebody signed in from {} last night",
        "de": "Jemand hat sich von {} angemeldet",
        "tr": "Birisi {} adresinden giriş yaptı",
        "id": "Ada yang masuk dari {} semalam",
        "ru": "Кто-то вошёл с адреса {} ночью",
    },
    "URL": {
        "en": "I got this link {} by mail",
        "de": "Ich habe diesen Link {} bekommen",
        "tr": "Bana {} bağlantısı geldi",
        "id": "Saya dapat tautan {} lewat surel",
        "ru": "Мне пришла ссылка {} по почте",
    },
    "ONE_TIME_CODE": {
        "en": "The code you sent me is {}",
        "de": "Der Code aus der SMS lautet {}",
        "tr": "Gelen doğrulama kodu {}",
        "id": "Kode OTP saya {}",
        "ru": "Код из смс: {}",
    },
    "PIN": {
        "en": "My PIN is {}",
        "de": "Meine PIN ist {}",
        "tr": "PIN kodum {}",
        "id": "PIN saya {}",
        "ru": "Мой ПИН-код {}",
    },
    "PASSWORD": {
        "en": "My password is {}",
        "de": "Mein Passwort ist {}",
        "tr": "Şifrem {}",
        "id": "Kata sandi saya {}",
        "ru": "Мой пароль {}",
    },
}


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """One made-up secret: what it is, how it was typed, in which sentence. `secret` is the part nobody may see."""

    kind: str
    language: str
    form: str
    value: str
    typed: str
    secret: str
    sentence: str

    @property
    def name(self) -> str:
        """Return what a message may say about it."""
        return f"{self.kind} {self.language} {self.form}"

    @property
    def bare(self) -> str:
        """Return letters and digits of the secret, whatever it was typed with."""
        return bare(self.secret)


def bare(text: str) -> str:
    """Return letters and digits of a text, in their plainest form."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())


def _wide(value: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in value)


def _mixed(value: str) -> str:
    pieces = (_wide(sign) if place % 2 else sign + ZERO_WIDTH * (place % 3 == 0) for place, sign in enumerate(value))
    return "".join(pieces)


FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "plain": lambda value: value,
    "full width": _wide,
    "zero width": ZERO_WIDTH.join,
    "spaced": lambda value: " ".join(value.replace(" ", "").replace("-", "")),
    "mixed": _mixed,
}
NUMBERS: Final = ("CARD", "IBAN", "PHONE", "ONE_TIME_CODE", "PIN")
"""Kinds whose signs people put spaces between."""


def every_canary(*, seed: int) -> Iterator[Canary]:
    """Yield a canary of every kind in every language and every form that fits the kind."""
    chance = Random(seed)
    for kind in SENTENCES:
        for language in LANGUAGES:
            for form in FORMS:
                if kind in NUMBERS or form in {"plain", "full width", "zero width"}:
                    yield plant(kind, language, form, chance=chance)


def short_canaries(*, seed: int) -> Iterator[Canary]:
    """Yield a plain canary of every kind."""
    chance = Random(seed)
    for number, kind in enumerate(SENTENCES):
        yield plant(kind, LANGUAGES[number % len(LANGUAGES)], "plain", chance=chance)


def plant(kind: str, language: str, form: str, *, chance: Random) -> Canary:
    """Make a canary."""
    value = _VALUES[kind](chance, language)
    typed = FORMS[form](value)
    secret = value.partition("?")[2] if kind == "URL" else value
    return Canary(
        kind=kind,
        language=language,
        form=form,
        value=value,
        typed=typed,
        secret=secret,
        sentence=SENTENCES[kind][language].format(typed),
    )


def _digits(chance: Random, count: int) -> str:
    # No run of equal digits at the beginning, which detectors may take for an example.
    return chance.choice("23456789") + "".join(chance.choice(string.digits) for _ in range(count - 1))


def _letters(chance: Random, count: int) -> str:
    return "".join(chance.choice(string.ascii_lowercase) for _ in range(count))


def _card(chance: Random, _language: str) -> str:
    body = "4929" + _digits(chance, 11)
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(body)]
    check = -sum(number - 9 * (number > 9) for number in doubled) % 10
    whole = f"{body}{check}"
    return " ".join(whole[start : start + 4] for start in range(0, 16, 4))


def _iban(chance: Random, language: str) -> str:
    country, account = {
        "en": ("GB", "NWBK" + _digits(chance, 14)),
        "tr": ("TR", "00061" + "0" + _digits(chance, 16)),
    }.get(language, ("DE", "37040044" + _digits(chance, 10)))
    number = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00"))
    whole = f"{country}{98 - number % 97:02d}{account}"
    return " ".join(whole[start : start + 4] for start in range(0, len(whole), 4))


def _phone(chance: Random, language: str) -> str:
    number = _digits(chance, 7)
    return {
        "en": f"+44 7911 {number[:6]}",
        "de": f"+49 170 {number}",
        "tr": f"+90 532 {number[:3]} {number[3:5]} {number[5:]}",
        "id": f"+62 812 {number[:4]} {_digits(chance, 4)}",
        "ru": f"+7 916 {number[:3]}-{number[3:5]}-{number[5:]}",
    }[language]


_VALUES: Final[Mapping[str, Callable[[Random, str], str]]] = {
    "CARD": _card,
    "IBAN": _iban,
    "PHONE": _phone,
    "EMAIL": lambda chance, _: f"{_letters(chance, 7)}.{_letters(chance, 9)}@example.org",
    "IP": lambda chance, _: ".".join(str(chance.randint(100, 199)) for _ in range(4)),
    "URL": lambda chance, _: f"https://login.example.com/reset?token={_letters(chance, 20)}",
    # Longer than real ones, so that no number in a database is one of them by chance.
    "ONE_TIME_CODE": lambda chance, _: _digits(chance, 10),
    "PIN": lambda chance, _: _digits(chance, 10),
    "PASSWORD": lambda chance, _: f"Zq7!{_letters(chance, 9)}{_digits(chance, 3)}",
}
