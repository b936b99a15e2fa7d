"""Looking at links politely, and where they stand."""

from collections.abc import Mapping

import pytest

from doorward.answering.care import web_links_of
from doorward.answering.links import Asking
from doorward.answering.links.asking import PAUSE, STRIKES
from doorward.kit.http import ExitRefused, Trouble


class World:
    """Sites that answer as they are told, and a clock that only waiting moves."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.now = 0.0
        self.answers: dict[str, int | Trouble] = {}
        self.asked: list[tuple[float, str]] = []

    def look(self, url: str, headers: Mapping[str, str]) -> int:
        """Answer as told."""
        assert "Doorward" in headers["user-agent"]
        self.asked.append((self.now, url))
        answer = self.answers[url]
        if isinstance(answer, int):
            return answer
        raise ExitRefused(answer)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def asking(self) -> Asking:
        """Return what asks."""
        return Asking(self, seconds=lambda: self.now, wait=self.wait)


def test_a_site_rests_between_two_looks_and_others_need_not() -> None:
    """A second for the same site, in whatever letters; another one is asked at once."""
    world = World()
    world.answers = {"https://a.example/1": 200, "https://A.example/2": 200, "https://b.example/": 200}
    asking = world.asking()
    for url in ("https://a.example/1", "https://b.example/", "https://A.example/2"):
        assert asking.ask(url).trouble == ""
    assert [at for at, _ in world.asked] == [0.0, 0.0, PAUSE]


def test_a_silent_site_is_not_asked_for_ever() -> None:
    """After some times without an answer the rest of its links are told the same without asking."""
    world = World()
    urls = [f"https://a.example/{number}" for number in range(STRIKES + 3)]
    world.answers = dict.fromkeys(urls, "timeout")
    asking = world.asking()
    found = [asking.ask(url).trouble for url in urls]
    assert found == ["timeout"] * STRIKES + ["unreachable"] * 3
    assert len(world.asked) == STRIKES


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [(200, ""), (204, ""), (401, ""), (403, ""), (429, ""), (404, "missing"), (410, "missing"), (500, "server"),
     ("refused", "refused"), ("tls", "tls")],
)  # fmt: skip
def test_what_answers_somehow_is_there(answer: int | Trouble, trouble: str) -> None:
    """Who keeps machines out has a page; who says that there is none has none."""
    world = World()
    world.answers = {"https://a.example/": answer}
    assert world.asking().ask("https://a.example/").trouble == trouble


def test_links_to_other_sites_are_found() -> None:
    """As Markdown has them; links to articles, pictures and code are none."""
    text = (
        "[a](https://a.example/x) <http://b.example> [c](article:c) ![d](https://d.example/p.png) `https://e.example`"
    )
    assert web_links_of(text) == ("https://a.example/x", "http://b.example")
