"""What a voice assistant's skill has done for its owner, and what is said aloud about it."""

import asyncio
from typing import Final

from doorward.flow.machine_contact import Came, MachineContact, RecognisedMachine
from doorward.flow.machines import MachineAct, MachineAnswer, Machines
from doorward.flow.signing import SignedSkills
from doorward.identity import Tenant
from doorward.kit.i18n import Translator
from doorward.vocabulary.channel import SignedActRequest, SkillRequest
from doorward.vocabulary.discreet import Discreet
from doorward.vocabulary.errors import Conflict, RateLimited, Refusal, SignatureInvalid
from doorward.vocabulary.machines import CAPABILITIES
from doorward.vocabulary.scope import system_scope

LONGEST: Final = 3000
"""Characters that are said at a time: more is for the portal. Alexa speaks up to 8,000."""
_MOST_ORDERS: Final = 5
_UNPAIRED: Final = frozenset({"no_mandate", "revoked", "expired"})


class Spoken(Discreet, frozen=True, kw_only=True):
    """What is said: sentences, `code` letter by letter behind them, and whether the session ends with it.

    `title` is what the card in the assistant's app is called, empty without a card. All empty: nothing is said.
    """

    language: str = ""
    sentences: tuple[str, ...] = ()
    code: str = ""
    title: str = ""
    ends: bool = True


class Skills:
    """The verbs of skills. Amazon's signature says which user of which skill it is; the mandate, what they may do."""

    def __init__(
        self, contact: MachineContact, machines: Machines, *, signatures: SignedSkills, translator: Translator
    ) -> None:
        """Take who knows companies and mandates, who does what is asked, who recognises skills, and the words."""
        self._contact, self._machines, self._translator = contact, machines, translator
        self.signatures = signatures

    async def answer(self, channel: str, request: SkillRequest, *, came: Came) -> Spoken:
        """Do what somebody wants of a skill and return what to say.

        Raises `NotFound` for no company, and what recognising raises. Once it is known who speaks, refusals are said.
        """
        tenant = await self._contact.company_of(came, request.company)
        if not tenant.settings.alexa_skill or request.skill != tenant.settings.alexa_skill:
            raise SignatureInvalid("applicationId: not the skill of this company")
        asking = system_scope(tenant.id, "machine")
        signed = await self.signatures.recognise(asking, came.message, came.body, asked=request)
        language = self._language(tenant, request.language)
        if request.wish == "end":
            return Spoken()
        machine = await self._contact.known_as(tenant, signed)
        try:
            spoken = await self._said(channel, request, machine, language=language)
        except (Refusal, RateLimited):
            spoken = self._say(tenant, language, "skill.not_now")
        told = (self._contact.disclosure(tenant, language),) if request.begins else ()
        return Spoken(
            language=language,
            sentences=(*told, *spoken.sentences),
            code=spoken.code,
            title=spoken.title,
            ends=spoken.ends,
        )

    async def _said(self, channel: str, request: SkillRequest, machine: RecognisedMachine, *, language: str) -> Spoken:
        tenant = machine.tenant
        match request.wish:
            case "open" | "help":
                return self._say(tenant, language, "skill.help", ends=False)
            case "stop":
                return self._say(tenant, language, "skill.goodbye")
            case "pair":
                return await self._pair(machine, language)
            case "act" if request.act is not None:
                answer = await self._act(channel, request.act, machine)
                if answer.code in _UNPAIRED:
                    return await self._pair(machine, language)
                return self._told(tenant, language, request.act, answer=answer)
            case _:
                return self._say(tenant, language, "skill.unclear", ends=False)

    async def _act(self, channel: str, asked: SignedActRequest, machine: RecognisedMachine) -> MachineAnswer:
        await self._contact.let_act(machine, channel)
        act = MachineAct(
            capability=asked.capability,
            key=asked.key,
            text=asked.text,
            kind=asked.kind,
            thing=asked.thing,
            off=asked.off,
            language=asked.language,
        )
        return await asyncio.to_thread(self._machines.act_for_owner, machine.scope, machine.identity, act)

    async def _pair(self, machine: RecognisedMachine, language: str) -> Spoken:
        """Return a code that the owner types in at the portal: it is theirs who hears it, not who spoke."""
        self._contact.admission.admit_pairing(machine.scope, machine=machine.shown.machine)
        try:
            made = await asyncio.to_thread(
                self._machines.ask_for_mandate, machine.scope, machine.identity, capabilities=CAPABILITIES
            )
        except Conflict:
            return self._say(machine.tenant, language, "skill.paired")
        return Spoken(
            sentences=(self._sentence(machine.tenant, language, "skill.pair"),),
            code=made.code,
            title=machine.tenant.name,
        )

    def _told(self, tenant: Tenant, language: str, asked: SignedActRequest, *, answer: MachineAnswer) -> Spoken:
        match answer.state:
            case "done" if asked.capability == "order.status" and not answer.things:
                return self._say(tenant, language, "skill.no_orders")
            case "done" if asked.capability == "order.status":
                lines = (f"{one.fields.get('item', one.key)}: {one.fields.get('state', '')}." for one in answer.things)
                sentences = (self._sentence(tenant, language, "skill.orders"), *lines)
                return Spoken(sentences=sentences[: _MOST_ORDERS + 1], title=tenant.name)
            case "done" if answer.text:
                return Spoken(sentences=(answer.text[:LONGEST],), title=tenant.name)
            case "input-required":
                return self._say(tenant, language, "skill.owner_asked")
            case state:
                return self._say(tenant, language, f"skill.{state}")

    def _say(self, tenant: Tenant, language: str, key: str, *, ends: bool = True) -> Spoken:
        return Spoken(sentences=(self._sentence(tenant, language, key),), title=tenant.name, ends=ends)

    def _sentence(self, tenant: Tenant, language: str, key: str) -> str:
        return self._translator.say(language, key, company=tenant.name)

    def _language(self, tenant: Tenant, wished: str | None) -> str:
        languages = tenant.settings.languages
        resolved = self._translator.resolve(wished) if wished else languages[0]
        return resolved if resolved in languages else languages[0]
