"""What people and programs do at the scratch house: they say canaries wherever words, names, numbers or files go in."""

import re
import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import OctKey

from doorward.doors.cli.ending import Code, Stop
from doorward.doors.cli.leaks.calling import Answer, Caller, Ear
from doorward.doors.cli.leaks.canaries import Canary
from doorward.doors.cli.leaks.faults.crashing_detector.plugin import WORD
from doorward.doors.cli.leaks.founding import Founded
from doorward.doors.cli.leaks.machine import SigningDevice, SigningMachine
from doorward.kit.clock import Clock
from doorward.kit.ids import new_id
from doorward.vocabulary.company import CustomerSeed

FEW: Final = 12
"""Messages of one visitor, so that there are many conversations."""
CHANNELS: Final = frozenset({"webchat", "api", "machine", "device", "a2a", "mcp", "alexa"})
"""The channels that are spoken here; the report names any other as not tried."""
_LISTS: Final = (
    *("/api/v1/audit", "/api/v1/queue", "/api/v1/figures", "/api/v1/settings", "/api/v1/articles", "/health"),
    *("/api/v1/knowledge/questions", "/api/v1/corrections", "/api/v1/knowledge/report"),
)
_LOOKS: Final = 200
_PAUSE: Final = 0.1
_CODE: Final = re.compile(r"\b\d{6}\b")
_CSRF: Final = re.compile(r'name="csrf" value="([^"]+)"')


class Visitor(Caller):
    """Somebody who has opened the company's web chat."""

    def __init__(self, visits: "Visits", language: str = "en", *, user_token: str | None = None) -> None:
        """Begin a conversation; `user_token` is the host site's word for who this is."""
        super().__init__(visits.url, visits.ear)
        self._sent = 0
        wanted = {"widget_key": visits.founded.widget_key, "language": language}
        if user_token is not None:
            wanted["user_token"] = user_token
        answer = self.post("/c/webchat/visits", wanted)
        taken(answer)
        self.conversation: str = answer.json()["conversation_id"]
        self.headers["authorization"] = f"Bearer {answer.json()['token']}"

    def say(self, text: str, *, called: str = "") -> str:
        """Say something and return how it was acknowledged."""
        self._sent += 1
        answer = self.post("/c/webchat/messages", {"id": called or f"m{self._sent}", "text": text})
        taken(answer)
        return str(answer.json()["text"])


class Visits:
    """Everybody who comes, and what they do. Whatever they are told is in `ear`."""

    def __init__(self, url: str, founded: Founded, *, clock: Clock) -> None:
        """Come to `url`."""
        self.url = url
        self.founded = founded
        self.ear = Ear()
        self._clock = clock
        self._streams: list[threading.Thread] = []
        self._told = ""

    def member(self, username: str) -> Caller:
        """Return a member of staff with a session."""
        caller = Caller(self.url, self.ear, headers={"origin": self.url})
        form = {"company": self.founded.slug, "username": username, "password": self.founded.password}
        must(caller.send("/desk/sign-in", {**form, "next": "/desk/"}), 303)
        caller.headers["x-csrf-token"] = str(caller.get("/api/v1/me").json()["csrf"])
        return caller

    def program(self) -> Caller:
        """Return a program with an API token."""
        return Caller(self.url, self.ear, headers={"authorization": f"Bearer {self.founded.token}"})

    def stranger(self) -> Caller:
        """Return nobody in particular."""
        return Caller(self.url, self.ear)

    def machine(self) -> SigningMachine:
        """Return a machine that signs."""
        return SigningMachine(self.url, self.ear, key=self.founded.machine_key, clock=self._clock)

    def device(self) -> SigningDevice:
        """Return a device that signs for a customer."""
        return SigningDevice(self.url, self.ear, known_by=self.founded.device, clock=self._clock)

    def listen(self, caller: Caller, path: str) -> None:
        """Keep what a stream says from now on."""
        self._streams.append(caller.listen(path))

    def wait_for_streams(self) -> None:
        """Wait until the server has ended all streams."""
        for thread in self._streams:
            thread.join(_LOOKS * _PAUSE)

    def be_told(self, address: str) -> None:
        """Have a webhook told of everything that happens from now on, with the texts."""
        program = self.program()
        answer = program.post("/api/v1/webhooks", {"url": address, "with_text": True})
        must(answer, 201)
        self._told = f"/api/v1/webhooks/{answer.json()['webhook']['id']}/deliveries?limit=200"
        program.leave()

    def was_told(self) -> bool:
        """Wait until the webhook has been told the latest, and return whether it was."""
        program = self.program()
        for _ in range(_LOOKS * 10):
            lines = program.get(self._told, sink="").json()["items"]
            if lines and all(line["state"] == "delivered" for line in lines):
                program.leave()
                return True
            threading.Event().wait(_PAUSE)
        return False

    # -- talking -----------------------------------------------------------------------------------------------------

    def chat(self, canaries: Sequence[Canary]) -> None:
        """Say every canary in the web chat, a few a visitor; the first one's stream is kept."""
        for start in range(0, len(canaries), FEW):
            some = canaries[start : start + FEW]
            visitor = Visitor(self, some[0].language)
            if start == 0:
                self.listen(visitor, "/c/webchat/stream")
            for canary in some:
                for message in canary.messages:
                    visitor.say(message)
            visitor.get("/c/webchat/entries")
            visitor.leave()

    def hand_in(self, canaries: Sequence[Canary]) -> None:
        """Say canaries by the API, for customers and for nobody in particular, by machines and by devices."""
        program, machine, device = self.program(), self.machine(), self.device()
        for number, canary in enumerate(canaries):
            said = {"text": canary.messages[0], "language": canary.language}
            body = {"id": f"a{number}", **said}
            if number % 2:
                body["customer"] = self.founded.customers[0].reference
            taken(program.post("/c/api/messages", body, headers={"idempotency-key": f"k{number}"}))
            taken(machine.say({"id": f"s{number}", **said, "company": self.founded.widget_key}))
            event = {"id": f"e{number}", "do": "problem.report", **said, "company": self.founded.widget_key}
            taken(device.report(event))
            taken(machine.call(canary.messages[0], called=f"g{number}", company=self.founded.widget_key))
            must(program.post("/c/alexa/skill", _skill_asks(canary.messages[0])), 401, 404)
            must(self._tool_asks(program, canary.messages[0]), 401)
        for caller in (program, machine, device):
            caller.leave()

    def _tool_asks(self, caller: Caller, text: str) -> Answer:
        """Call a tool with a token that no authorization server gave: here is none whose token could be taken."""
        asked = {"name": "problem_report", "arguments": {"id": "t1", "text": text}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
        headers = {"authorization": f"Bearer {b64encode(text.encode()).decode().rstrip('=')}"}
        return caller.post(f"/c/mcp/rpc?company={self.founded.widget_key}", body, headers=headers)

    def crash(self, canaries: Sequence[Canary]) -> None:
        """Have the plugins that crash see canaries: their errors carry what they saw."""
        visitor = Visitor(self)
        for canary in canaries:
            answer = visitor.post("/c/crashing_channel/messages", canary.messages[0].encode())
            must(answer, 500)
            visitor.say(f"{WORD} {canary.messages[0]}")
        visitor.leave()

    # -- besides words -----------------------------------------------------------------------------------------------

    def leave_traces(self, canaries: Sequence[Canary]) -> None:
        """Put canaries into names of files, files themselves, comments, call-backs."""
        for number, canary in enumerate(canaries):
            visitor, said = Visitor(self, canary.language), canary.messages[0]
            visitor.say("How do I change my PIN?")
            content = b64encode(b"%PDF-1.4\n" + said.encode() + b"\n%%EOF").decode()
            named = {"id": f"f{number}", "name": f"{said}.pdf"[:200], "type": "application/pdf", "data": content}
            taken(visitor.post("/c/webchat/attachments", named))
            judged = {"id": f"j{number}", "helpful": bool(number % 2), "comment": said}
            taken(visitor.post("/c/webchat/feedback", judged))
            taken(visitor.post("/c/webchat/callback", {"id": f"c{number}", "contact": said[:200]}))
            taken(visitor.post("/c/webchat/typing", {}))
            taken(visitor.post("/c/webchat/deletion", {"id": f"d{number}"}))
            visitor.leave()

    def vouch(self, canaries: Sequence[Canary]) -> None:
        """Have the host site vouch for customers whose names and addresses are canaries."""
        key = OctKey.import_key(self.founded.site_secret)
        now = self._clock.now()
        for number, canary in enumerate(canaries):
            claims = {
                "sub": f"LEAK-{number}",
                "aud": self.founded.slug,
                "iat": int(now.timestamp()),
                "exp": int((now + timedelta(minutes=4)).timestamp()),
                "jti": f"{new_id()}-{canary.value}".encode("ascii", "ignore").decode().replace(" ", "-")[:200],
                "name": canary.value,
                "phone": canary.value,
            }
            if canary.kind == "EMAIL":
                claims["email"] = canary.value
            Visitor(self, user_token=jwt.encode({"alg": "HS256"}, claims, key)).leave()

    def call_things(self, names: Sequence[str]) -> None:
        """Use canaries as the ids and keys that programs make up, and as languages and headers."""
        program, visitor, machine, device = self.program(), Visitor(self), self.machine(), self.device()
        for number, name in enumerate(names):
            visitor.say(f"Where is parcel {number}?", called=name)
            visitor.say(f"Where is parcel {number}?", called=name)
            body = {"id": name, "text": "Where is my parcel?", "language": _as_language(name)}
            taken(program.post("/c/api/messages", body, headers={"idempotency-key": name}))
            named = {"id": name, "agent": name} if name[0].isalnum() else {"id": name}
            taken(machine.say({**named, "text": "Where is my parcel?", "company": self.founded.widget_key}))
            event = {"id": name, "do": "order.status", "company": self.founded.widget_key}
            taken(device.report(event))
            taken(visitor.post("/c/webchat/feedback", {"id": name, "helpful": True}))
            taken(visitor.post("/c/webchat/callback", {"id": name, "contact": "me@example.org"}))
            visitor.post("/c/webchat/person", {"id": name})
            visitor.post("/c/webchat/deletion", {"id": name})
            content = b64encode(b"%PDF-1.4\n%%EOF").decode()
            body = {"id": name, "name": "slip.pdf", "type": "application/pdf", "data": content}
            taken(visitor.post("/c/webchat/attachments", body), 409)
            headers = {"user-agent": name, "x-request-id": name, "referer": f"{self.url}/{name}", "cookie": f"a={name}"}
            visitor.get("/c/webchat/entries", headers={**headers, "last-event-id": name, "accept-language": name})
        program.leave()
        device.leave()
        machine.leave()
        visitor.leave()

    # -- at the desk -------------------------------------------------------------------------------------------------

    def work(self, canaries: Sequence[Canary], names: Sequence[str]) -> None:
        """Do an agent's work: take a conversation, answer, note, look at every page."""
        customer = Visitor(self)
        customer.say("I want to talk to a human please")
        taken(customer.post("/c/webchat/person", {"id": "p1"}))
        agent = self.member(self.founded.agents[0])
        self.listen(agent, "/desk/stream")
        here = f"/api/v1/conversations/{customer.conversation}"
        taken(agent.post(f"{here}/take", {}))
        for number, canary in enumerate(canaries):
            keyed = {"idempotency-key": names[number % len(names)] + f"-{number}"}
            taken(agent.post(f"{here}/replies", {"text": canary.messages[0]}, headers=keyed))
            content = b64encode(b"%PDF-1.4\n" + canary.messages[0].encode() + b"\n%%EOF").decode()
            named = {"name": f"{canary.messages[0]}.pdf"[:200], "type": "application/pdf", "data": content}
            keyed = {"idempotency-key": names[number % len(names)] + f"-{number}-file"}
            taken(agent.post(f"{here}/attachments", named, headers=keyed), 409)
        blocked = {"csrf": agent.headers["x-csrf-token"], "conversation": customer.conversation, "reason": "abuse"}
        note = " ".join(canary.messages[0] for canary in canaries[:3])
        must(agent.send("/desk/senders/block", {**blocked, "hours": "24", "note": note[:400]}), 303)
        refused = customer.post("/c/webchat/messages", {"id": "again", "text": canaries[0].messages[0]})
        must(refused, 403)
        appeal = str(refused.json()["appeal"])
        path = "/" + appeal.partition("//")[2].partition("/")[2] if "//" in appeal else appeal
        # The page shows an objection that cannot be taken again, to whoever wrote it: that is not kept.
        customer.send(path, {"words": canaries[-1].messages[0]}, headers={"origin": self.url}, sink="")
        customer.get(path)
        self.look_around(agent)
        agent.leave()
        customer.leave()

    def look_around(self, agent: Caller) -> None:
        """Read every page and list that shows an agent what was said, and all that agents' programs read."""
        pages = ("/desk/", "/desk/inbox", "/desk/outbox", "/desk/senders", "/desk/knowledge", "/desk/recent")
        for path in (*pages, *_LISTS, "/desk/audit", "/desk/audit/access", "/desk/audit/download"):
            agent.get(path)
        for card in _cards(agent):
            agent.get(f"/desk/conversations/{card}")

    def read_everything(self, program: Caller) -> None:
        """Read all lists and every conversation as programs do, with what machines tell about the house."""
        for path in _LISTS:
            program.get(path)
        program.get("/metrics", sink="metrics")
        program.get("/api/v1/openapi.json", sink="documentation")
        for card in _cards(program):
            program.get(f"/api/v1/conversations/{card}/entries")

    # -- at home -----------------------------------------------------------------------------------------------------

    def visit_portal(self, canaries: Sequence[Canary], names: Sequence[str]) -> None:
        """Prove who one is, have a transcript mailed, ask for corrections, take the own data home."""
        customer = self.founded.customers[0]
        agent = self.member(self.founded.agents[0])
        visitor = Visitor(self)
        for canary in canaries:
            visitor.say(canary.messages[0])
        self.prove(visitor, customer, agent)
        taken(visitor.post("/c/webchat/transcript", {"id": names[0]}))
        self._at_portal(customer, agent, canaries, names)
        agent.get("/desk/outbox", sink="mail")
        agent.leave()
        visitor.leave()

    def prove(self, visitor: Visitor, customer: CustomerSeed, agent: Caller) -> None:
        """Hand in the code that was mailed to a customer."""
        known = self._numbers(agent)
        taken(visitor.post("/c/webchat/verification", {"email": customer.email}))
        for code in self._codes(agent, known):
            if visitor.post("/c/webchat/verification/confirm", {"code": code}).status < 300:
                return
        raise Stop("No mailed code was taken: the leak test cannot go on.", code=Code.UNAVAILABLE)

    def _at_portal(
        self, customer: CustomerSeed, agent: Caller, canaries: Sequence[Canary], names: Sequence[str]
    ) -> None:
        guest, home = Caller(self.url, self.ear, headers={"origin": self.url}), f"/my/{self.founded.slug}"
        known = self._numbers(agent)
        taken(guest.send(f"{home}/code", {"email": customer.email}))
        for code in self._codes(agent, known):
            if guest.send(f"{home}/code/confirm", {"code": code}).status == 303:
                break
        token = _CSRF.search(guest.get(f"{home}/data").text)
        if token is None:
            raise Stop("The portal let nobody in: the leak test cannot go on.", code=Code.UNAVAILABLE)
        for number, canary in enumerate(canaries):
            wish = {"csrf": token[1], "text": canary.messages[0], "key": names[number % len(names)]}
            # A wish that cannot be taken is shown again to whoever wrote it: that is not kept.
            guest.send(f"{home}/data/correction", wish, sink="")
            guest.send(f"{home}/language", {"csrf": token[1], "language": canary.value})
            guest.send(f"{home}/consents", {"csrf": token[1], "purpose": canary.value, "answer": "grant"})
        for form in ("json", "html"):
            guest.send(f"{home}/data/export", {"csrf": token[1], "format": form}, sink="export")
        for path in ("/", "/decisions", "/choices", "/access", "/data", "/security"):
            guest.get(home + path)
        guest.leave()

    def _numbers(self, agent: Caller) -> set[str]:
        """Return whatever looks like a code in the mails that were sent so far."""
        return set(_CODE.findall(agent.get("/desk/outbox", sink="mail").text))

    def _codes(self, agent: Caller, known: set[str]) -> Iterator[str]:
        """Yield the codes that are mailed from now on. What is `known` is not tried: a code stands few wrong tries."""
        seen = set(known)
        for _ in range(_LOOKS):
            codes = self._numbers(agent) - seen
            yield from codes
            seen |= codes
            threading.Event().wait(_PAUSE)


def _cards(caller: Caller) -> Iterator[str]:
    """Yield the ids of all conversations."""
    for card in caller.get("/api/v1/conversations", query={"limit": "200"}).json()["items"]:
        yield str(card["conversation_id"])


def _as_language(name: str) -> str:
    """Return a name as a language tag (BCP 47), whose parts may hold eight letters or digits each."""
    bare = name.replace("-", "").replace("_", "")
    parts = [bare[start : start + 8] for start in range(0, min(len(bare), 24), 8)]
    return "-".join(["en", *(part for part in parts if len(part) > 1)])


def _skill_asks(text: str) -> dict[str, Any]:
    """Return what a skill would send; here nobody can sign as Amazon does, so that it must be refused and forgotten."""
    system = {
        "application": {"applicationId": f"amzn1.ask.skill.{'0' * 36}"},
        "user": {"userId": "amzn1.ask.account.A"},
    }
    intent = {"name": "AskIntent", "slots": {"words": {"value": text}}}
    request = {"type": "IntentRequest", "requestId": "r", "timestamp": "2026-01-01T00:00:00Z", "intent": intent}
    return {"context": {"System": system}, "request": request}


def taken(answer: Answer, *otherwise: int) -> None:
    """Raise `Stop` unless something was taken, or the answer has one of these statuses."""
    must(answer, *range(200, 300), *otherwise)


def must(answer: Answer, *wanted: int) -> None:
    """Raise `Stop` unless an answer has one of these statuses: what was not done proves nothing."""
    if answer.status not in wanted:
        raise Stop(
            f"The scratch house answered {answer.status} where {wanted[0]} was due; the leak test proves nothing so.",
            code=Code.UNAVAILABLE,
        )
