"""A skill of Alexa's at the door: it comes by a mandate, asks, reports and orders, and says what became of it."""

import xml.etree.ElementTree as ET
from datetime import datetime
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from doorward.bootstrap import House
from doorward.doors.web.skills import alexa_response
from doorward.flow.machines import MandateForm
from doorward.flow.signing import SignedSkills
from doorward.flow.skills import Spoken
from doorward.identity import Tenant, Terms
from doorward.kit.clock import SystemClock
from doorward.plugins.channels.alexa.plugin import INTENTS
from doorward.vocabulary.machines import CAPABILITIES
from doorward.vocabulary.scope import system_scope
from doorward.vocabulary.text import WildText
from tests.support.alexa import ADDRESS, SKILL, Authority, Shelf, a_key, an_envelope, pem_of, signed_headers, written
from tests.support.house import tenant_of
from tests.support.machines import TERMS, Owner, run
from tests.support.server import Guests
from tests.support.signing import nonces_alone

LANGUAGES = {"en-US": "Goodbye.", "de-DE": "Auf Wiederhören.", "ru-RU": "До свидания.", "xx": "Goodbye."}


@pytest.fixture
def halden(house: House) -> Tenant:
    """Halden's tenant, which has a skill; its chain leads to a root that this house trusts."""
    tenant, tenants = tenant_of(house, "halden"), house.identity.tenants
    scope = system_scope(tenant.id, "test")
    house.transactions.write(scope, lambda tx: tenants.change_setting(tx, scope, name="alexa_skill", value=SKILL))
    return tenant_of(house, "halden")


class Echo:
    """Alexa, who speaks to one company's skill."""

    def __init__(self, client: httpx.Client, tenant: Tenant) -> None:
        """Speak to a company."""
        self.client, self.tenant = client, tenant

    def send(self, *, key: str = "leaf", **what: Any) -> httpx.Response:
        """Send a request that is signed with a key."""
        body = written(an_envelope(**{"at": _now(), **what}))
        path = f"/c/alexa/skill?company={what.get('company', self.tenant.widget_key)}"
        return self.client.post(path, content=body, headers=signed_headers(body, key=a_key(key)))

    def say(self, intent: str = "", **what: Any) -> dict[str, Any]:
        """Return the response to an intent, or to the skill being opened."""
        answer = self.send(**({"intent": intent} if intent else {}), **what)
        assert answer.status_code == 200, answer.text
        assert answer.json()["version"] == "1.0"
        return dict(answer.json()["response"])


def _now() -> datetime:
    return SystemClock().now()


def _heard(response: dict[str, Any]) -> str:
    """Return what is said, if it is sound SSML."""
    speech = response["outputSpeech"]
    assert speech["type"] == "SSML"
    root = ET.fromstring(speech["ssml"])  # noqa: S314
    assert root.tag == "speak"
    return "".join(root.itertext())


@pytest.fixture
def echo(house: House, guests: Guests, halden: Tenant) -> Echo:
    """Alexa, whom the house trusts by a root of the test's own."""
    authority = Authority(_now())
    house.skills.signatures = SignedSkills(
        house.admission,
        nonces=nonces_alone(house.clock),
        clock=house.clock,
        way_out=Shelf({ADDRESS: pem_of(authority.leaf())}),
        roots=lambda: (authority.root,),
    )
    return Echo(guests.client(), halden)


def _pair(owner: Owner, echo: Echo, terms: Terms = TERMS) -> str:
    """Have an owner type in the code that the skill says; return the mandate's id."""
    response = echo.say("PairIntent")
    code = response["card"]["content"].splitlines()[-1]
    assert _heard(response).endswith(code)
    form = MandateForm(name=WildText("Kitchen speaker"), terms=terms, days=90)
    return str(run(owner.house.own_mandates.grant(owner.session, form, code=code)).id)


def test_a_skill_comes_by_a_mandate_and_serves_its_owner(house: House, halden: Tenant, echo: Echo) -> None:
    """Opened, it tells what it is; unpaired, it says a code; paired, it orders and asks; ended, it does not."""
    owner = Owner(house, halden)
    opened = echo.say(new=True)
    assert "It is a machine, not a person" in _heard(opened)
    assert opened["shouldEndSession"] is False
    order: dict[str, Any] = {"slots": {"kind": ("paper", "paper"), "thing": ("the terminal", owner.device)}}
    before = owner.ordered()
    assert "My machines" in _heard(echo.say("OrderIntent", **order))
    mandate = _pair(owner, echo)
    echo.say("OrderIntent", **order)
    assert owner.ordered() == before + 1
    assert "This is how your orders stand" in _heard(echo.say("OrderStatusIntent"))
    told = echo.say("AskIntent", slots={"words": ("when does my card arrive",)})
    assert told["shouldEndSession"]
    assert _heard(echo.say("PairIntent")).startswith("I already act for you here")
    run(house.own_mandates.revoke(owner.session, mandate))
    assert "My machines" in _heard(echo.say("OrderIntent", **order))
    assert owner.ordered() == before + 1


def test_beyond_the_mandate_the_owner_is_asked_not_the_voice(house: House, halden: Tenant, echo: Echo) -> None:
    """Whoever stands before the speaker is told to decide at the portal; nothing is ordered by a spoken yes."""
    owner = Owner(house, halden)
    _pair(owner, echo, replace(TERMS, limits=replace(TERMS.limits, period_count=1)))
    order: dict[str, Any] = {"slots": {"kind": ("paper", "paper"), "thing": ("the terminal", owner.device)}}
    echo.say("OrderIntent", **order)
    before = owner.ordered()
    assert "I have asked you on your page" in _heard(echo.say("OrderIntent", **order))
    assert "did not understand" in _heard(echo.say("AMAZON.YesIntent"))
    assert owner.ordered() == before


def test_what_is_not_this_company_s_skill_or_not_alexa_is_refused(house: House, echo: Echo, brisa: Tenant) -> None:
    """Another skill, another company, another key, a replay, and a time that is long ago."""
    other = SKILL.replace("0f0e", "ffff")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"skill": other}, "signature_invalid"),
        ({"company": brisa.widget_key}, "signature_invalid"),
        ({"key": "another"}, "signature_invalid"),
        ({"at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")}, "signature_expired"),
    ]
    for what, code in cases:
        answer = echo.send(**what)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert "accept-signature" not in answer.headers
    assert [echo.send(request_id="once").status_code for _ in range(2)] == [200, 401]
    unsigned = echo.client.post(f"/c/alexa/skill?company={echo.tenant.widget_key}", json=an_envelope(at=_now()))
    assert unsigned.json()["code"] == "signature_missing"


def test_the_caller_s_language_is_spoken(echo: Echo) -> None:
    """By the device's locale where the company speaks it, else in the company's first; an end says nothing."""
    for locale, words in LANGUAGES.items():
        assert _heard(echo.say("AMAZON.StopIntent", locale=locale)) == words
    assert echo.say(type="SessionEndedRequest") == {}
    assert echo.say(type="CanFulfillIntentRequest") == {}


def test_hostile_words_are_said_as_they_stand() -> None:
    """What looks like markup is no markup, and what XML cannot hold is left out, on the card either."""
    name = 'A & B <audio src="https://evil.example"/>\x00]]>'
    response = alexa_response(Spoken(sentences=(name, "</speak><speak>"), code="B-<C>", title=name, ends=False))[
        "response"
    ]
    assert _heard(response) == 'A & B <audio src="https://evil.example"/> ]]> </speak><speak> B-<C>'
    assert response["card"]["title"] == name.replace("\x00", " ")
    assert alexa_response(Spoken()) == {"version": "1.0", "response": {}}


def test_every_capability_can_be_spoken() -> None:
    """Each thing that a mandate can allow has an intent."""
    assert set(INTENTS.values()) == set(CAPABILITIES)
