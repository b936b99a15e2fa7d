"""How fast texts are screened, by each matcher, and whether the matchers agree.

    python bench/protection.py [--texts 20000] [--agree 100000] [--file messages.jsonl[.gz]] [--out result.json]

Three corpora: short chats of which one in eight holds something (generated, five languages), e-mails of about 2,000
characters made of them, and hostile texts made to be difficult. `--file` adds messages of your own (`{"text"}` a line).
`--agree` compares the candidates of both matchers on so many hostile texts. Times are processor time of one thread.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, Literal

from doorward.kit.plugins import discover
from doorward.protection import Screener
from doorward.protection.view import View
from doorward.vocabulary.text import WildText
from tests.support.screening import generated_texts

CLEAN = (
    "Hello, I have been waiting for my new card for ten days now, can you tell me where it is?",
    "The terminal shows a message about the paper although I put in a new roll this morning.",
    "Guten Tag, warum wurde mir im November zweimal die gleiche Gebühr abgebucht?",
    "Ich möchte meine Adresse ändern und brauche dazu ein Formular, wo finde ich das?",
    "Merhaba, kartım hâlâ gelmedi, ne zaman elime ulaşır, bilgi verir misiniz?",
    "Dün yaptığım havale hâlâ karşı tarafa geçmemiş, neden bu kadar sürüyor?",
    "Halo, saya mau tanya kenapa transfer saya kemarin belum masuk ke rekening tujuan?",
    "Mesin saya mati terus setelah diisi kertas baru, apa yang harus saya lakukan?",
    "Здравствуйте, почему с меня дважды списали комиссию за обслуживание в ноябре?",
    "Терминал не печатает чек после замены ленты, подскажите, что делать дальше.",
)
SENSITIVE = (
    "My card {card} was declined twice, please call me on +44 7911 12{n:04d}.",
    "Meine IBAN ist DE89 3704 0044 0532 0130 00 und meine PIN lautet {n:04d}.",
    "Bana gelen kod {n:06d}, e-postam ayse{n}@example.com, 0532 123 45 67.",
    "Kode OTP saya {n:06d}, tolong cek https://example.com/p/{n}?t=abc segera.",
    "Мой пароль Zima{n}!, телефон 8 (916) 123-45-67, вход с 203.0.113.7.",
)
Choice = Literal["hyperscan", "re"]


def chats(count: int) -> list[str]:
    """Return short messages; every eighth holds something sensitive."""
    random = Random(1)
    numbers = range(count)
    return [
        random.choice(SENSITIVE).format(n=n % 10_000, card="4111 1111 1111 1111")
        if n % 8 == 0
        else random.choice(CLEAN)
        for n in numbers
    ]


def mails(count: int) -> list[str]:
    """Return messages of about 2,000 characters."""
    short = chats(count * 24)
    return ["\n".join(short[n * 24 : n * 24 + 24]) for n in range(count)]


def rate(screener: Screener, texts: Sequence[str]) -> dict[str, float]:
    """Return texts and millions of characters a second, and how many findings there were; the best of three runs."""
    wild = [WildText(text) for text in texts]
    best, findings = float("inf"), 0
    for _ in range(3):
        start = time.thread_time()
        findings = sum(len(screener.screen(text).findings) for text in wild)
        best = min(best, time.thread_time() - start)
    characters = sum(map(len, texts))
    return {
        "texts": len(texts),
        "findings": findings,
        "texts_per_second": round(len(texts) / best),
        "microseconds_per_text": round(best / len(texts) * 1e6, 2),
        "megacharacters_per_second": round(characters / best / 1e6, 2),
    }


def read_texts(path: Path) -> list[str]:
    """Return the texts of a file of JSON lines, compressed or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line)["text"] for line in content.splitlines()]


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--agree", type=int, default=0)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    packs = tuple(plugin.build(None) for plugin in discover("language"))
    detectors = tuple(plugin.build(None) for plugin in discover("detector"))
    result: dict[str, Any] = {}
    screeners: dict[str, Screener] = {}
    choices: tuple[Choice, ...] = ("hyperscan", "re")
    for matcher in choices:
        start = time.thread_time()
        screeners[matcher] = Screener(detectors, packs, matcher=matcher)
        result[matcher] = {"compiling_seconds": round(time.thread_time() - start, 2)}
    corpora = {"chats": chats(options.texts), "mails": mails(options.texts // 40), "hostile": generated_texts(2_000)}
    if options.file:
        corpora["file"] = read_texts(options.file)
    for name_of_matcher, screener in screeners.items():
        for name, texts in corpora.items():
            share = (
                texts if name_of_matcher == "hyperscan" else texts[: len(texts) // 10]
            )  # the plain twin is much slower
            result[name_of_matcher][name] = rate(screener, share)
    if options.agree:
        fast, plain = (screener._matcher for screener in screeners.values())
        normal = (View(text).text for text in generated_texts(options.agree, seed=7))
        result["disagreements"] = sum(fast.find(text) != plain.find(text) for text in normal)
    written = json.dumps(result, indent=1)
    if options.out:
        options.out.write_text(written + "\n", encoding="utf-8")
    sys.stdout.write(written + "\n")


if __name__ == "__main__":
    main()
