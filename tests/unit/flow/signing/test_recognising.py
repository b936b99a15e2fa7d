"""A signed request is from one machine, once, while the company takes its key; nothing else gets in."""

import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from doorward.admission import Admission, Rates
from doorward.admission.flood import Nonces
from doorward.admission.together import NoncesTogether
from doorward.flow.signing import REMEMBERED, Directories, SignedRequests, SignedRooms
from doorward.flow.signing.recognising import FRESH_ENOUGH
from doorward.kit.http import Exit, ExitRefused, Page
from doorward.kit.settings import Limits
from doorward.kit.shared import SharedMemory
from doorward.kit.signatures import WINDOW, HttpMessage
from doorward.vocabulary.errors import (
    DoorwardError,
    RateLimited,
    SignatureExpired,
    SignatureInvalid,
    SignatureMissing,
    SignatureReplayed,
    SigningKeyUnknown,
)
from doorward.vocabulary.machines import MachineIdentity, Signed
from doorward.vocabulary.scope import Scope
from tests.support.identities import Office, on_one_database
from tests.support.loopback import free_port
from tests.support.signing import (
    AGENT,
    PLATFORM,
    Machine,
    a_request,
    directory_body,
    directory_fields,
    key_from,
    public_bytes,
    url64,
)

__all__ = ["free_port"]

BODY = b'{"text":"Where is my order?"}'


class Shown(Exit):
    """An exit to the directories of this test, by platform."""

    def __init__(self, office: Office) -> None:
        """Know no platform."""
        super().__init__()
        self.office = office
        self.keys: dict[str, list[Any]] = {}
        self.looks: list[str] = []

    def get(self, url: str, headers: Any) -> Page:
        """Show a directory."""
        platform = url.split("/")[2]
        self.looks.append(platform)
        if platform not in self.keys:
            raise ExitRefused("unresolved")
        keys = self.keys[platform]
        fields = directory_fields(*keys, authority=platform, now=self.office.clock.now())
        return Page(status=200, fields={name: (value,) for name, value in fields.items()}, body=directory_body(*keys))


class Gate:
    """The recogniser over an office, with one platform that shows the key of one machine."""

    def __init__(self, office: Office, *, nonces: int = 1024, memory: SharedMemory | None = None) -> None:
        """Let the platform show key 1."""
        self.office, self.machine = office, Machine()
        self.shown = Shown(office)
        self.shown.keys[PLATFORM] = [self.machine.key]
        clock = office.clock
        self.directories = Directories(clock=clock, way_out=self.shown)
        rooms = SignedRooms(
            machines=office.identity.machines,
            directories=self.directories,
            nonces=NoncesTogether(
                Nonces(clock, secret=bytes(32), window=REMEMBERED, nonces=nonces),
                memory,
                clock=clock,
                secret=bytes(32),
                window=REMEMBERED,
            ),
            admission=Admission(Limits(directories_per_tenant="2/minute"), rates=Rates(clock, secret=bytes(32))),
            clock=clock,
        )
        self.requests = SignedRequests(office.transactions, rooms)

    def signed(self, machine: Machine | None = None, **changes: Any) -> HttpMessage:
        """Return a good request of a machine."""
        return (machine or self.machine).sign(a_request(), now=self.office.clock.now(), body=BODY, **changes)

    async def take(
        self, message: HttpMessage, *, scope: Scope | None = None, body: bytes = BODY, agent: str = ""
    ) -> Signed:
        """Recognise it."""
        return await self.requests.recognise(scope or self.office.scope, message, body=body, agent=agent)

    async def refused(self, message: HttpMessage, kind: type[DoorwardError], **options: Any) -> DoorwardError:
        """Return why it is not taken."""
        with pytest.raises(kind) as refusal:
            await self.take(message, **options)
        assert type(refusal.value) is kind
        return refusal.value

    def decide(self, verb: str, *arguments: Any, **options: Any) -> None:
        """Have the company decide something about machines."""
        office = self.office
        office.write(lambda tx: getattr(office.identity.machines, verb)(tx, office.scope, *arguments, **options))


@pytest.fixture
def gate(office: Office) -> Gate:
    """A gate."""
    return Gate(office)


async def test_a_stranger_is_recognised_but_not_known(gate: Gate) -> None:
    """A machine of a platform that nobody decided about is the same one each time, and no more than that."""
    taken = await gate.take(gate.signed(), agent="printer-7")
    assert taken.machine == MachineIdentity(platform=PLATFORM, key_id=gate.machine.key_id, agent_id="printer-7")
    assert (taken.known, taken.created) == (False, gate.office.clock.now())
    assert gate.shown.looks == [PLATFORM]


async def test_a_platform_that_is_allowed_is_known(gate: Gate) -> None:
    """The company's word makes a platform known; a large body changes nothing about that."""
    gate.decide("set_platform", PLATFORM, state="allowed")
    assert (await gate.take(gate.signed())).known
    body = b"x" * 20_000
    message = gate.machine.sign(a_request(), now=gate.office.clock.now(), body=body)
    assert (await gate.take(message, body=body)).known


async def test_a_pinned_key_needs_no_directory(gate: Gate) -> None:
    """A device whose key the company keeps is known without a platform, and nobody is asked."""
    device = Machine(5, agent=None)
    await gate.refused(gate.signed(device), SigningKeyUnknown)
    gate.decide("pin_key", host="printers.halden.example", x=url64(public_bytes(device.key)))
    taken = await gate.take(gate.signed(device))
    assert (taken.machine.platform, taken.known) == ("printers.halden.example", True)
    assert gate.shown.looks == []


async def test_a_revoked_key_is_refused_at_once(gate: Gate) -> None:
    """A stolen key is good no more from the next request on, whatever its directory shows; for this company alone."""
    gate.decide("set_platform", PLATFORM, state="allowed")
    before = gate.signed()
    await gate.take(gate.signed())
    gate.decide("revoke_key", gate.machine.key_id)
    for message in (before, gate.signed()):
        await gate.refused(message, SigningKeyUnknown)
    assert (await gate.take(gate.signed(), scope=gate.office.other)).machine.platform == PLATFORM


async def test_a_refused_platform_is_refused(gate: Gate) -> None:
    """A platform that the company refuses is not heard, and not asked for its keys."""
    gate.decide("set_platform", PLATFORM, state="refused")
    refusal = await gate.refused(gate.signed(), SigningKeyUnknown)
    assert gate.shown.looks == []
    # The same words as for a key that nobody knows: they tell nothing of why.
    unknown = await gate.refused(gate.signed(Machine(9, agent="https://nowhere.example")), SigningKeyUnknown)
    assert refusal.detail == unknown.detail


async def test_a_signature_is_good_once(gate: Gate) -> None:
    """The same request again is refused, in the same second or as late as it could still be good; at a second company
    its nonce is a new one.
    """
    message = gate.signed(expires=int(gate.office.clock.now().timestamp()) + 3600)
    await gate.take(message)
    await gate.refused(message, SignatureReplayed)
    await gate.take(message, scope=gate.office.other)
    gate.office.clock.advance(WINDOW * 0.8)
    await gate.refused(message, SignatureReplayed)
    gate.office.clock.advance(WINDOW)
    await gate.refused(message, SignatureExpired)


@on_one_database
async def test_a_nonce_of_a_forged_request_is_not_used_up(gate: Gate) -> None:
    """Nobody can use up another's nonce without their key."""
    message = gate.signed()
    forged = msgspec.structs.replace(message, method="PUT")
    await gate.refused(forged, SignatureInvalid)
    await gate.take(message)


@on_one_database
async def test_without_room_for_nonces_nobody_gets_in(office: Office) -> None:
    """When it cannot be known whether a nonce is new, it is refused, and told when there is room again."""
    gate = Gate(office, nonces=2)
    for _ in range(2):
        await gate.take(gate.signed())
    refusal = await gate.refused(gate.signed(), RateLimited)
    assert isinstance(refusal, RateLimited)
    assert 0 < refusal.retry_after <= REMEMBERED.total_seconds()


@on_one_database
async def test_what_is_refused_says_what_to_do(gate: Gate) -> None:
    """Every refusal has a code of its own and a reason for whoever wrote the program."""
    later = int(gate.office.clock.now().timestamp()) + 300
    assert "missing" in (await gate.refused(a_request(), SignatureMissing)).detail
    assert "created" in (await gate.refused(gate.signed(created=later, expires=later + 9), SignatureExpired)).detail
    assert "Content-Digest" in (await gate.refused(gate.signed(), SignatureInvalid, body=b"{}")).detail
    assert "cover" in (await gate.refused(gate.signed(parts=['"@method"']), SignatureInvalid)).detail
    for agent in ("http://assistants.example", AGENT + "/keys", "data:,{}"):
        refusal = await gate.refused(gate.signed(Machine(agent=agent)), SignatureInvalid)
        assert "Signature-Agent" in refusal.detail


@on_one_database
async def test_a_key_of_another_platform_is_not_this_one_s(gate: Gate) -> None:
    """Who signs with a key of their own platform in the name of another, or the other way round, is refused."""
    gate.shown.keys["evil.example"] = [key_from(6)]
    await gate.refused(gate.signed(Machine(6)), SigningKeyUnknown)
    await gate.refused(gate.signed(Machine(1, agent="https://evil.example")), SigningKeyUnknown)
    assert (await gate.take(gate.signed(Machine(6, agent="https://evil.example")))).machine.platform == "evil.example"


@on_one_database
async def test_strangers_are_looked_up_within_a_company_s_budget(gate: Gate) -> None:
    """A flood of platforms costs a company a bounded number of looks, and its known platforms nothing."""
    gate.decide("set_platform", PLATFORM, state="allowed")
    refused = []
    for number in range(10):
        stranger = Machine(number + 20, agent=f"https://p{number}.example")
        with pytest.raises((RateLimited, SigningKeyUnknown)) as refusal:
            await gate.take(gate.signed(stranger))
        refused.append(type(refusal.value))
    assert refused == [SigningKeyUnknown] * 2 + [RateLimited] * 8
    assert len(gate.shown.looks) == 2
    assert (await gate.take(gate.signed())).known


@on_one_database
async def test_none_of_ten_thousand_bad_ones_is_taken(office: Office) -> None:
    """Replayed, expired, early, for another host, with another key, cut, mixed: none of 10,000 is taken."""
    gate = Gate(office, nonces=16_384)
    gate.decide("set_platform", PLATFORM, state="allowed")
    draw, now = random.Random(20261130), int(office.clock.now().timestamp())
    used, other = gate.signed(), Machine(2)
    await gate.take(used)
    good, taken = gate.signed(), 0

    def bad() -> HttpMessage:
        age = draw.randrange(301, 10**7)
        match draw.randrange(6):
            case 0:
                return used
            case 1:
                return gate.signed(created=now - age, expires=now + draw.randrange(1, 10**6))
            case 2:
                return gate.signed(created=now + age, expires=now + age + 60)
            case 3:
                return msgspec.structs.replace(good, authority=f"host{age}.example")
            case 4:
                return other.sign(a_request(), now=office.clock.now(), body=BODY, keyid=gate.machine.key_id)
            case _:
                mixed = {**good.fields, "signature": gate.signed().fields["signature"]}
                return msgspec.structs.replace(good, fields=mixed)

    for _ in range(10_000):
        try:
            await gate.take(bad())
        except SignatureInvalid:
            continue
        taken += 1
    assert taken == 0
    await gate.take(good)


@on_one_database
async def test_without_the_other_processes_only_fresh_signatures_are_taken(office: Office, free_port: int) -> None:
    """While nobody can say what other processes took, what was signed over a minute ago is refused; it is good again
    when signed anew.
    """
    away = SharedMemory(f"valkey://127.0.0.1:{free_port}", deadline=2.0)
    try:
        gate = Gate(office, memory=away)
        message = gate.signed()
        gate.office.clock.advance(FRESH_ENOUGH)
        await gate.take(message)
        await gate.refused(message, SignatureReplayed)
        late = gate.signed()
        gate.office.clock.advance(FRESH_ENOUGH + timedelta(seconds=1))
        assert "within a minute" in (await gate.refused(late, SignatureExpired)).detail
        await gate.take(gate.signed())
    finally:
        away.close()
