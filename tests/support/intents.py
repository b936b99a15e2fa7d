"""A few intents in a few languages, to learn from."""

from functools import cache

from doorward.understanding.intents import Phrase, Trained, name_phrases, train
from tests.support.words import LANGUAGES, reader

WISHES = {
    "lamp.buy": (
        ("en", "I want to buy a lamp", "where do you sell lamps", "a new desk lamp please", "need a lamp for my room"),
        ("de", "ich möchte eine Lampe kaufen", "wo gibt es Lampen", "eine neue Schreibtischlampe bitte"),
        ("tr", "bir lamba almak istiyorum", "masa lambası satıyor musunuz"),
    ),
    "lamp.broken": (
        ("en", "my lamp is broken", "the bulb does not shine", "lamp flickers and goes out", "it arrived cracked"),
        ("de", "meine Lampe ist kaputt", "das Licht flackert ständig", "sie kam zerbrochen an"),
        ("tr", "lambam bozuldu", "ampul yanmıyor"),
    ),
    "shop.hours": (
        ("en", "when do you open", "are you open on sundays", "opening hours?", "how long is the shop open today"),
        ("de", "wann habt ihr auf", "Öffnungszeiten am Samstag?", "bis wann ist der Laden offen"),
        ("tr", "saat kaçta açılıyorsunuz", "pazar günü açık mısınız"),
    ),
}
STRANGERS = ("what is the capital of Peru", "schreib mir ein Gedicht", "who won the match", "bugün hava nasıl")


def wishes(*, strangers: bool = False) -> list[Phrase]:
    """Return the phrases, those out of scope only if asked for."""
    known = [
        Phrase(text, intent, language)
        for intent, lines in WISHES.items()
        for language, *texts in lines
        for text in texts
    ]
    return known + [Phrase(text, None) for text in STRANGERS if strangers]


@cache
def learnt(*, strangers: bool = False) -> Trained:
    """Return what is learnt from the phrases."""
    phrases = wishes(strangers=strangers)
    names = name_phrases(sorted(WISHES))
    return train(
        phrases,
        reader().read_all([one.text for one in phrases], languages=LANGUAGES, hints=[one.language for one in phrases]),
        names=reader().read_all([one.text for one in names], languages=LANGUAGES),
    )
