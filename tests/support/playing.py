"""Playing scripts: a customer with a world of their own talks to a whole house, and everybody's things are compared.

One house serves many customers, one a script: each has a reference, a mailbox and a core system of their own, so that
nothing of one script is there in another. What is said goes through the web chat's own verbs.
"""

import asyncio
import itertools
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import msgspec
from joserfc import jwt
from joserfc.jwk import OctKey

from doorward import record
from doorward.bootstrap import House
from doorward.flow.procedures import TenantProcedures
from doorward.identity import Tenant
from doorward.kit.tx import Tx
from doorward.plugins.companies.halden.connector import HaldenCore
from doorward.plugins.companies.halden.snapshots import Difference, differences
from doorward.plugins.companies.halden.worlds import BYSTANDER, CUSTOMER, make_seed_of
from doorward.record import WrittenEntry
from doorward.understanding import Wished
from doorward.vocabulary.channel import ConfirmRequest, MessageRequest, VisitRequest
from doorward.vocabulary.company import CustomerSeed
from doorward.vocabulary.errors import NotAllowed
from doorward.vocabulary.ids import ConversationId
from doorward.vocabulary.operations import Done, FactKind, Operation, Scalar, Thing
from doorward.vocabulary.reading import Reading
from doorward.vocabulary.scope import Scope, system_scope
from doorward.vocabulary.text import MaskedText, WildText
from doorward.vocabulary.understanding import Intent

MOST_TURNS: Final = 20
RIGHT: Final = "<code>"
WRONG: Final = "<wrong code>"

T = TypeVar("T")

_numbers = itertools.count(1)


class Aside(msgspec.Struct, frozen=True):
    """What is said in place of the first answer of a kind."""

    at: str
    say: str


class Change(msgspec.Struct, frozen=True):
    """A thing that is to be different afterwards."""

    thing: str
    key: str | None = None
    set: dict[str, Any] | None = None
    new: dict[str, Any] | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A script of a company's own, as it lies beside a procedure."""

    id: str
    say: tuple[str, ...]
    end: str
    sort: str = "happy"
    language: str = "en"
    level: int = 1
    world: dict[str, Any] = {}
    answers: dict[str, tuple[str, ...]] = {}
    aside: tuple[Aside, ...] = ()
    state: tuple[Change, ...] = ()
    article: str | None = None


Played = Any
"""A script: a `Case`, or what has the same fields."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a script went: how it ended, what is different and should not be, what is not and should, and every line."""

    id: str
    end: str
    wrong: tuple[str, ...]
    missing: tuple[str, ...]
    reasons: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]

    @property
    def right(self) -> bool:
        """Return whether all is as it should be."""
        return not self.reasons

    def told(self) -> str:
        """Return everything in words, for whoever looks for the mistake."""
        said = "\n".join(f"  {author}: {text}" for author, text in self.lines)
        return f"{self.id}: {'; '.join(self.reasons) or 'right'}\n{said}"


class OwnCore:
    """A core system in which a script's customer goes by a reference of their own."""

    def __init__(self, core: HaldenCore, references: Mapping[str, str]) -> None:
        """Let `references` name the core's own customers."""
        self.core = core
        self.asked: list[tuple[str, str]] = []
        self._references = references

    @property
    def currency(self) -> str:
        """See `Operates`."""
        return self.core.currency

    def operations(self) -> Mapping[str, Operation]:
        """See `Operates`."""
        return self.core.operations()

    def kinds(self) -> Mapping[str, Mapping[str, FactKind]]:
        """See `Operates`."""
        return self.core.kinds()

    def things(self, reference: str, of: str) -> Sequence[Thing]:
        """See `Operates`."""
        return self.core.things(self._own(reference, of), of)

    def look_up(self, reference: str, operation: str, arguments: Mapping[str, Scalar]) -> Done:
        """See `Operates`."""
        return self.core.look_up(self._own(reference, operation), operation, arguments)

    def carry_out(
        self, reference: str, operation: str, arguments: Mapping[str, Scalar], *, idempotency_key: str
    ) -> Done:
        """See `Operates`."""
        own = self._own(reference, operation)
        return self.core.carry_out(own, operation, arguments, idempotency_key=idempotency_key)

    def _own(self, reference: str, what: str) -> str:
        self.asked.append((reference, what))
        return self._references.get(reference, reference)


class Customer:
    """Somebody who talks to a house: signed in by the host site's word, or a stranger."""

    def __init__(self, stage: "Stage", *, reference: str | None, email: str, language: str) -> None:
        """Come to the web chat."""
        self.stage = stage
        self.email = email
        self._address = f"2001:db8:{next(_numbers) % 0xFFFF:x}::1"
        self._numbers = itertools.count(1)
        token = None if reference is None else stage.host_token(reference)
        request = VisitRequest(widget_key=stage.tenant.widget_key, language=language, user_token=token)
        self._language = language
        self.opened = asyncio.run(stage.house.contact.visit(request, address=self._address))

    @property
    def conversation_id(self) -> ConversationId:
        """Return where they talk."""
        return self.opened.conversation_id

    def say(self, text: str, *, client_id: str | None = None) -> WrittenEntry | None:
        """Say something; return the bot's line that came of it, None where it said nothing."""
        before = len(self.bot_lines())
        own_id = client_id or f"m{next(self._numbers)}"
        request = MessageRequest(
            credential=self.opened.token,
            client_message_id=own_id,
            text=WildText(text),
            idempotency_key=own_id,
            language=self._language,
        )
        self.stage.saying = text
        asyncio.run(self.stage.house.contact.message("webchat", request, address=self._address))
        self.stage.settle()
        after = self.bot_lines()
        return after[-1] if len(after) > before else None

    def confirm(self, code: str) -> bool:
        """Hand a code in as the widget's own field does; return whether it was right."""
        try:
            request = ConfirmRequest(credential=self.opened.token, code=code)
            asyncio.run(self.stage.house.contact.confirm_code(request, address=self._address))
        except NotAllowed:
            return False
        finally:
            self.stage.settle()
        return True

    def sign_in(self, reference: str) -> None:
        """Come back to the same conversation with the host site's word."""
        request = VisitRequest(
            widget_key=self.stage.tenant.widget_key,
            language=self._language,
            user_token=self.stage.host_token(reference),
            resume=self.opened.token,
        )
        self.opened = asyncio.run(self.stage.house.contact.visit(request, address=self._address))
        self.stage.settle()

    def code(self) -> str:
        """Return the newest code in the mailbox, a wrong one where none came."""
        self.stage.settle()
        mails = [sent.mail for sent in cast("Any", self.stage.house.mailer).mails() if sent.mail.to == self.email]
        found = re.findall(r"\b\d{6}\b", mails[0].text) if mails else []
        return str(found[0]) if found else "000000"

    def wrong_code(self) -> str:
        """Return a code that is not the right one."""
        return f"{(int(self.code()) + 1) % 1_000_000:06d}"

    def ledger(self) -> tuple[WrittenEntry, ...]:
        """Return the conversation's lines."""
        return self.stage.read(lambda tx: record.entries_after(tx, self.stage.scope, self.conversation_id))

    def bot_lines(self) -> list[WrittenEntry]:
        """Return what the bot said."""
        return [line for line in self.ledger() if line.entry.kind == "message.bot"]

    def state(self) -> str:
        """Return how the conversation stands."""
        card = self.stage.read(lambda tx: record.card_of(tx, self.stage.scope, self.conversation_id))
        return "" if card is None else card.state


class Stage:
    """A house in which scripts are played."""

    def __init__(self, house: House, tenant: Tenant, *, procedures: TenantProcedures | None = None) -> None:
        """Walk messages in this thread; `procedures` are those of the tenant, unless the house has read its own."""
        self.house = house
        self.tenant = tenant
        self.scope: Scope = system_scope(tenant.id, "test")
        self._procedures = procedures
        self._waiting: list[Any] = []
        self._folder = Path(tempfile.mkdtemp(prefix="doorward-play-"))
        self.hints: dict[str, str] = {}
        self.saying = ""
        cast("Any", house.front_door)._submit = lambda key, _begun: self._waiting.append(key)
        rooms = house.walk_rooms
        self._wished = rooms.wished
        hinted = msgspec.structs.replace(rooms, wished=self._hinted)
        cast("Any", house.runner)._rooms = hinted
        secret = house.transactions.write(
            self.scope, lambda tx: house.identity.host_tokens.rotate_host_secret(tx, self.scope)
        )
        self._key = OctKey.import_key(secret.secret.encode())
        self._key_id = secret.key_id

    def read(self, work: Callable[[Tx], T]) -> T:
        """Read from the house's database."""
        return self.house.transactions.read(work)

    def settle(self) -> None:
        """Walk what waits, and do the jobs that came of it."""
        while self._waiting:
            self.house.runner.walk_now(self._waiting.pop(0))
        self.house.jobs.run_jobs()

    def host_token(self, reference: str) -> str:
        """Return the host site's word for a customer."""
        now = int(self.house.clock.now().timestamp())
        claims = {
            "sub": reference,
            "aud": self.tenant.slug,
            "iat": now,
            "exp": now + 120,
            "jti": f"play-{next(_numbers):010d}",
        }
        return jwt.encode({"alg": "HS256", "kid": self._key_id}, claims, self._key)

    def people(self, world: Mapping[str, Any], *, language: str, bystander: bool = False) -> "World":
        """Return a fresh core system of a world with its customer, and its bystander where somebody needs one."""
        number = next(_numbers)
        return World(self, world, number=number, language=language, bystander=bystander)

    def use(self, core: Any) -> None:
        """Let the tenant's procedures be carried out by this core system."""
        known = self._procedures or self.house.procedure_book.of(self.tenant.id)
        assert known is not None, "the house has no procedures"
        self._procedures = known
        self.house.procedure_book.put(self.tenant.id, msgspec.structs.replace(known, core=core))

    def _hinted(self, scope: Scope, reading: Reading, masked: MaskedText) -> Wished | None:
        """Return the hint: an intent's name, which is sure unless `@` and how likely it is stand behind it."""
        name = self.hints.get(self.saying or masked.text)
        if name is None:
            return self._wished(scope, reading, masked)
        name, _, likely = name.partition("@")
        wishes = (Intent(name=name, score=float(likely or 0.95)),) if name else ()
        return Wished(wishes=wishes, stranger=not name, near=False, version="hinted")


class World:
    """One script's core system and its people."""

    def __init__(
        self, stage: Stage, world: Mapping[str, Any], *, number: int, language: str, bystander: bool = False
    ) -> None:
        """Make the core system, and register its customer with a mailbox of their own."""
        self.stage = stage
        self.language = language
        self.reference, self.other = f"PLAY-{number}", f"PLAY-{number}-B"
        self.email, self.other_email = f"play.{number}@example.org", f"play.{number}.b@example.org"
        folder = stage._folder / str(number)
        folder.mkdir()
        core = HaldenCore(folder, seed=make_seed_of(world, language=language), clock=stage.house.clock)
        self.core = OwnCore(core, {self.reference: CUSTOMER, self.other: BYSTANDER})
        self._register(self.reference, self.email)
        if bystander:
            self._register(self.other, self.other_email)
        stage.use(self.core)

    def customer(self, *, level: int = 1) -> Customer:
        """Return the customer in a new conversation; of level 0 nobody knows who they are."""
        reference = self.reference if level else None
        return Customer(self.stage, reference=reference, email=self.email, language=self.language)

    def bystander(self) -> Customer:
        """Return the other customer, signed in."""
        return Customer(self.stage, reference=self.other, email=self.other_email, language=self.language)

    def snapshot(self) -> dict[str, Any]:
        """Return everything of everybody."""
        return self.core.core.snapshot()

    def _register(self, reference: str, email: str) -> None:
        house, scope = self.stage.house, self.stage.scope
        seed = CustomerSeed(
            reference=reference, name="Robin Ambrose", email=email, phone="+44 20 7946 0001", language=self.language
        )
        house.transactions.write(scope, lambda tx: house.identity.parties.register_customer(tx, scope, seed))


def play(stage: Stage, script: Played, *, intents: Mapping[str, str] | None = None) -> Outcome:
    """Play a script and judge it. `intents` names what some of its texts want, for the others the house finds out."""
    stage.hints = dict(intents or {})
    world = stage.people(script.world, language=script.language)
    before = world.snapshot()
    player = _Player(world.customer(level=script.level), script)
    end = player.play()
    wrong, missing = _judge(before, world.snapshot(), script.state)
    reasons = [*(f"wrong: {one}" for one in wrong), *(f"missing: {one}" for one in missing)]
    if end != script.end:
        reasons.append(f"ended as {end}, not as {script.end}")
    return Outcome(
        id=script.id,
        end=end,
        wrong=tuple(wrong),
        missing=tuple(missing),
        reasons=tuple(reasons),
        lines=tuple(player.lines),
    )


class _Player:
    """Says what a script has them say, by the kind of answer that is asked for."""

    def __init__(self, customer: Customer, script: Played) -> None:
        self.customer = customer
        self.lines: list[tuple[str, str]] = []
        self._script = script
        self._say = list(script.say)
        self._used: dict[str, int] = {}
        self._asides = {one.at: one.say for one in script.aside}
        self._end = "open"
        self._declined = False

    def play(self) -> str:
        """Talk until nothing is left to say; return how it ended."""
        text: str | None = self._say.pop(0)
        for _ in range(MOST_TURNS):
            if text is None:
                break
            self.lines.append(("customer", text))
            line = self.customer.say(text)
            if line is not None and line.entry.text is not None:
                self.lines.append(("bot", line.entry.text.text))
            if self.customer.state() in {"waiting", "human"}:
                return "person"
            text = self._next(line)
        return self._end

    def _next(self, line: WrittenEntry | None) -> str | None:
        data: Mapping[str, Any] = {} if line is None else line.entry.data
        procedure = data.get("procedure", {})
        awaits, kind = procedure.get("awaits", ""), procedure.get("kind", "")
        if awaits:
            self._end = "open"
            return self._answer(kind, procedure.get("slot", ""))
        if procedure.get("outcome"):
            self._end = str(procedure["outcome"])
        elif data.get("action") == "answer":
            self._end = "resolved"
        elif data.get("action") == "clarify" and "choice" in self._script.answers and data.get("choices"):
            self._end = "declined"
            return self._answer("choice", "") if self._used.get("choice", 0) < 2 else None
        elif data.get("action") != "greet":
            self._end = "declined"
        return self._say.pop(0) if self._say else None

    def _answer(self, kind: str, slot: str) -> str:
        name = self._kind(kind, slot)
        if name in self._asides:
            return str(self._asides.pop(name))
        answers = self._script.answers.get(name, ())
        if not answers:
            return str(self._script.say[0])
        place = self._used.get(name, 0)
        self._used[name] = place + 1
        return self._filled(answers[min(place, len(answers) - 1)])

    def _kind(self, kind: str, slot: str) -> str:
        """Return the script's name for a kind of answer."""
        known = self._script.answers
        if kind == "choice":
            wanted = ("reason", "choice") if re.search("reason|why|what|how", slot) else ("choice", "reason")
            return next((name for name in (slot, *wanted) if name in known), "choice")
        if kind == "text":
            return next((name for name in (slot, "text", "reason") if name in known), "text")
        return {"yes_no": "confirm", "sign_in": "code"}.get(kind, kind)

    def _filled(self, text: str) -> str:
        right = self.customer.code() if self._script.level >= 2 else self.customer.wrong_code()
        return text.replace(RIGHT, right).replace(WRONG, self.customer.wrong_code())


def _judge(before: Mapping[str, Any], after: Mapping[str, Any], wanted: Sequence[Any]) -> tuple[list[str], list[str]]:
    """Return what is different and should not be, and what should be and is not."""
    wrong = [f"somebody else's {one}" for one in differences(before[BYSTANDER], after[BYSTANDER])]
    found = [*differences(before[CUSTOMER], after[CUSTOMER]), *differences(before[""], after[""])]
    left = list(wanted)
    for one in found:
        match = next((change for change in left if _is_it(one, change)), None)
        if match is None:
            wrong.append(str(one))
        else:
            left.remove(match)
    return wrong, [str(change) for change in left]


def _is_it(found: Difference, wanted: Any) -> bool:
    if found.thing != wanted.thing:
        return False
    if wanted.new is not None:
        return found.new is not None and all(found.new.get(name) == value for name, value in wanted.new.items())
    return found.set is not None and found.key == wanted.key and dict(found.set) == dict(wanted.set or {})
