"""Filling slots: a template becomes a message whose names and addresses are known by their places."""

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Final, NamedTuple

from babel.dates import get_day_names, get_month_names

from tools.naming.declension import given_in, is_female, patronymic_in, patronymic_of, surname_in
from tools.naming.elsewhere import address_from_elsewhere
from tools.naming.material import LANGUAGES, neighbours, read_list, world
from tools.naming.speaking import spoken

_SLOT: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_NOISE: Final = (
    "@@-######", "@@#-#####-@@##", "@@## #### #### #### #### ##", "@@###########", "#.#.#", "##.#.# (build ####)",
    "@-#####-##", "~~~~~~~~-~~~~-~~~~", "0x~~~~~~~~~~~~~~~~", "^^#^^##^^^#^^", "~~:~~:~~:~~:~~:~~", "###.##.#.###",
    "^^^^.^^^^§^^^^.example", "^^^^_^^^##", "@^^^##", "^^^^-^^^^##", "#### ####", "### ###", "@@@ ###", "## @@ ####",
    "@#@#@#", "^^^^^^.^^^.##", "@^^^^-@^^^-####", "#,# ^^", "#### ^@^", "# ^^ # ^^", "EMV @#/@#", "@@@@-##",
    "^^^^.example/^^^/##", "%@#%@@^^", "O#O# OO#l", "#### #### #### ####",
)  # fmt: skip
"""Forms of codes: `#` a digit, `@` a capital, `^` a small letter, `~` a hexadecimal digit, `§` an at sign."""

NEIGHBOURS: Final = 20
"""How much oftener than other peoples Russian messages name one of the neighbours."""

INITIAL: Final = 0.08
"""Share of foreign names with an initial in the middle."""

FROM_ELSEWHERE: Final[Mapping[str, float]] = {"en": 0.3, "ru": 0.04}
FROM_ELSEWHERE_OTHERS: Final = 0.08
"""Shares of addresses that are another country's."""

NAME, ADDRESS, NOTHING = "PERSON", "ADDRESS", ""
_SCRIPT: Final = re.compile(r"^[\u0000-\u024f]+$")


class Marked(NamedTuple):
    """A message and its marked places: start, end, kind."""

    text: str
    places: tuple[tuple[int, int, str], ...]


class Filler:
    """Fills templates of one language, the same way for the same seed."""

    def __init__(self, language: str, seed: int) -> None:
        """Read the language's lists."""
        self._language = language
        self._random = Random(f"{language}{seed}")
        self._lists: dict[str, tuple[str, ...]] = {}
        self._foreign = [people for people in world().values() if _SCRIPT.match("".join(people.given[:5]))]
        if language == "ru":  # where most foreigners come from neighbours
            self._foreign += [people for people in neighbours() for _ in range(NEIGHBOURS)]
        self._makers: Mapping[str, tuple[str, Callable[[str], str]]] = {
            "given": (NAME, self._given),
            "surname": (NAME, self._surname),
            "full": (NAME, self._full),
            "reversed": (NAME, self._reversed),
            "initials": (NAME, self._initials),
            "foreign": (NAME, self._foreigner),
            "foreign_given": (NAME, lambda _: self._pick_from(self._random.choice(self._foreign).given)),
            "nick": (NAME, self._given),
            "patronymic": (NAME, self._patronymic),
            "given_patronymic": (NAME, lambda case: f"{self._given(case)} {self._patronymic(case)}"),
            "address": (ADDRESS, lambda _: self._address(lines=False)),
            "address_lines": (ADDRESS, lambda _: self._address(lines=True)),
            "street": (ADDRESS, self._street),
            "street_only": (ADDRESS, lambda _: self._pick("street_name")),
            "postcode_city": (ADDRESS, lambda _: f"{self._number('postcode_format')} {self._pick('city')}"),
            "city": (NOTHING, lambda _: self._pick("city")),
            "country": (NOTHING, lambda _: self._pick("country")),
            "people": (NOTHING, lambda _: self._pick("people")),
            "company": (NOTHING, lambda _: self._pick("company")),
            "product": (NOTHING, lambda _: self._pick("product")),
            "month": (NOTHING, lambda _: self._pick("month")),
            "weekday": (NOTHING, lambda _: self._pick("weekday")),
        }

    def fill(self, template: str, *, speech: bool = False) -> Marked:
        """Return the template with every slot filled, `speech` as it is said."""
        pieces: list[str] = []
        places: list[tuple[int, int, str]] = []
        length = done = 0
        for slot in _SLOT.finditer(template):
            kind, value = self._value(slot[1], slot[2] or "")
            if speech:
                value = spoken(value, self._language, self._random) or value
            before = template[done : slot.start()]
            length += len(before)
            if kind:
                places.append((length, length + len(value), kind))
            pieces += [before, value]
            length += len(value)
            done = slot.end()
        pieces.append(template[done:])
        return Marked("".join(pieces), tuple(places))

    def _value(self, slot: str, case: str) -> tuple[str, str]:
        if slot in self._makers:
            kind, make = self._makers[slot]
            return kind, make(case)
        return NOTHING, self._figure(slot)

    # -- names -------------------------------------------------------------------------------------------------------

    def _given(self, case: str) -> str:
        name = self._pick("given")
        if self._random.random() < 0.2 and (not case or self._language == "ru"):
            name = self._pick_from(self._random.choice(self._foreign).given)
        return given_in(name, case) if case in {"gen", "dat", "acc", "ins", "pre"} else name

    def _surname(self, case: str, *, female: bool | None = None) -> str:
        if female is None:
            female = self._random.random() < 0.5
        name = self._pick("surname")
        if self._language == "ru":
            name = next((one for one in (self._pick("surname") for _ in range(12)) if _suits(one, female=female)), name)
            return surname_in(name, case, female=female) if case else name
        if self._random.random() < 0.2:
            name = self._pick_from(self._random.choice(self._foreign).surnames)
        return name

    def _full(self, case: str) -> str:
        random = self._random
        if random.random() < 0.22 and not case:
            return self._foreigner(case)
        given = self._pick("given")
        female = is_female(given) if self._language == "ru" else random.random() < 0.5
        surname = self._surname(case, female=female)
        given = given_in(given, case) if case in {"gen", "dat", "acc", "ins", "pre"} else given
        if self._language == "ru":
            if random.random() < 0.3:
                return f"{surname} {given} {self._patronymic(case, female=female)}"
            return f"{surname} {given}" if random.random() < 0.25 else f"{given} {surname}"
        middle = random.random()
        if middle < 0.08:
            return f"{given} {random.choice(_LETTERS)}{random.choice(('.', ''))} {surname}"
        if middle < 0.12:
            return f"{given} {self._pick('given')} {surname}"
        if middle < 0.16:
            return f"{given} {surname}-{self._surname('')}"
        if self._language == "id" and middle < 0.4:
            return f"{given} {self._pick('given')}" if middle < 0.3 else f"{given} {self._pick('given')} {surname}"
        return f"{given} {surname}"

    def _reversed(self, case: str) -> str:
        if self._language == "ru":
            given = self._pick("given")
            female = is_female(given)
            full = f"{self._surname(case, female=female)} {given_in(given, case) if case else given}"
            return f"{full} {self._patronymic(case, female=female)}" if self._random.random() < 0.6 else full
        return f"{self._surname('')}{self._random.choice([', ', ' '])}{self._pick('given')}"

    def _initials(self, case: str) -> str:
        letter = self._pick("given")[0]
        more = f"{self._random.choice(_LETTERS)}." if self._random.random() < 0.3 else ""
        if self._language == "ru":
            second = self._pick("given")[0]
            surname = self._surname(case)
            return f"{surname} {letter}. {second}." if self._random.random() < 0.4 else f"{letter}. {second}. {surname}"
        return f"{letter}. {more}{' ' if more else ''}{self._surname('')}"

    def _foreigner(self, _case: str) -> str:
        people = self._random.choice(self._foreign)
        given, surname = self._pick_from(people.given), self._pick_from(people.surnames)
        if self._random.random() < INITIAL:
            given += f" {self._random.choice(_LETTERS)}{self._random.choice(('.', ''))}"
        return f"{given} {surname}"

    def _patronymic(self, case: str, *, female: bool | None = None) -> str:
        fathers = [name for name in (self._pick("given") for _ in range(8)) if not is_female(name)]
        made = patronymic_of(
            fathers[0] if fathers else "Иван", female=self._random.random() < 0.5 if female is None else female
        )
        return patronymic_in(made, case) if case else made

    # -- addresses ---------------------------------------------------------------------------------------------------

    def _street(self, _case: str) -> str:
        name, house = self._pick("street_name"), self._number("house_format")
        if self._language == "en":
            return f"{house} {name}" if self._random.random() < 0.85 else f"{name} {house}"
        return f"{name}{', ' if self._language == 'ru' and self._random.random() < 0.7 else ' '}{house}"

    def _elsewhere(self, *, lines: bool) -> str:
        random = self._random
        if random.random() < 0.7:
            return address_from_elsewhere(random, lines=lines, countries=self._list("country"))
        language = random.choice([one for one in LANGUAGES if one not in {"ru", self._language}])
        return Filler(language, random.randrange(1 << 30)).fill("{address_lines}" if lines else "{address}").text

    def _address(self, *, lines: bool) -> str:
        formats = [one for one in self._list("address_format") if ("\n" in one) == lines]
        if self._random.random() < FROM_ELSEWHERE.get(self._language, FROM_ELSEWHERE_OTHERS):
            return self._elsewhere(lines=lines)
        chosen = self._random.choice(formats or list(self._list("address_format")))
        if not lines:
            chosen = chosen.replace("\n", ", ")

        def part(slot: re.Match[str]) -> str:
            match slot[1]:
                case "house":
                    return self._number("house_format")
                case "postcode":
                    return self._number("postcode_format")
                case "unit":
                    return self._number("unit_format")
                case "street_name" | "city" | "country":
                    return self._pick(slot[1])
                case _:
                    return self._pick("city")

        return _SLOT.sub(part, chosen)

    # -- the rest ----------------------------------------------------------------------------------------------------

    def _figure(self, slot: str) -> str:
        random = self._random
        forms: dict[str, tuple[str, ...]] = {
            "date": ("##.0#.202#", "1#/0#/2#", "202#-1#-2#"),
            "time": ("1#:##", "0#:## Uhr" if self._language == "de" else "1#:#0"),
            "price": ("##.##", "###", "1#,## €", "$#,###", "Rp###.000", "# ### ₽"),
            "number": ("#", "##", "###", "####", "######"),
            "small": ("#", "1#", "2#"),
            "phone": (
                "+44 7### ######",
                "0### ### ## ##",
                "+49 30 ######",
                "08##-####-####",
                "8 9## ###-##-##",
                "#########",
            ),
            "card": ("4### #### #### ####", "5###############"),
            "iban": ("DE## #### #### #### #### ##", "TR##########", "GB## ABCD #### #### #### ##"),
            "order": ("ORD-#####", "#########", "A####-##", "#######"),
            "code": ("######", "####", "###-###"),
            "email": ("^^^^.^^^^^##§mail.example", "^##§shop.example", "info§firma.example"),
            "url": ("https://shop.example/a/###", "www.page.example"),
        }
        if slot in {"order", "code", "number"} and random.random() < 0.5:
            return self.noise()
        return self._digits(random.choice(forms.get(slot, ("##",))))

    def noise(self) -> str:
        """Return something that programs write and nobody is called: a code, a key, a version, a mail address."""
        return self._digits(self._random.choice(_NOISE))

    def _digits(self, form: str) -> str:
        random = self._random
        return "".join(
            str(random.randrange(10))
            if sign == "#"
            else random.choice(_LETTERS)
            if sign == "@"
            else random.choice(_LETTERS).lower()
            if sign == "^"
            else random.choice("0123456789abcdef")
            if sign == "~"
            else "@"
            if sign == "§"
            else sign
            for sign in form
        )

    def _number(self, name: str) -> str:
        return self._digits(self._pick(name))

    def _pick(self, name: str) -> str:
        return self._pick_from(self._list(name))

    def _pick_from(self, entries: tuple[str, ...]) -> str:
        return self._random.choice(entries)

    def _list(self, name: str) -> tuple[str, ...]:
        if name not in self._lists:
            self._lists[name] = _dates(self._language, name) or read_list(self._language, name)
        return self._lists[name]


def _dates(language: str, name: str) -> tuple[str, ...]:
    """Return the months or weekdays of a language (Unicode CLDR), nothing for another list."""
    if name == "month":
        return tuple(get_month_names("wide", locale=language).values())
    return tuple(get_day_names("wide", locale=language).values()) if name == "weekday" else ()


def _suits(surname: str, *, female: bool) -> bool:
    ending = surname.lower()
    return (
        ending.endswith(("а", "ая", "ко", "ых", "их")) if female else not ending.endswith(("ова", "ева", "ина", "ая"))
    )
