"""Chats and mails to measure with: customers' questions in five languages, one in eight with something to be found.

The questions are those of a company plugin's cases, so that no sentence was made up for the measurement; what is to be
found is written here around generated values whose check digits hold. The same seed gives the same texts.
"""

import gzip
import json
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from doorward.kit.plugins import discover

LANGUAGES: Final = ("en", "de", "tr", "id", "ru")
ONE_IN: Final = 8
"""One in so many sentences of a chat or mail holds something."""

CHAT, MAIL = 140, 2_000  # characters, on average

_WITH_VALUES: Final = {
    "en": (
        "My card {card} was declined twice, please call me on +44 7911 12{four}.",
        "This is {name} speaking, my e-mail address is {mail}.",
        "I typed the code {six} but the account GB82 WEST 1234 5698 7654 32 is still locked.",
        "Please send the new card to {number} Garden Road, Leeds LS8 4QT.",
    ),
    "de": (
        "Meine IBAN ist {iban} und meine PIN lautet {four}.",
        "Mein Name ist {name}, Sie erreichen mich unter 0170 12{four}7.",
        "Bitte schicken Sie die Karte an die Lindenstraße {number}, 10969 Berlin.",
        "Der Code {six} wurde abgelehnt, meine Adresse ist {mail}.",
    ),
    "tr": (
        "Bana gelen kod {six}, e-postam {mail}, telefonum 0532 123 {four}.",
        "Adım {name}, kart numaram {card}.",
        "Kartı Bağdat Caddesi No: {number}, Kadıköy İstanbul adresine gönderin.",
        "Hesabım TR33 0006 1005 1978 6457 8413 26, şifremi unuttum.",
    ),
    "id": (
        "Kode OTP saya {six}, tolong cek https://example.com/p/{four}?t=abc segera.",
        "Nama saya {name}, nomor saya 0812-3456-{four}.",
        "Kartu saya {card} ditolak, email saya {mail}.",
        "Tolong kirim ke Jalan Melati No. {number}, Bandung 40115.",
    ),
    "ru": (
        "Мой пароль Zima{four}!, телефон 8 (916) 123-45-67, вход с 203.0.113.7.",
        "Меня зовут {name}, карта {card}.",
        "Пришлите карту на улицу Ленина, дом {number}, кв. 12, Казань.",
        "Код {six} не подходит, пишите на {mail}.",
    ),
}
_NAMES: Final = {
    "en": ("Emily Carter", "James Whitfield", "Oliver Nash", "Grace Holloway", "Harriet Lowe", "Samuel Price"),
    "de": ("Anna Schubert", "Jürgen Maier", "Lena Hofmann", "Karl-Heinz Vogt", "Sabine Lorenz", "Tobias Kern"),
    "tr": ("Ayşe Yıldırım", "Mehmet Kaya", "Zeynep Demir", "Emre Şahin", "Elif Aydın", "Mustafa Çelik"),
    "id": ("Budi Santoso", "Siti Rahmawati", "Dewi Lestari", "Agus Pratama", "Rina Wulandari", "Joko Susilo"),
    "ru": ("Анна Кузнецова", "Сергей Волков", "Ольга Смирнова", "Дмитрий Орлов", "Елена Попова", "Иван Соколов"),
}
_SIGNATURES: Final = {
    "en": "Kind regards,\n{name}\n{mail}",
    "de": "Mit freundlichen Grüßen\n{name}\n{mail}",
    "tr": "Saygılarımla,\n{name}\n{mail}",
    "id": "Salam,\n{name}\n{mail}",
    "ru": "С уважением,\n{name}\n{mail}",
}


class Corpus(NamedTuple):
    """Texts of one sort; every round takes others."""

    name: str
    texts: list[str]


def corpora(count: int, *, path: Path | None = None, company: str = "halden") -> list[Corpus]:
    """Return chats, chats of which each holds something, and mails; with `path` the messages of that file as well."""
    writer = _Writer(Random(1), company)
    found = [
        Corpus("chats", [writer.chat() for _ in range(count)]),
        Corpus("dense chats", [writer.dense() for _ in range(max(count // 4, 1))]),
        Corpus("mails", [writer.mail() for _ in range(max(count // 10, 1))]),
    ]
    return [*found, Corpus("file", list(islice(cycle(read_texts(path)), count)))] if path else found


class _Writer:
    """Writes texts, one language after another."""

    def __init__(self, random: Random, company: str) -> None:
        self._random = random
        folder = next(plugin.folder for plugin in discover("company") if plugin.manifest.id == company) / "cases"
        self._questions = {
            language: [
                text for file in sorted(folder.glob(f"*.{language}.jsonl")) for text in read_texts(Path(str(file)))
            ]
            for language in LANGUAGES
        }
        self._languages = cycle(LANGUAGES)

    def chat(self) -> str:
        """Return a message of a few sentences."""
        language = next(self._languages)
        return " ".join(self._sentences(language, CHAT, self._one_in_eight))

    def dense(self) -> str:
        """Return a message that holds something."""
        language = next(self._languages)
        return " ".join([self._telling(language), *self._sentences(language, CHAT // 2, self._question)])

    def mail(self) -> str:
        """Return a long message, signed."""
        language = next(self._languages)
        lines = self._sentences(language, MAIL, self._one_in_eight)
        return "\n".join([*lines, "", self._filled(_SIGNATURES[language], language)])

    def _sentences(self, language: str, length: int, sentence: Callable[[str], str]) -> list[str]:
        written = [sentence(language)]
        enough = length * self._random.uniform(0.6, 1.1)
        while sum(map(len, written)) + len(written) < enough:
            written.append(sentence(language))
        return written

    def _one_in_eight(self, language: str) -> str:
        return (self._question if self._random.randrange(ONE_IN) else self._telling)(language)

    def _question(self, language: str) -> str:
        return self._random.choice(self._questions[language])

    def _telling(self, language: str) -> str:
        return self._filled(self._random.choice(_WITH_VALUES[language]), language)

    def _filled(self, template: str, language: str) -> str:
        random = self._random
        return template.format(
            card=card_number(random),
            iban=account_number(random),
            name=random.choice(_NAMES[language]),
            mail=f"{random.choice(('ayse', 'm.kern', 'oliver_n', 'budi', 'lena'))}{random.randrange(100)}@example.com",
            number=random.randrange(1, 200),
            four=f"{random.randrange(10_000):04}",
            six=f"{random.randrange(1_000_000):06}",
        )


def card_number(random: Random) -> str:
    """Return a card number whose check digit holds (Luhn; ISO/IEC 7812-1, annex B)."""
    digits = [4, *(random.randrange(10) for _ in range(14))]
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits)]
    whole = "".join(map(str, [*digits, -sum(doubled) % 10]))
    return " ".join(whole[place : place + 4] for place in range(0, 16, 4))


def account_number(random: Random) -> str:
    """Return a German account number whose check digits hold (ISO 7064, MOD 97-10, as in ISO 13616)."""
    account = f"{random.randrange(10**18):018}"
    whole = f"DE{98 - int(f'{account}131400') % 97:02}{account}"
    return " ".join(whole[place : place + 4] for place in range(0, 22, 4))


def read_texts(path: Path) -> list[str]:
    """Return the texts of a file, compressed or not: JSON lines, or one JSON list, of `text` or `full_text`."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows: Sequence[dict[str, Any]] = (
        json.loads(content) if content.lstrip()[:1] == b"[" else [json.loads(line) for line in content.splitlines()]
    )
    return [row["text"] if "text" in row else row["full_text"] for row in rows]
