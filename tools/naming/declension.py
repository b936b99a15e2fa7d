"""Russian names in their cases, after the ordinary paradigms of personal names."""

from typing import Final

CASES: Final = ("gen", "dat", "acc", "ins", "pre")
_MEN_IN_A: Final = frozenset(
    (*("никита", "илья", "фома", "лука", "кузьма", "савва", "данила", "миша", "саша", "женя", "паша", "коля", "ваня"),
     *("лёша", "леша", "гоша", "дима", "серёжа", "сережа", "вова", "петя", "вася", "боря", "слава", "юра", "толя"),
     *("костя", "гриша", "лёня", "леня", "стёпа", "степа"))
)  # fmt: skip
_HARD: Final = "гкхжшщч"
_STAYS: Final = ("ко", "ых", "их", "о", "е", "и", "у", "ю", "ы", "э")


def is_female(given: str) -> bool:
    """Return whether a given name is a woman's, by its ending and the men's names that end alike."""
    low = given.lower()
    return (low[-1:] in "ая" and low not in _MEN_IN_A) or low in {"любовь", "нинель"}


def given_in(name: str, case: str) -> str:
    """Return a given name in a case (`gen`, `dat`, `acc`, `ins`, `pre`); foreign ones like Russian ones."""
    low, number = name.lower(), CASES.index(case)
    if low.endswith("ия"):
        return name[:-1] + ("и", "и", "ю", "ей", "и")[number]
    if low.endswith("я"):
        return name[:-1] + ("и", "е", "ю", "ей", "е")[number]
    if low.endswith("а"):
        return name[:-1] + ("и" if low[-2] in _HARD else "ы", "е", "у", "ой", "е")[number]
    if low == "любовь":
        return name[:-1] + ("и", "и", "ь", "ью", "и")[number]
    if low.endswith(("й", "ь")):
        ends = ("я", "ю", "я", "ем", "и" if low.endswith("ий") else "е")
        return name[:-1] + ends[number]
    if low[-1:] in "оеиуюыэё":
        return name
    return name + ("а", "у", "а", "ом", "е")[number]


def surname_in(name: str, case: str, *, female: bool) -> str:
    """Return a surname in a case; those that do not change stay."""
    low, number = name.lower(), CASES.index(case)
    if low.endswith("ая"):
        return name[:-2] + ("ой", "ой", "ую", "ой", "ой")[number]
    if female and low.endswith(("ова", "ева", "ёва", "ина", "ына")):
        return name[:-1] + ("ой", "ой", "у", "ой", "ой")[number]
    if low.endswith(("ий", "ый", "ой")):
        return name[:-2] + ("ого", "ому", "ого", "им" if low.endswith("ий") else "ым", "ом")[number]
    if low.endswith(_STAYS) or female:
        return name
    if low.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return name + ("а", "у", "а", "ым", "е")[number]
    if low.endswith(("а", "я", "й", "ь")):
        return given_in(name, case)
    return name + ("а", "у", "а", "ом", "е")[number]


def patronymic_in(name: str, case: str) -> str:
    """Return a patronymic in a case."""
    ends = ("ы", "е", "у", "ой", "е") if name.endswith("а") else ("а", "у", "а", "ем", "е")
    return (name.removesuffix("а")) + ends[CASES.index(case)]


def patronymic_of(father: str, *, female: bool) -> str:
    """Return the patronymic after a father's given name."""
    low = father.lower()
    if low.endswith("ий"):
        stem, joint = father[:-2], "ьев"
    elif low.endswith(("й", "ь")):
        stem, joint = father[:-1], "ев"
    elif low.endswith(("а", "я")):
        return father[:-1] + ("ична" if female else "ич")
    else:
        stem, joint = father, "ов"
    return f"{stem}{joint}{'на' if female else 'ич'}"
