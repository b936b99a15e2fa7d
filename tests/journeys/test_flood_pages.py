"""The page of floods: how things stand in words, the levers, and appeals, all of it without a script."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

import httpx
import pytest

from doorward.admission.campaigns import Campaign, Crowding
from doorward.bootstrap import House
from doorward.identity import Tenant
from doorward.record import AuditQuery, find_audit
from doorward.vocabulary.ids import ConversationId, TenantId
from doorward.vocabulary.scope import system_scope
from tests.support.browsing import on_sqlite
from tests.support.server import Guests, WebVisitor

RED = {"level": "red", "minutes": "60", "note": "They flood us from +49 30 1234567"}


def press(member: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form of the desk as its page has it, and follow where it leads."""
    form = {"csrf": member.headers["x-csrf-token"]} | fields
    return member.post(f"/desk/flood{path}", data=form, follow_redirects=True)


def words_of(page: httpx.Response) -> str:
    """Return what stands on a page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def actions(house: House, tenant: Tenant) -> list[str]:
    """Return what the audit says of floods, the newest first."""
    scope = system_scope(tenant.id, "test")
    lines = house.transactions.read(lambda tx: find_audit(tx, scope, AuditQuery()))
    return [f"{line.action} {line.reason}" for line in lines if line.action.startswith(("flood.", "admission."))]


def test_levers_are_pulled_once_and_told(guests: Guests, house: House, halden: Tenant) -> None:
    """Each says what it did, with who and why, masked; pressed twice it is done once; the audit has each."""
    nadia = guests.member("nadia")
    assert "As usual." in words_of(nadia.get("/desk/flood"))
    told = words_of(press(nadia, "/override", **RED))
    assert "It holds now." in told
    assert "Red A person said so; something else is measured." in told
    assert "They flood us from [PHONE·67]" in told
    assert "1234567" not in told
    press(nadia, "/override", **RED)
    assert actions(house, halden) == ["flood.changed override: green to red"]
    asked = words_of(nadia.get("/desk/flood/switch"))
    assert "no place is kept free for customers" in asked
    for _ in range(2):
        off = words_of(press(nadia, "/switch", off="yes", note="It does harm"))
    assert "Switched off Flood control decides nothing." in off
    assert "It does harm" in off
    assert "Red A person said so" in words_of(press(nadia, "/switch", off="no", note="It was none"))
    for _ in range(2):
        calm = words_of(press(nadia, "/release"))
    assert "Green As usual." in calm
    for _ in range(2):
        assert "120.0 an hour" in words_of(press(nadia, "/usual", per_hour="120"))
    assert actions(house, halden) == [
        "flood.usual_told 120 an hour",
        "flood.changed override_ended: red to green",
        "flood.changed switched_on: green to red",
        "flood.changed switched_off: red to green",
        "flood.changed override: green to red",
    ]


@on_sqlite
def test_what_cannot_be_is_said_at_its_field(guests: Guests, house: House, halden: Tenant) -> None:
    """What was written stays, the mistake is named, and nothing changes."""
    nadia = guests.member("nadia")
    for path, fields, said in (
        ("/override", RED | {"level": "blue"}, "Choose a level."),
        ("/override", RED | {"minutes": "99999"}, "Choose for how long"),
        ("/override", RED | {"minutes": "٣"}, "Choose for how long"),
        ("/override", RED | {"note": "  "}, "Say why"),
        ("/override", RED | {"note": "x" * 501}, "Say why"),
        ("/usual", {"per_hour": "nan"}, "Write a number"),
        ("/usual", {"per_hour": "many"}, "Write a number"),
        ("/switch", {"off": "perhaps", "note": "x"}, "Press the button"),
        ("/switch", {"off": "yes", "note": ""}, "Say why"),
        (f"/appeals/{'0' * 26}", {"press": "help"}, "There is no such appeal."),
        (f"/appeals/{'0' * 26}", {"press": "dance"}, "Choose: help this person"),
    ):
        answer = press(nadia, path, **fields)
        assert (answer.status_code in {400, 404}, said in words_of(answer)) == (True, True), (path, fields)
    assert 'value="They flood us' in press(nadia, "/override", **RED | {"minutes": "1"}).text
    assert actions(house, halden) == []


@on_sqlite
def test_only_those_who_may_see_and_pull(guests: Guests, house: House, halden: Tenant, brisa: Tenant) -> None:
    """An agent sees neither page nor lever; a form without its token does nothing; a company sees its own."""
    mira, nadia, owner = guests.member("mira"), guests.member("nadia"), guests.member("owner", company="brisa")
    for path in ("", "/now", "/switch", "/appeals"):
        assert mira.get(f"/desk/flood{path}").status_code == 403, path
    for path in ("/override", "/release", "/usual", "/switch", f"/appeals/{'0' * 26}"):
        assert press(mira, path, **RED).status_code == 403, path
    del nadia.headers["x-csrf-token"]
    assert nadia.post("/desk/flood/override", data=RED).status_code == 403
    assert actions(house, halden) == []
    press(guests.member("nadia"), "/override", **RED)
    assert "Green As usual." in words_of(owner.get("/desk/flood"))
    assert "They flood us" not in owner.get("/desk/flood").text


def test_somebody_who_got_no_person_is_helped(guests: Guests, house: House, halden: Tenant) -> None:
    """Their appeal stands on its page with why, is granted once, and they wait for a person."""
    nadia = guests.member("nadia")
    assert "No appeal waits" in words_of(nadia.get("/desk/flood/appeals"))
    press(nadia, "/override", **RED)
    stranger = guests.visitor(halden)
    for _ in range(2):
        stranger.sent += 1
        stranger.ask_for_person()
    assert "Appeals 1" in words_of(nadia.get("/desk/flood"))
    page = nadia.get("/desk/flood/appeals")
    assert "Help this person" in words_of(page)
    assert "Strangers" in words_of(page)
    owner = guests.member("owner", company="brisa")
    assert press(owner, f"/appeals/{stranger.conversation_id}", press="help").status_code == 404
    told = press(nadia, f"/appeals/{stranger.conversation_id}", press="help")
    assert "They wait for a person now" in words_of(told)
    assert "decided this appeal already" in words_of(
        press(nadia, f"/appeals/{stranger.conversation_id}", press="leave")
    )
    assert "Helped · Nadia" in words_of(nadia.get("/desk/flood/appeals?show=decided"))
    waiting = nadia.get("/api/v1/queue").json()["waiting"]
    assert [one["conversation_id"] for one in waiting] == [stranger.conversation_id]
    assert actions(house, halden)[0] == "admission.appeal_decided granted"


@on_sqlite
def test_the_page_speaks_the_readers_language(guests: Guests) -> None:
    """Nothing is left in English, and no key is shown."""
    nadia = guests.member("nadia")
    for language in ("de", "tr", "id", "ru"):
        nadia.cookies.set("doorward_language", language)
        for path in ("", "/switch", "/appeals"):
            page = nadia.get(f"/desk/flood{path}")
            assert f'lang="{language}"' in page.text
            assert "floods." not in words_of(page), path


CROWD: Final = "c" * 16


class Follows:
    """Follows one crowd, of whose messages these were some."""

    def __init__(self, messages: Sequence[str], *, at: datetime) -> None:
        """Follow it, and hear what people say of it."""
        self.messages, self.at, self.kind = messages, at, "crowd"

    def campaigns(self, _tenant_id: TenantId) -> tuple[Campaign, ...]:
        """Return it."""
        return (
            Campaign(
                id=CROWD,
                kind=cast("Crowding", self.kind),
                first_at=self.at,
                last_at=self.at,
                count=40,
                flagged=2,
                rate=3.1,
                languages=("en", "de"),
                exemplars=tuple(self.messages),
                runs=(),
                centroid=b"",
            ),
        )

    def say(self, _tenant_id: TenantId, campaign_id: str, kind: Crowding) -> bool:
        """Keep it."""
        self.kind = kind if campaign_id == CROWD else self.kind
        return campaign_id == CROWD


@pytest.fixture
def crowd(guests: Guests, house: House, halden: Tenant, monkeypatch: pytest.MonkeyPatch) -> list[WebVisitor]:
    """Three visitors with one problem, of whom one writes what would break a page; and the house follows them."""
    hostile = "<script>alert(1)</script> mail me: ada@example.com \u202edrac " + "long " * 80
    visitors = [guests.visitor(halden) for _ in range(3)]
    members, said = house.flooding.second_look.members, []
    for visitor, text in zip(
        visitors, ("My card is refused in all shops", "Card refused everywhere", hostile), strict=True
    ):
        message_id = visitor.say(text)["message_id"]
        visitor.wait_for_answer()
        members.note(halden.id, message_id, ConversationId(visitor.conversation_id), campaign=CROWD)
        said.append(message_id)
    follows = Follows(said[::-1], at=house.clock.now())
    monkeypatch.setattr(house.flooding.campaigns, "campaigns", follows.campaigns)
    monkeypatch.setattr(house.flooding.campaigns, "say", follows.say)
    return visitors


def test_all_of_a_crowd_hear_one_answer_once(
    guests: Guests, house: House, halden: Tenant, crowd: list[WebVisitor]
) -> None:
    """Its messages are shown masked; who waits or has the assistant is told once; a colleague's is left to them."""
    nadia = guests.member("nadia")
    page = nadia.get("/desk/flood")
    assert "Crowd with one problem" in words_of(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "ada@example.com" not in page.text
    assert "\u202e" not in page.text
    crowd[0].ask_for_person()
    nadia.post(f"/api/v1/conversations/{crowd[0].conversation_id}/take").raise_for_status()
    form = nadia.get(f"/desk/flood/crowds/{CROWD}").text
    key = form.partition('name="key" value="')[2].partition('"')[0]
    words = "All cards work again from 14:00 on. We are sorry."
    assert "Told: 2. Told before: 0. Left out: 1." in words_of(press(nadia, f"/crowds/{CROWD}", key=key, text=words))
    assert "Told: 0. Told before: 2. Left out: 1." in words_of(press(nadia, f"/crowds/{CROWD}", key=key, text=words))
    assert [visitor.heard().count(words) for visitor in crowd] == [0, 1, 1]
    assert actions(house, halden) == ["flood.crowd_answered 2 conversations"]
    for fields in ({"key": key, "text": " "}, {"key": "x", "text": "Hello"}, {"key": key, "text": "x" * 2001}):
        assert press(nadia, f"/crowds/{CROWD}", **fields).status_code == 400


@on_sqlite
def test_people_say_what_many_are(
    guests: Guests, house: House, halden: Tenant, brisa: Tenant, crowd: list[WebVisitor]
) -> None:
    """A word of those who may, for what is followed; nobody else's, and nothing else."""
    nadia, mira, owner = guests.member("nadia"), guests.member("mira"), guests.member("owner", company="brisa")
    assert press(mira, f"/campaigns/{CROWD}", kind="campaign").status_code == 403
    assert mira.get(f"/desk/flood/crowds/{CROWD}").status_code == 403
    assert press(nadia, f"/campaigns/{CROWD}", kind="none").status_code == 400
    assert press(nadia, f"/campaigns/{'d' * 16}", kind="campaign").status_code == 404
    assert "Card refused everywhere" not in owner.get("/desk/flood").text
    told = words_of(press(nadia, f"/campaigns/{CROWD}", kind="campaign"))
    assert "Your word holds" in told
    assert "Many demand the same" in told
    assert actions(house, halden) == ["flood.campaign_said campaign"]
    assert nadia.get(f"/desk/flood/crowds/{CROWD}").status_code == 404


@on_sqlite
def test_other_pages_tell_while_too_many_come(guests: Guests) -> None:
    """The inbox says so to everybody, and how to look to those who may; as usual nothing is said."""
    nadia, mira = guests.member("nadia"), guests.member("mira")
    assert "Floods:" not in words_of(mira.get("/desk/"))
    press(nadia, "/override", **RED)
    assert "Floods: Red. Far too many are writing." in words_of(mira.get("/desk/"))
    assert 'href="/desk/flood"' not in mira.get("/desk/").text
    assert "See how things stand" in words_of(nadia.get("/desk/inbox"))
    assert 'id="flood-sign" hx-swap-oob="true"' in nadia.get("/desk/demand").text
    assert "flood-sign" not in mira.get("/desk/demand").text
